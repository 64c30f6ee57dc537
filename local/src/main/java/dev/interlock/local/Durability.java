package dev.interlock.local;

import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Whether what is committed to a database can be relied on to be there: refused if not. */
final class Durability {
  private static final int SYNCHRONOUS_FULL = 2;

  /** The write-ahead log is cut back to this many bytes after a checkpoint. */
  private static final int MAX_IDLE_WAL = 64 << 20;

  /**
   * Of another machine, or of a program: SQLite's write-ahead log needs locks and memory that all
   * who open the file share, and a sync that reaches a disk (sqlite.org/wal.html); whether these
   * have them nobody here can tell.
   */
  private static final List<String> REMOTE =
      List.of("nfs", "cifs", "smb", "afs", "afpfs", "9p", "ncp", "webdav", "ceph", "gluster");

  private static final Set<String> SHARED =
      Set.of("lustre", "drvfs", "vboxsf", "vmhgfs", "prl_fs", "fuse", "osxfuse", "macfuse");

  private static final Set<String> MEMORY = Set.of("tmpfs", "ramfs");

  /** Files of which it was warned: a writer that failed is opened again and again. */
  private static final Set<Path> WARNED = ConcurrentHashMap.newKeySet();

  private static final System.Logger LOG = System.getLogger(Durability.class.getName());

  private Durability() {}

  /**
   * Sets what a connection needs, and reads it back.
   *
   * @throws StoreException if it has not become so
   */
  static void set(Sql writer, Path file) throws SQLException {
    if (!Files.isWritable(file)) { // SQLite opens it all the same, and can only read then
      throw new StoreException(
          ("found that %s cannot be written, expected a store that can be read and written: see its"
                  + " rights, and whether its disk is there to be read only")
              .formatted(file),
          null);
    }
    requireDisk(file, type(file));
    Connection connection = writer.connection();
    Schema.text(connection, "PRAGMA journal_mode = WAL");
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute(
          "PRAGMA fullfsync = ON"); // macOS's own sync leaves it in the drive's memory
      statement.execute("PRAGMA journal_size_limit = " + MAX_IDLE_WAL);
    }
    require(writer, file);
  }

  /** Refuses a connection whose commits may be lost. */
  static void require(Sql writer, Path file) throws SQLException {
    String mode = Schema.text(writer.connection(), "PRAGMA journal_mode");
    int synchronous = Schema.number(writer.connection(), "PRAGMA synchronous");
    if (!mode.equals("wal") || synchronous != SYNCHRONOUS_FULL) {
      throw new StoreException(
          ("found journal mode %s and synchronous=%d for %s, expected wal and %d (FULL): put it on a"
                  + " local disk, and end other programs that have it open")
              .formatted(mode, synchronous, file, SYNCHRONOUS_FULL),
          null);
    }
  }

  /** Refuses a file system of that type, or warns of it. */
  static void requireDisk(Path file, String type) {
    String word = type.toLowerCase(Locale.ROOT);
    if (REMOTE.stream().anyMatch(word::startsWith)
        || SHARED.contains(word)
        || word.startsWith("fuse.")) {
      throw new StoreException(
          ("found that %s lies on a file system of type %s, on which a write-ahead log is not sure"
                  + " to hold; expected a local disk: name a file on one as `store`")
              .formatted(file, type),
          null);
    }
    if (MEMORY.contains(word) && WARNED.add(file)) {
      LOG.log(
          Level.WARNING,
          "the store {0} lies in memory ({1}): all of it is gone when this machine stops",
          file,
          type);
    }
  }

  /** Empty where the system does not tell. */
  private static String type(Path file) {
    try {
      return Files.getFileStore(file).type();
    } catch (IOException e) {
      return "";
    }
  }
}
