package dev.interlock.bench.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * How many syncs this process has asked for, as the library that {@code bench/run} preloads counts.
 */
final class Syncs {
  private static final @Nullable ByteBuffer COUNT = map(System.getenv("SYNC_COUNT"));

  private Syncs() {}

  private static @Nullable ByteBuffer map(@Nullable String file) {
    if (file == null) {
      return null;
    }
    try (FileChannel channel = FileChannel.open(Path.of(file), StandardOpenOption.READ)) {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, 0, Long.BYTES)
          .order(ByteOrder.nativeOrder());
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + file, e);
    }
  }

  /** Whether they are counted: there was a C compiler. */
  static boolean counted() {
    return COUNT != null;
  }

  static long now() {
    return COUNT == null ? 0 : COUNT.getLong(0);
  }
}
