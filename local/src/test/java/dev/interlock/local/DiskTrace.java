package dev.interlock.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What a process did to the files of a folder, in that order, and what it sent over sockets, as the
 * preloaded {@code disktrace.c} wrote it down.
 */
final class DiskTrace {
  private static final int HEAD = 24;

  private final Path library;
  private final Path file;

  /** One thing that it did. */
  sealed interface Step {
    /** A name that was not there. */
    record Created(String name, long file) implements Step {}

    @SuppressWarnings("ArrayRecordComponent") // neither compared nor changed
    record Written(long file, long at, byte[] bytes) implements Step {}

    record Truncated(long file, long length) implements Step {}

    /** All of a file that was written before is on the disk. */
    record Synced(long file) implements Step {}

    /** All names of the folder are as they were changed before. */
    record NamesSynced() implements Step {}

    record Removed(String name) implements Step {}

    record Renamed(String from, String to) implements Step {}

    record Linked(String from, String to) implements Step {}

    /** It is about to be sent. */
    record Sent(String text) implements Step {}
  }

  /** Built anew, for traces that are written in that folder. */
  DiskTrace(Path folder) throws IOException, InterruptedException {
    try (InputStream source = DiskTrace.class.getResourceAsStream("disktrace.c")) {
      String text =
          new String(Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8);
      this.library = Preloaded.build(folder, "disktrace", text);
    }
    this.file = folder.resolve("disk.trace");
  }

  /** What that process does in the folder is written down. */
  void follow(ProcessBuilder process, Path folder) throws IOException {
    Files.deleteIfExists(file);
    process.environment().put("LD_PRELOAD", library.toString());
    process.environment().put("DISK_FOLDER", folder.toString());
    process.environment().put("DISK_TRACE", file.toString());
  }

  /** What the last process that was followed did. */
  List<Step> steps() throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
    List<Step> steps = new ArrayList<>();
    while (all.remaining() >= HEAD) {
      char what = (char) all.getInt();
      byte[] bytes = new byte[all.getInt()];
      long inode = all.getLong();
      long at = all.getLong();
      all.get(bytes);
      steps.add(step(what, inode, at, bytes));
    }
    return steps;
  }

  private static Step step(char what, long inode, long at, byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    String[] names = text.split("\n", -1);
    return switch (what) {
      case 'c' -> new Step.Created(text, inode);
      case 'w' -> new Step.Written(inode, at, bytes);
      case 't' -> new Step.Truncated(inode, at);
      case 's' -> new Step.Synced(inode);
      case 'd' -> new Step.NamesSynced();
      case 'u' -> new Step.Removed(text);
      case 'r' -> new Step.Renamed(names[0], names[1]);
      case 'l' -> new Step.Linked(names[0], names[1]);
      case 'n' -> new Step.Sent(text);
      default -> throw new IllegalStateException("found the record " + what);
    };
  }
}
