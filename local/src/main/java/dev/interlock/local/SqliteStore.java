package dev.interlock.local;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * A store in one SQLite file.
 *
 * <p>Promise: when {@link #commit} returns, what it wrote survives any crash: the file is in WAL
 * mode with {@code synchronous=FULL}, so each commit ends with an fsync. That is read back when it
 * is opened.
 *
 * <p>One process owns the file, by a lock on another file beside it. Java never opens the database
 * but through SQLite: closing a descriptor of its own would drop SQLite's locks.
 */
public final class SqliteStore implements Store {
  private static final int BUSY_MILLIS = 5_000;
  private static final int SYNCHRONOUS_FULL = 2;

  /** The write-ahead log is cut back to this many bytes after a checkpoint. */
  private static final int MAX_IDLE_WAL = 64 << 20;

  private final Path file;
  private final @Nullable OwnerLock lock;

  /** Null if it is open for reading only, and after a commit that failed. */
  private @Nullable Sql writer;

  private final ReadConnections readers;

  private SqliteStore(Path file, @Nullable OwnerLock lock, @Nullable Sql writer) {
    this.file = file;
    this.lock = lock;
    this.writer = writer;
    this.readers = new ReadConnections(() -> connect(file, true));
  }

  /**
   * Opens the file for writing, as its one owner; makes it if it is not there.
   *
   * @throws OwnedElsewhereException if another process, or another engine in this one, owns it
   * @throws StoreException if it is not a file of Interlock, is newer than this version, or cannot
   *     be written durably
   */
  public static SqliteStore open(Path file) {
    Path absolute = file.toAbsolutePath();
    OwnerLock lock = OwnerLock.acquire(absolute);
    try {
      create(absolute);
      return new SqliteStore(absolute, lock, writer(absolute));
    } catch (SQLException | IOException e) {
      lock.close();
      throw unreadable(absolute, e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** A connection that writes, durably, to a file of the newest schema. */
  private static Sql writer(Path file) throws SQLException, IOException {
    Sql writer = connect(file, false);
    try {
      int version = Schema.check(writer.connection(), file);
      PrivateFiles.restrict(file);
      beDurable(writer, file);
      Schema.migrate(writer.connection(), version);
      writer.connection().setAutoCommit(false);
      return writer;
    } catch (SQLException | IOException | RuntimeException e) {
      close(writer, e);
      throw e;
    }
  }

  private static void close(Sql failed, Exception why) {
    try {
      failed.close();
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  /**
   * Opens a file that is there for reading only, whoever owns it. Writing to it is refused.
   *
   * @throws StoreException if it is not there or not a file of Interlock
   */
  public static SqliteStore openReadOnly(Path file) {
    Path absolute = file.toAbsolutePath();
    if (!Files.exists(absolute)) {
      throw new StoreException(
          "found no file %s, expected a store: start an instance first".formatted(absolute), null);
    }
    try (Sql reader = connect(absolute, true)) {
      int version = Schema.check(reader.connection(), absolute);
      if (version < Schema.NEWEST) {
        throw new StoreException(
            "found schema %d in %s, expected %d: open it once with `interlock up`"
                .formatted(version, absolute, Schema.NEWEST),
            null);
      }
      return new SqliteStore(absolute, null, null);
    } catch (SQLException e) {
      throw unreadable(absolute, e);
    }
  }

  private static StoreException unreadable(Path file, Exception e) {
    return new StoreException(
        "found that %s cannot be opened (%s), expected a store that can be read and written"
            .formatted(file, e.getMessage()),
        e);
  }

  /** Makes an empty file that only its owner may read; SQLite's other files follow it in that. */
  private static void create(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    try {
      Files.createFile(file, PrivateFiles.ATTRIBUTES);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(file + " is a link that leads nowhere", e);
    }
  }

  private static Sql connect(Path file, boolean readOnly) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setReadOnly(readOnly);
    config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
    return new Sql(config.createConnection("jdbc:sqlite:" + file));
  }

  private static void beDurable(Sql writer, Path file) throws SQLException {
    Connection connection = writer.connection();
    String mode = Schema.text(connection, "PRAGMA journal_mode = WAL");
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute("PRAGMA journal_size_limit = " + MAX_IDLE_WAL);
    }
    int synchronous = Schema.number(connection, "PRAGMA synchronous");
    if (!mode.equals("wal") || synchronous != SYNCHRONOUS_FULL) {
      throw new StoreException(
          ("found journal mode %s and synchronous=%d for %s, expected wal and %d (FULL): put it on a"
                  + " local disk")
              .formatted(mode, synchronous, file, SYNCHRONOUS_FULL),
          null);
    }
  }

  @Override
  public void commit(List<Write> writes) {
    if (lock == null) {
      throw new StoreException(
          file + " is open for reading only, expected its owner to write", null);
    }
    try {
      Sql sql = writer != null ? writer : writer(file);
      writer = sql;
      for (Write write : writes) {
        apply(sql, write);
      }
      CrashPoints.pass("mid-commit");
      sql.connection().commit();
    } catch (SQLException | IOException e) {
      discard(e);
      throw new StoreException("cannot write to %s: %s".formatted(file, e.getMessage()), e);
    } catch (RuntimeException e) {
      discard(e);
      throw e;
    }
  }

  /**
   * Gives the connection up with whatever it has not committed; the next commit opens another.
   * Rolling back would not do: SQLite may have done so by itself (a full disk), and then the driver
   * commits statement by statement.
   */
  private void discard(Exception why) {
    if (writer != null) {
      close(writer, why);
      writer = null;
    }
  }

  private static void apply(Sql sql, Write write) throws SQLException {
    switch (write) {
      case Create create -> EntryTable.create(sql, create);
      case Append(SealedEntry entry) -> EntryTable.append(sql, entry);
      case Update(Row row, Snapshot snapshot) -> {
        InstanceTable.put(sql, row);
        if (snapshot != null) {
          BesideTables.put(sql, snapshot);
        }
      }
      case Remember sent -> BesideTables.put(sql, sent);
      case PutResult result -> BesideTables.put(sql, result);
      case PutDocument document -> BesideTables.put(sql, document);
      case PutMachine machine -> BesideTables.put(sql, machine);
      case PutMark mark -> BesideTables.put(sql, mark);
    }
  }

  /** Reads on a connection of its own: neither waits for a commit nor holds one up. */
  private <T> T read(ReadConnections.Reading<T> reading) {
    try {
      return readers.with(reading);
    } catch (SQLException e) {
      throw new StoreException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** As {@link #read}, all of it at one moment, whatever is committed meanwhile. */
  <T> T readAtOnce(ReadConnections.Reading<T> reading) {
    return read(sql -> {
      try (Statement statement = sql.connection().createStatement()) {
        statement.execute("BEGIN DEFERRED");
        T result = reading.read(sql);
        statement.execute("COMMIT");
        return result;
      }
    });
  }

  @Override
  public Optional<Row> row(String instance) {
    return read(sql -> InstanceTable.get(sql, instance));
  }

  @Override
  public List<Row> rows(Filter filter, @Nullable Principal seenBy) {
    return read(sql -> InstanceTable.list(sql, filter, seenBy));
  }

  @Override
  public List<Count> counts() {
    return read(InstanceTable::counts);
  }

  @Override
  public List<String> live(String afterId, int limit) {
    return read(sql -> InstanceTable.live(sql, afterId, limit));
  }

  @Override
  public List<Due> due(Instant before, int limit) {
    return read(sql -> InstanceTable.due(sql, before, limit));
  }

  @Override
  public Optional<Snapshot> snapshot(String instance) {
    return read(sql -> BesideTables.snapshot(sql, instance));
  }

  @Override
  public List<SealedEntry> entries(String instance, long afterSeq, int limit) {
    return read(sql -> EntryTable.list(sql, instance, afterSeq, limit));
  }

  @Override
  public Optional<String> key(String instance) {
    return read(sql -> EntryTable.key(sql, instance));
  }

  @Override
  public Optional<String> result(String instance, String ref) {
    return read(sql -> BesideTables.result(sql, instance, ref));
  }

  @Override
  public Optional<byte[]> document(String instance, String hash) {
    return read(sql -> BesideTables.document(sql, instance, hash));
  }

  @Override
  public Map<String, Long> documents(String instance) {
    return read(sql -> BesideTables.documents(sql, instance));
  }

  @Override
  public Optional<Mark> mark(String instance, String key) {
    return read(sql -> BesideTables.mark(sql, instance, key));
  }

  @Override
  public boolean seen(String instance, String id) {
    return read(sql -> BesideTables.seen(sql, instance, id));
  }

  @Override
  public Optional<PutMachine> machine(String pin) {
    return read(sql -> BesideTables.machine(sql, pin));
  }

  @Override
  public void close() {
    readers.close();
    try (lock) {
      if (writer != null) {
        writer.close();
      }
    } catch (SQLException e) {
      throw new StoreException("cannot close the store: " + e.getMessage(), e);
    }
  }
}
