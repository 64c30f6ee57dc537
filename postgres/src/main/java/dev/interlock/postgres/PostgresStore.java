package dev.interlock.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import dev.interlock.core.journal.Holdings;
import dev.interlock.core.journal.Holdings.UnreadableException;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.VerifiableStore;
import dev.interlock.core.machine.Principal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A store in PostgreSQL, for any number of processes and hosts.
 *
 * <p>Promise: when {@link #commit} returns, what it wrote survives any crash of client and server:
 * each transaction reads back that the server flushes before it confirms. Reads go to the same
 * server; a URL that lists several must say {@code targetServerType=primary}. A standby that takes
 * over has all of it only if the server waits for it ({@code synchronous_standby_names}).
 */
public final class PostgresStore implements VerifiableStore {
  /** So long one waits for another's transaction. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(10);

  /** So long a statement may take; a transaction whose process stands still ends after it, too. */
  private static final Duration MAX_STATEMENT = Duration.ofSeconds(30);

  /** A server that answers nothing for so long is given up. */
  private static final Duration MAX_SILENCE = MAX_STATEMENT.plusSeconds(10);

  /** Of an SQL state: one may not. */
  private static final String FORBIDDEN = "42501";

  /** So long one waits for a connection. */
  private static final Duration MAX_CONNECT = Duration.ofSeconds(10);

  private final DataSource source;

  /** Whether the connections are ours to close. */
  private final @Nullable HikariDataSource pool;

  private final Duration maxWait;
  private final String where;
  private volatile boolean closed;

  private PostgresStore(
      DataSource source, @Nullable HikariDataSource pool, Duration maxWait, String where) {
    this.source = source;
    this.pool = pool;
    this.maxWait = maxWait;
    this.where = where;
  }

  /**
   * Opens the tables, and makes them if they are not there, through connections of the
   * application's own, to the schema that is current in them. It stays the application's to close.
   *
   * @throws StoreException if the server cannot be reached or would not keep what it confirms, or
   *     the schema is another program's or a newer version's
   */
  public static PostgresStore open(DataSource source) {
    return opened(new PostgresStore(source, null, MAX_WAIT, "the application's data source"));
  }

  /** As {@link #open(DataSource)}, through connections that go when the store is closed. */
  public static PostgresStore open(PostgresSettings settings) {
    return open(settings, MAX_WAIT);
  }

  static PostgresStore open(PostgresSettings settings, Duration maxWait) {
    String where = PostgresSettings.withoutParameters(settings.url());
    HikariDataSource pool;
    try {
      pool = new HikariDataSource(config(settings));
    } catch (PoolInitializationException e) {
      throw new StoreException(
          "found that %s cannot be reached (%s), expected a server that lets %s in"
              .formatted(
                  where,
                  String.valueOf(e.getMessage()).replaceFirst("^Failed to initialize pool: ", ""),
                  settings.user().isEmpty() ? "its user" : settings.user()),
          e);
    } catch (RuntimeException e) { // it quotes the URL, which may hold a password
      throw new StoreException(
          "found the URL %s, which the driver cannot read, expected %s//HOST:PORT/DATABASE"
              .formatted(where, PostgresSettings.URL),
          null);
    }
    return opened(new PostgresStore(pool, pool, maxWait, where));
  }

  private static HikariConfig config(PostgresSettings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("interlock");
    config.setJdbcUrl(settings.url());
    if (!settings.user().isEmpty()) {
      config.setUsername(settings.user());
    }
    if (!settings.password().isEmpty()) {
      config.setPassword(settings.password());
    }
    config.setMaximumPoolSize(settings.poolSize());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(MAX_CONNECT.toMillis());
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    // What the URL says goes before these.
    config.addDataSourceProperty("ApplicationName", "interlock");
    config.addDataSourceProperty("currentSchema", "interlock");
    config.addDataSourceProperty("connectTimeout", MAX_CONNECT.toSeconds());
    config.addDataSourceProperty("socketTimeout", MAX_SILENCE.toSeconds());
    config.addDataSourceProperty("tcpKeepAlive", "true");
    return config;
  }

  private static PostgresStore opened(PostgresStore store) {
    try {
      store.transaction((connection, sql) -> new Schema(connection, sql, store.where).migrate());
      return store;
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  @Override
  public void commit(List<Write> writes) {
    List<Step> steps = InOrder.steps(writes);
    transaction((connection, sql) -> {
      Step.run(sql, steps);
      LinkTable.append(sql, writes);
    });
  }

  /** Writes something. */
  private interface Writing {
    void write(Connection connection, Sql sql) throws SQLException;
  }

  private void transaction(Writing writing) {
    boolean confirming = false;
    try (Connection connection = connection()) {
      boolean auto = connection.getAutoCommit();
      connection.setAutoCommit(false);
      try {
        Sql sql = new Sql(connection, MAX_STATEMENT);
        Durability.begin(sql, MAX_STATEMENT, maxWait);
        writing.write(connection, sql);
        confirming = true;
        connection.commit();
      } catch (SQLException | RuntimeException e) {
        giveUp(connection, auto, e);
        throw e;
      }
      confirming = false;
      connection.setAutoCommit(auto);
    } catch (SQLException e) {
      throw failed("write to", e, confirming);
    }
  }

  private static void giveUp(Connection connection, boolean auto, Exception why) {
    try {
      connection.rollback();
      connection.setAutoCommit(auto);
    } catch (SQLException e) { // the connection is gone, and the transaction with it
      why.addSuppressed(e);
    }
  }

  private Connection connection() throws SQLException {
    if (closed) {
      throw new StoreException("the store is closed, expected an open one", null);
    }
    return source.getConnection();
  }

  private StoreException failed(String what, SQLException e, boolean confirming) {
    boolean lost = isLost(e);
    if (lost && pool != null) { // its other connections went the same way, and are not tried
      pool.getHikariPoolMXBean().softEvictConnections();
    }
    return new StoreException(
        "cannot %s %s: %s%s"
            .formatted(
                what,
                where,
                e.getMessage(),
                lost && confirming
                    ? " (while it confirmed: all of the commit is there or nothing, read again)"
                    : ""),
        e);
  }

  /** Classes 08 and 57 of SQL states: no connection, or the server ended it. */
  private static boolean isLost(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  /** Reads something. */
  interface Reading<T> {
    T read(Sql sql) throws SQLException;
  }

  private <T> T read(Reading<T> reading) {
    try (Connection connection = connection()) {
      T result = reading.read(new Sql(connection, MAX_STATEMENT));
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      return result;
    } catch (SQLException e) {
      throw failed("read", e, false);
    }
  }

  @Override
  public void atOneMoment(Consumer<Holdings> reading) {
    try (Connection connection = connection()) {
      boolean auto = connection.getAutoCommit();
      connection.setAutoCommit(false);
      try {
        Sql sql = new Sql(connection, MAX_STATEMENT);
        sql.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
        reading.accept(
            new PostgresHoldings(sql, e -> isDamage(e) ? unreadable(e) : failed("read", e, false)));
        connection.rollback();
      } catch (SQLException | RuntimeException e) {
        giveUp(connection, auto, e);
        throw e;
      }
      connection.setAutoCommit(auto);
    } catch (SQLException e) {
      throw failed("read", e, false);
    }
  }

  /**
   * Classes 22, 42 and XX of SQL states: a value, a table or a page is not as it was made, save
   * that one may not read it.
   */
  private static boolean isDamage(SQLException e) {
    String state = String.valueOf(e.getSQLState());
    return state.startsWith("22")
        || state.equals("XX001")
        || state.equals("XX002")
        || (state.startsWith("42") && !state.equals(FORBIDDEN));
  }

  private static UnreadableException unreadable(SQLException e) {
    String said = String.valueOf(e.getMessage());
    return new UnreadableException(said.lines().findFirst().orElse(said), e);
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
    closed = true;
    if (pool != null) {
      pool.close();
    }
  }
}
