package dev.interlock.local;

import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Who may write to a database file, one owner or any number of sharers: a lock on a file of its own
 * beside it, so that Java never opens, and never closes, the database itself. The operating system
 * lets go of it when the process dies.
 *
 * <p>A process has that file open once, however many of its stores share it: closing one more
 * descriptor would let go of every lock that the process has on it.
 */
final class OwnerLock implements AutoCloseable {
  private static final int MAX_NOTE = 100;

  /** Where, in its file, the last commit is noted: in a sector of its own, and a second behind. */
  private static final int LAST = 512;

  /** More than one only while a store is put in place of another. */
  private static final int MOST = 2;

  private static final long POLL_NANOS = Duration.ofMillis(10).toNanos();

  /** What this process holds, by the lock's file. Guarded by itself. */
  private static final Map<Path, OwnerLock> HELD = new HashMap<>();

  private final Path file;
  private final RandomAccessFile bytes;
  private final FileChannel channel;
  private final boolean shared;

  /** Guarded by {@link #HELD}. */
  private int holders = 1;

  private OwnerLock(Path file, RandomAccessFile bytes, boolean shared) {
    this.file = file;
    this.bytes = bytes;
    this.channel = bytes.getChannel();
    this.shared = shared;
  }

  /**
   * As the one owner.
   *
   * @throws OwnedElsewhereException if somebody else has it
   */
  static OwnerLock acquire(Path database) {
    return hold(database, false);
  }

  /**
   * With others who share it.
   *
   * @throws OwnedElsewhereException if it has an owner
   */
  static OwnerLock share(Path database) {
    return hold(database, true);
  }

  private static OwnerLock hold(Path database, boolean shared) {
    Path file = lockOf(database);
    try {
      synchronized (HELD) {
        Path real = create(file);
        OwnerLock held = HELD.get(real);
        if (held == null) {
          OwnerLock lock = open(database, real, shared);
          HELD.put(real, lock);
          return lock;
        }
        if (!shared || !held.shared) {
          throw elsewhere(database, note(held.shared));
        }
        held.holders++;
        return held;
      }
    } catch (IOException e) {
      throw new StoreException(
          "found that %s cannot be written (%s), expected a folder that is there and writable"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static Path lockOf(Path database) {
    return database.resolveSibling(database.getFileName() + ".lock");
  }

  private static Path create(Path file) throws IOException {
    try {
      Files.createFile(file, PrivateFiles.ATTRIBUTES);
    } catch (FileAlreadyExistsException e) {
      // as it mostly is; nobody ever deletes it
    }
    return file.toRealPath();
  }

  private static OwnerLock open(Path database, Path file, boolean shared) throws IOException {
    RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw");
    try {
      FileChannel channel = bytes.getChannel();
      FileLock lock =
          shared ? channel.tryLock(0, 1, true) : channel.tryLock(0, Long.MAX_VALUE, false);
      if (lock == null) {
        throw elsewhere(database, read(channel));
      }
      String note = "%-99s\n".formatted(note(shared));
      bytes.write(note.getBytes(StandardCharsets.UTF_8));
      return new OwnerLock(file, bytes, shared);
    } catch (IOException | RuntimeException e) {
      bytes.close();
      throw e;
    }
  }

  private static String note(boolean shared) {
    return "process %d %s".formatted(ProcessHandle.current().pid(), shared ? "shares" : "owns");
  }

  private static OwnedElsewhereException elsewhere(Path database, String note) {
    return new OwnedElsewhereException(
        note.endsWith(" shares")
            ? "found that %s %s, perhaps with others, expected nobody else: stop them first"
                .formatted(note, database)
            : ("found that %s %s, expected no other owner: talk to it through its socket, or stop"
                    + " it first")
                .formatted(note.isEmpty() ? "another process owns" : note, database));
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer note = ByteBuffer.allocate(MAX_NOTE);
    channel.read(note, 0);
    return new String(note.array(), 0, note.position(), StandardCharsets.UTF_8).strip();
  }

  /**
   * What was committed last to a database, as far as it is known, for whoever only reads it: as
   * {@link #noted()}.
   */
  static List<LastCommit> noted(Path database) {
    Path file = lockOf(database);
    try {
      synchronized (HELD) {
        if (!Files.exists(file)) {
          return List.of();
        }
        OwnerLock held = HELD.get(file.toRealPath());
        if (held != null) {
          return held.noted();
        }
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
          return noted(bytes);
        }
      }
    } catch (IOException e) {
      throw new StoreException(
          "found that %s cannot be read (%s), expected to see there what was committed last: read the store as whoever owns it"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * What was committed last to the database, as far as it is known: it has this one, or one of two,
   * where it may be another store since a restore was killed.
   */
  synchronized List<LastCommit> noted() throws IOException {
    return noted(bytes);
  }

  private static List<LastCommit> noted(RandomAccessFile bytes) throws IOException {
    byte[] notes = new byte[MOST * LastCommit.SIZE];
    bytes.seek(LAST);
    bytes.read(notes);
    return IntStream.range(0, MOST)
        .mapToObj(i -> Arrays.copyOfRange(notes, i * LastCommit.SIZE, (i + 1) * LastCommit.SIZE))
        .flatMap(note -> LastCommit.read(note).stream())
        .toList();
  }

  /** Notes the last commit, not through the channel: that is closed for whoever is interrupted. */
  synchronized void note(LastCommit last) {
    try {
      Optional<byte[]> note = last.write();
      if (note.isPresent()) {
        bytes.seek(LAST);
        bytes.write(note.get());
      }
    } catch (IOException e) {
      // what is there is older, and holds; the commit is durable without it
    }
  }

  /**
   * Notes others, durably, before what was committed is taken out or replaced. One after the other
   * is synced, the first one first: a loss of power may spoil the one that is written, and the
   * database that is there has the other.
   *
   * @param either at most two; none if nothing is to be noted
   */
  synchronized void replace(List<LastCommit> either) throws IOException {
    for (int i = 0; i < MOST; i++) {
      byte[] nothing = new byte[LastCommit.SIZE];
      byte[] note = i < either.size() ? either.get(i).write().orElse(nothing) : nothing;
      byte[] before = new byte[LastCommit.SIZE];
      bytes.seek(LAST + (long) i * LastCommit.SIZE);
      int read = bytes.read(before);
      if (read < before.length || !Arrays.equals(before, note)) {
        bytes.seek(LAST + (long) i * LastCommit.SIZE);
        bytes.write(note);
        bytes.getFD().sync();
      }
    }
    bytes.getFD().sync(); // what was noted in passing is not
  }

  /** Something that one sharer does at a time. */
  interface Task<T> {
    T run();
  }

  /**
   * Runs that while no other sharer, of this process or another, runs something so.
   *
   * @throws StoreException if it is not its turn in that time
   */
  @SuppressWarnings("try") // the turn is held, not used
  <T> T alone(Duration most, Task<T> task) {
    long start = System.nanoTime();
    synchronized (this) {
      try (FileLock turn = turn(start, most)) {
        return task.run();
      } catch (IOException e) {
        throw new StoreException("cannot lock %s: %s".formatted(file, e.getMessage()), e);
      }
    }
  }

  /** The second byte: the first says who has the database. */
  private FileLock turn(long start, Duration most) throws IOException {
    while (true) {
      FileLock turn = channel.tryLock(1, 1, false); // lock() would close the channel if interrupted
      if (turn != null) {
        return turn;
      }
      if (System.nanoTime() - start > most.toNanos()) {
        throw new StoreException(
            "found that another process has been opening what %s guards for %d s, expected it to be"
                    .formatted(file, most.toSeconds())
                + " done: see whether it stands still",
            null);
      }
      Patience.pause(POLL_NANOS);
    }
  }

  /** The last holder in this process lets go. */
  @Override
  public void close() {
    synchronized (HELD) {
      if (--holders > 0) {
        return;
      }
      HELD.remove(file, this);
      try {
        bytes.close();
      } catch (IOException e) {
        throw new StoreException("cannot let go of the owner's lock", e);
      }
    }
  }
}
