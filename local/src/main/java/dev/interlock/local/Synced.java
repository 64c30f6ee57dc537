package dev.interlock.local;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * What survives a power cut: SQLite does not sync a copy that it makes, nor whoever renames a file.
 * Never for a database that somebody has open: closing a descriptor of it would drop SQLite's
 * locks.
 */
final class Synced {
  private Synced() {}

  /** The bytes of a file. */
  static void file(Path file) throws IOException {
    sync(file, StandardOpenOption.WRITE);
  }

  /** The names in the folder that a file is in. */
  static void folderOf(Path file) throws IOException {
    sync(Objects.requireNonNull(file.toAbsolutePath().getParent()), StandardOpenOption.READ);
  }

  private static void sync(Path path, StandardOpenOption option) throws IOException {
    try (FileChannel channel = FileChannel.open(path, option)) {
      channel.force(true);
    }
  }
}
