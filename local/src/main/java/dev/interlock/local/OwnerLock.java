package dev.interlock.local;

import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who owns a database file: a lock on a file of its own beside it, so that Java never opens, and
 * never closes, the database itself. The operating system lets go of it when the process dies.
 */
final class OwnerLock implements AutoCloseable {
  private static final int MAX_NOTE = 100;

  private final FileChannel channel;

  private OwnerLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * @throws OwnedElsewhereException if somebody else has it
   */
  @SuppressWarnings("resource") // the channel is the lock: it stays open
  static OwnerLock acquire(Path database) {
    Path file = database.resolveSibling(database.getFileName() + ".lock");
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
              PrivateFiles.ATTRIBUTES);
      FileLock lock = lock(channel);
      if (lock == null) {
        String owner = read(channel);
        channel.close();
        throw new OwnedElsewhereException(
            ("found that %s owns %s, expected no other owner: talk to it through its socket, or"
                    + " stop it first")
                .formatted(owner.isEmpty() ? "another process" : owner, database));
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              ("process " + ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8)));
      return new OwnerLock(channel);
    } catch (IOException e) {
      close(channel);
      throw new StoreException(
          "found that %s cannot be written (%s), expected a folder that is there and writable"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) { // another engine of this process
      return null;
    }
  }

  private static String read(FileChannel channel) throws IOException {
    ByteBuffer note = ByteBuffer.allocate(MAX_NOTE);
    channel.read(note, 0);
    return new String(note.array(), 0, note.position(), StandardCharsets.UTF_8).strip();
  }

  private static void close(@Nullable FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new StoreException("cannot let go of the owner's lock", e);
      }
    }
  }

  @Override
  public void close() {
    close(channel);
  }
}
