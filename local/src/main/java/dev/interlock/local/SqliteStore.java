package dev.interlock.local;

import dev.interlock.core.journal.Holdings;
import dev.interlock.core.journal.Holdings.UnreadableException;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.VerifiableStore;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.CrashPoints;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sqlite.BusyHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * A store in one SQLite file.
 *
 * <p>Promise: when {@link #commit} returns, what it wrote survives any crash: the file is in WAL
 * mode with {@code synchronous=FULL}, so each commit ends with an fsync. That is read back when it
 * is opened, and a file that has lost a commit since is refused then.
 *
 * <p>One process owns the file, or several of one host share it, by a lock on another file beside
 * it. Java never opens the database but through SQLite: closing a descriptor of its own would drop
 * SQLite's locks.
 */
public final class SqliteStore implements VerifiableStore {
  /** So long one waits for another's transaction. */
  static final Duration MAX_BUSY = Duration.ofSeconds(10);

  /** So much of the file the writer keeps in memory: what is hot is not read again. */
  private static final int CACHE_KIB = 16 << 10;

  /**
   * Pages that the write-ahead log takes before they go to the file: what is hot goes there once.
   */
  private static final int CHECKPOINT_PAGES = 4_000;

  private final Path file;
  private final Duration maxBusy;

  /** Null if it is open for reading only. */
  private final @Nullable OwnerLock lock;

  /**
   * Null if it is open for reading only, and after a commit that failed. Guarded by this, as is
   * whether it is closed.
   */
  private @Nullable Sql writer;

  private boolean closed;

  private final ReadConnections readers;

  private SqliteStore(Path file, Duration maxBusy, @Nullable OwnerLock lock, @Nullable Sql writer) {
    this.file = file;
    this.maxBusy = maxBusy;
    this.lock = lock;
    this.writer = writer;
    this.readers = new ReadConnections(() -> connect(file, true, maxBusy));
  }

  /**
   * Opens the file for writing, as its one owner; makes it if it is not there.
   *
   * @throws OwnedElsewhereException if another process, or another engine in this one, owns it
   * @throws StoreException if it is not a file of Interlock, is newer than this version, or cannot
   *     be written durably
   */
  public static SqliteStore open(Path file) {
    Path absolute = StoreFile.of(file);
    return holding(OwnerLock.acquire(absolute), lock -> open(absolute, MAX_BUSY, lock, true));
  }

  /**
   * Opens the file for writing, with other processes of this host that do the same; makes it if it
   * is not there. A commit that comes while another one is written waits for it, for 10 s at most.
   *
   * @throws OwnedElsewhereException if it has an owner: somebody has {@link #open}ed it
   * @throws StoreException as for {@link #open}, or if its schema is older than this version's:
   *     only an owner brings it up to date, since others who share it may be older too
   */
  public static SqliteStore openShared(Path file) {
    return openShared(file, MAX_BUSY);
  }

  static SqliteStore openShared(Path file, Duration maxBusy) {
    Path absolute = StoreFile.of(file);
    return holding(
        OwnerLock.share(absolute),
        lock -> lock.alone(MAX_BUSY, () -> open(absolute, maxBusy, lock, false)));
  }

  /** The lock goes if there is no store to let go of it. */
  private static SqliteStore holding(OwnerLock lock, Function<OwnerLock, SqliteStore> opening) {
    try {
      return opening.apply(lock);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static SqliteStore open(Path file, Duration maxBusy, OwnerLock lock, boolean alone) {
    try {
      return new SqliteStore(file, maxBusy, lock, whole(file, maxBusy, lock, alone));
    } catch (SQLException | IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * As {@link #writer}, to a file that has all that was ever committed to it, or a new one. That is
   * seen by a connection that only reads: one that writes would, when it is closed again, put what
   * is left of a damaged log into the file, and delete it.
   */
  static Sql whole(Path file, Duration maxBusy, OwnerLock lock, boolean alone)
      throws SQLException, IOException {
    List<LastCommit> noted = lock.noted();
    if (Lost.isNew(file, noted)) {
      create(file);
      return writer(file, maxBusy, alone);
    }
    if (noted.isEmpty()) {
      return writer(file, maxBusy, alone);
    }
    boolean readOnly =
        !Lost.filled(file, "-journal"); // what SQLite was in the middle of is undone first
    try (Sql reader = connect(file, readOnly, maxBusy)) {
      LastCommit last = Lost.require(reader, file, noted);
      if (noted.size() > 1) {
        lock.replace(List.of(last));
      }
      return writer(file, maxBusy, alone);
    }
  }

  /** A connection that writes, durably, to a file of the newest schema. */
  static Sql writer(Path file, Duration maxBusy, boolean alone) throws SQLException, IOException {
    Sql writer = connect(file, false, maxBusy);
    try {
      int version = Schema.check(writer.connection(), file);
      if (version > 0 && !alone) {
        requireNewest(file, version);
      }
      PrivateFiles.restrict(file);
      Durability.set(writer, file);
      beFast(writer);
      Schema.migrate(writer, version);
      return writer;
    } catch (SQLException | IOException | RuntimeException e) {
      close(writer, e);
      throw e;
    }
  }

  private static void beFast(Sql writer) throws SQLException {
    try (Statement statement = writer.connection().createStatement()) {
      statement.execute("PRAGMA cache_size = -" + CACHE_KIB);
      statement.execute("PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
    }
  }

  private static void requireNewest(Path file, int version) {
    if (version == 0) {
      throw new StoreException(
          "found nothing in %s, expected a store: start an instance first".formatted(file), null);
    }
    if (version < Schema.NEWEST) {
      throw new StoreException(
          "found schema %d in %s, expected %d: open it once with `interlock up`"
              .formatted(version, file, Schema.NEWEST),
          null);
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
   * @throws StoreException if it is not there, is not a file of Interlock, or has lost a commit
   */
  public static SqliteStore openReadOnly(Path file) {
    SqliteStore store = openToVerify(file);
    try {
      requireNothingLost(store.file);
      return store;
    } catch (SQLException e) {
      throw unreadable(store.file, e);
    }
  }

  private static void requireNothingLost(Path file) throws SQLException {
    Optional<String> lost = Lost.in(file);
    if (lost.isPresent()) {
      throw new StoreException(lost.get(), null);
    }
  }

  /**
   * As {@link #openReadOnly}, to see what is there of a store; {@link #lost} says whether that is
   * all.
   */
  public static SqliteStore openToVerify(Path file) {
    Path absolute = StoreFile.of(file);
    if (!isThere(absolute)) {
      throw new StoreException(
          "found no file %s, expected a store: start an instance first".formatted(absolute), null);
    }
    try (Sql reader = connect(absolute, true, MAX_BUSY)) {
      int version = Schema.check(reader.connection(), absolute);
      if (version == 0) {
        requireNothingLost(absolute);
      }
      requireNewest(absolute, version);
      return new SqliteStore(absolute, MAX_BUSY, null, null);
    } catch (SQLException e) {
      throw unreadable(absolute, e);
    }
  }

  /**
   * Whether there is a file to be read; there is none before the first instance was started.
   *
   * @throws StoreException if there is none, or an empty one, and there was one before
   */
  public static boolean isThere(Path file) {
    Path absolute = StoreFile.of(file);
    try {
      List<LastCommit> noted = OwnerLock.noted(absolute);
      return !Lost.isNew(absolute, noted) || Files.exists(absolute);
    } catch (IOException e) {
      throw unreadable(absolute, e);
    }
  }

  private static StoreException unreadable(Path file, Exception e) {
    return DiskErrors.of("cannot open the store " + file, e);
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

  static Sql connect(Path file, boolean readOnly, Duration maxBusy) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(readOnly);
    config.setGetGeneratedKeys(false); // else the driver asks for the last one after each INSERT
    Sql sql = new Sql(config.createConnection("jdbc:sqlite:" + file));
    BusyHandler.setHandler(sql.connection(), new Patience(maxBusy));
    return sql;
  }

  @Override
  public synchronized void commit(List<Write> writes) {
    if (lock == null) {
      throw new StoreException(
          file + " is open for reading only, expected its owner to write", null);
    }
    if (closed) {
      throw new StoreException("the store is closed, expected an open one", null);
    }
    try {
      Sql sql = writer != null ? writer : writer(file, maxBusy, false);
      writer = sql;
      sql.execute("BEGIN IMMEDIATE");
      apply(sql, writes);
      CrashPoints.pass("mid-commit");
      sql.execute("COMMIT");
      LastCommit.of(writes).ifPresent(lock::note);
    } catch (SQLException | IOException e) {
      discard(e);
      throw DiskErrors.of("cannot write to " + file, e);
    } catch (ConflictException e) { // rolled back, and nothing is wrong with the connection
      throw e;
    } catch (RuntimeException e) {
      discard(e);
      throw e;
    }
  }

  private static void apply(Sql sql, List<Write> writes) throws SQLException {
    try {
      for (Write write : writes) {
        apply(sql, write);
      }
      LinkTable.append(sql, writes);
    } catch (ConflictException e) {
      sql.execute("ROLLBACK");
      throw e;
    }
  }

  /**
   * Gives the connection up with whatever it has not committed; the next commit opens another.
   * Rolling back would not do: SQLite may have done so by itself (a full disk), and then what
   * follows is committed statement by statement.
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
      case Claim claim -> BesideTables.put(sql, claim);
    }
  }

  /** Reads on a connection of its own: neither waits for a commit nor holds one up. */
  private <T> T read(ReadConnections.Reading<T> reading) {
    try {
      return readers.with(reading);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public Optional<String> lost() {
    try {
      return Lost.in(file);
    } catch (SQLException e) {
      throw unread(e);
    }
  }

  private StoreException failed(SQLException e) {
    return DiskErrors.of("cannot read " + file, e);
  }

  @Override
  public void atOneMoment(Consumer<Holdings> reading) {
    read(sql -> {
      sql.execute("BEGIN DEFERRED");
      reading.accept(new SqliteHoldings(sql, this::unread));
      sql.execute("COMMIT");
      return true;
    });
  }

  private StoreException unread(SQLException e) {
    return isDamage(e) ? new UnreadableException(String.valueOf(e.getMessage()), e) : failed(e);
  }

  /** Tables that are not as they were made, or a file that is not. */
  private static boolean isDamage(SQLException e) {
    SQLiteErrorCode kind = DiskErrors.kind(e);
    return kind == SQLiteErrorCode.SQLITE_ERROR || kind == SQLiteErrorCode.SQLITE_CORRUPT;
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
    synchronized (this) {
      if (!closed) {
        closed = true;
        closeWriter();
      }
    }
  }

  private void closeWriter() {
    try (lock) {
      if (writer != null) {
        writer.close();
      }
    } catch (SQLException e) {
      throw DiskErrors.of("cannot close the store " + file, e);
    }
  }
}
