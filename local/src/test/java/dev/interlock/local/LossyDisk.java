package dev.interlock.local;

import dev.interlock.local.DiskTrace.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk that keeps what was synced, and of all else what it likes when the power goes.
 *
 * <p>Faults: of the writes and truncations of a file since its last sync, any subset is there, so
 * that a later one may be there without an earlier; a write may be there in part, by sectors of 512
 * bytes, each old, new, zeros or garbage; a file may have grown without data. Of the names that
 * were made, changed or removed since the folder's last sync, any subset is as it was. Not among
 * them: a sector that was not written to is never spoilt, nor bytes of one beside those that were
 * written (which SQLite calls powersafe overwrite), and what was synced stays.
 */
final class LossyDisk {
  private static final int SECTOR = 512;

  private final Lie lie;

  /** Its files, by a number of their own: the system gives an inode's number away again. */
  private final List<Content> contents = new ArrayList<>();

  private final Map<Long, Integer> inodes = new LinkedHashMap<>();
  private final Map<String, Integer> syncedNames = new TreeMap<>();
  private final Map<String, Integer> names = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();

  /** What it says to have synced and has not, so that a test can show that it would be caught. */
  enum Lie {
    NONE,
    /** It syncs no file whose name ends so: what {@code synchronous=NORMAL} leaves out. */
    LOG("-wal"),
    /** It syncs no file, as with {@code synchronous=OFF}. */
    FILES(""),
    /** It syncs no names of the folder. */
    NAMES(null);

    private final @Nullable String suffix;

    Lie() {
      this(null);
    }

    Lie(@Nullable String suffix) {
      this.suffix = suffix;
    }
  }

  /** How much of what was not synced is left: the chance of each write, and that it is torn. */
  private record Loss(double kept, double torn) {
    static Loss any(Random random) {
      return switch (random.nextInt(5)) {
        case 0 -> new Loss(0, 0);
        case 1 -> new Loss(1, 0);
        case 2 -> new Loss(0, 1);
        default -> new Loss(random.nextDouble(), random.nextDouble());
      };
    }
  }

  /** A name that now leads to that file, or to none if it is null. */
  private record Change(String name, @Nullable Integer file) {}

  private static final class Content {
    private byte[] synced;
    private final List<Step> since = new ArrayList<>();

    Content(byte[] synced) {
      this.synced = synced;
    }
  }

  LossyDisk(Lie lie) {
    this.lie = lie;
  }

  /** A disk with what is in a folder now, all of it synced. */
  static LossyDisk of(Path folder, Lie lie) throws IOException {
    LossyDisk disk = new LossyDisk(lie);
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        int number = disk.contents.size();
        disk.contents.add(new Content(Files.readAllBytes(file)));
        disk.inodes.put((Long) Files.getAttribute(file, "unix:ino"), number);
        disk.names.put(file.getFileName().toString(), number);
      }
    }
    disk.syncedNames.putAll(disk.names);
    return disk;
  }

  void take(Step step) {
    switch (step) {
      case Step.Created(String name, long inode) -> {
        inodes.put(inode, contents.size());
        change(name, contents.size());
        contents.add(new Content(new byte[0]));
      }
      case Step.Written written -> content(written.file()).since.add(written);
      case Step.Truncated truncated -> content(truncated.file()).since.add(truncated);
      case Step.Synced(long inode) -> sync(inode);
      case Step.NamesSynced() -> {
        if (lie != Lie.NAMES) {
          syncedNames.clear();
          syncedNames.putAll(names);
          changes.clear();
        }
      }
      case Step.Removed(String name) -> change(name, null);
      case Step.Renamed(String from, String to) -> {
        change(to, names.get(from));
        change(from, null);
      }
      case Step.Linked(String from, String to) -> change(to, names.get(from));
      case Step.Sent sent -> {} // not to the disk
    }
  }

  private Content content(long inode) {
    return contents.get(Objects.requireNonNull(inodes.get(inode)));
  }

  private void change(String name, @Nullable Integer file) {
    changes.add(new Change(name, file));
    put(names, name, file);
  }

  private static void put(Map<String, Integer> names, String name, @Nullable Integer file) {
    if (file == null) {
      names.remove(name);
    } else {
      names.put(name, file);
    }
  }

  private void sync(long inode) {
    int number = Objects.requireNonNull(inodes.get(inode));
    if (lie.suffix != null
        && names.entrySet().stream()
            .anyMatch(e -> e.getValue() == number && e.getKey().endsWith(lie.suffix))) {
      return;
    }
    Content content = contents.get(number);
    for (Step step : content.since) {
      content.synced = applied(content.synced, step);
    }
    content.since.clear();
  }

  private static byte[] applied(byte[] bytes, Step step) {
    return switch (step) {
      case Step.Written(long file, long at, byte[] written) -> {
        byte[] next = grown(bytes, at + written.length);
        System.arraycopy(written, 0, next, (int) at, written.length);
        yield next;
      }
      case Step.Truncated(long file, long length) -> Arrays.copyOf(bytes, (int) length);
      default -> throw new IllegalStateException(step.toString());
    };
  }

  private static byte[] grown(byte[] bytes, long length) {
    return length > bytes.length ? Arrays.copyOf(bytes, (int) length) : bytes;
  }

  /** What may be in the folder after a loss of power. */
  Map<String, byte[]> left(Random random) {
    Loss loss = Loss.any(random);
    Map<String, Integer> there = new TreeMap<>(syncedNames);
    for (Change change : changes) {
      if (random.nextDouble() < loss.kept) {
        put(there, change.name(), change.file());
      }
    }
    Map<Integer, byte[]> bytes = new LinkedHashMap<>(); // one file may have two names
    Map<String, byte[]> left = new TreeMap<>();
    there.forEach((name, file) ->
        left.put(name, bytes.computeIfAbsent(file, f -> left(contents.get(f), loss, random))));
    return left;
  }

  private static byte[] left(Content content, Loss loss, Random random) {
    byte[] bytes = content.synced.clone();
    for (Step step : content.since) {
      if (random.nextDouble() < loss.kept) {
        bytes = applied(bytes, step);
      } else if (step instanceof Step.Written written) {
        if (random.nextDouble() < loss.torn) {
          bytes = torn(bytes, written, random);
        } else if (random.nextInt(8) == 0) {
          bytes = grown(bytes, written.at() + written.bytes().length);
        }
      }
    }
    return bytes;
  }

  private static byte[] torn(byte[] bytes, Step.Written written, Random random) {
    byte[] next = grown(bytes, written.at() + written.bytes().length);
    int from = 0;
    while (from < written.bytes().length) {
      int at = (int) written.at() + from;
      int length = Math.min(SECTOR - at % SECTOR, written.bytes().length - from);
      switch (random.nextInt(6)) {
        case 0 -> Arrays.fill(next, at, at + length, (byte) 0);
        case 1 -> {
          byte[] garbage = new byte[length];
          random.nextBytes(garbage);
          System.arraycopy(garbage, 0, next, at, length);
        }
        case 2, 3 -> System.arraycopy(written.bytes(), from, next, at, length);
        default -> {} // as it was
      }
      from += length;
    }
    return next;
  }
}
