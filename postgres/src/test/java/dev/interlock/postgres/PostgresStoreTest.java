package dev.interlock.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.journal.Store.PutMark;
import dev.interlock.core.journal.Store.Remember;
import dev.interlock.core.journal.Store.StoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

@Timeout(value = 3, unit = TimeUnit.MINUTES)
class PostgresStoreTest {
  private static final Instant T0 = Instant.parse("2026-01-05T09:00:00Z");

  private final String schema = TestServer.newSchema();

  @BeforeAll
  static void findServer() {
    TestServer.url();
  }

  @AfterEach
  void drop() throws SQLException {
    TestServer.drop(schema);
  }

  private PostgresStore open(String... parameters) {
    return PostgresStore.open(TestServer.settings(schema, parameters));
  }

  private PGSimpleDataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(TestServer.url() + "&currentSchema=" + schema);
    return source;
  }

  /** The ids of the store's server processes, of those that wait for a lock if so wanted. */
  private static List<Integer> backends(Connection connection, boolean waiting)
      throws SQLException {
    List<Integer> found = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'interlock'"
                    + (waiting ? " AND wait_event_type = 'Lock'" : ""))) {
      while (rows.next()) {
        found.add(rows.getInt(1));
      }
    }
    return found;
  }

  private static void terminate(Connection connection, List<Integer> backends) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (int backend : backends) {
        statement.execute("SELECT pg_terminate_backend(%d, 60000)".formatted(backend));
      }
    }
  }

  /** Somebody else's transaction, which has set a mark and is not over. */
  private Connection holding(String key) throws SQLException {
    Connection other = dataSource().getConnection();
    other.setAutoCommit(false);
    try (Statement statement = other.createStatement()) {
      statement.execute("INSERT INTO mark VALUES ('a', '%s', 'CLOSED', 0)".formatted(key));
    }
    return other;
  }

  @Test
  void lostConnectionFailsTheCommitAndTheNextOneWorks() throws Exception {
    try (PostgresStore store = open();
        Connection admin = TestServer.connect();
        Connection other = holding("k")) {
      CompletableFuture<Void> commit =
          CompletableFuture.runAsync(() ->
              store.commit(
                  List.of(new Remember("a", "m1"), new PutMark("a", "k", Mark.DISPATCHED, T0))));
      List<Integer> waiting = backends(admin, true);
      while (waiting.isEmpty()) {
        Thread.onSpinWait();
        waiting = backends(admin, true);
      }
      terminate(admin, waiting);
      assertThatThrownBy(() -> commit.get(1, TimeUnit.MINUTES))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("cannot write to jdbc:postgresql://")
          .hasMessageNotContaining("password");
      other.rollback();

      store.commit(List.of(new Remember("a", "m2")));

      assertThat(store.seen("a", "m1")).isFalse();
      assertThat(store.mark("a", "k")).isEmpty();
      assertThat(store.seen("a", "m2")).isTrue();
    }
  }

  /** As after a restart of the server: one commit may fail, not one for each connection. */
  @Test
  void lossOfAllConnectionsFailsOneCommitAtMost() throws Exception {
    try (PostgresStore store = open();
        Connection admin = TestServer.connect()) {
      try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
        for (int i = 0; i < 60; i++) { // opens several
          String id = "before" + i;
          var unused = threads.submit(() -> store.commit(List.of(new Remember("a", id))));
        }
      }
      terminate(admin, backends(admin, false));
      try {
        store.commit(List.of(new Remember("a", "first")));
      } catch (StoreException e) {
        assertThat(store.seen("a", "first")).isFalse();
      }

      store.commit(List.of(new Remember("a", "second")));

      assertThat(store.seen("a", "second")).isTrue();
      assertThat(store.seen("a", "before59")).isTrue();
    }
  }

  @Test
  void waitForAnotherTransactionIsBounded() throws Exception {
    try (PostgresStore store =
            PostgresStore.open(TestServer.settings(schema), Duration.ofMillis(300));
        Connection other = holding("k")) {
      PutMark mark = new PutMark("a", "k", Mark.DISPATCHED, T0);

      assertThatThrownBy(() -> store.commit(List.of(new Remember("a", "m1"), mark)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("lock timeout");
      other.commit();
      store.commit(List.of(mark));

      assertThat(store.seen("a", "m1")).isFalse();
      assertThat(store.mark("a", "k")).contains(Mark.CLOSED);
    }
  }

  @Test
  void serverThatDoesNotFlushBeforeItConfirmsIsRefused() {
    assertThatThrownBy(() -> open("options=-c%20synchronous_commit%3Doff"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("found synchronous_commit = off on the server, expected on");
    open("options=-c%20synchronous_commit%3Dlocal").close();
  }

  @Test
  void sessionThatIsNoLongerDurableIsRefusedAtTheNextCommit() throws Exception {
    PGSimpleDataSource source = dataSource();
    try (PostgresStore store = PostgresStore.open(source)) {
      store.commit(List.of(new Remember("a", "m1")));
      source.setOptions("-c synchronous_commit=off");

      assertThatThrownBy(() -> store.commit(List.of(new Remember("a", "m2"))))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("synchronous_commit = off");
      source.setOptions("-c default_transaction_isolation=serializable");
      assertThatThrownBy(() -> store.commit(List.of(new Remember("a", "m2"))))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("transaction_isolation = serializable")
          .hasMessageContaining("expected read committed");
      source.setOptions("");
      store.commit(List.of(new Remember("a", "m3")));

      assertThat(store.seen("a", "m2")).isFalse();
      assertThat(store.seen("a", "m3")).isTrue();
    }
  }

  @Test
  void newerSchemaIsRefused() throws Exception {
    open().close();
    TestServer.execute("UPDATE %s.interlock_schema SET version = 99".formatted(schema));

    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("found schema 99 in " + schema)
        .hasMessageContaining("a newer Interlock wrote it");
  }

  @Test
  void schemaOfAnotherProgramIsRefused() throws Exception {
    TestServer.execute(
        "CREATE SCHEMA " + schema, "CREATE TABLE %s.theirs (x text)".formatted(schema));

    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the schema %s of jdbc:postgresql://", schema)
        .hasMessageContaining("holds tables of another program");
    TestServer.execute("DROP TABLE %s.theirs".formatted(schema));
    open().close(); // an empty one is taken
  }

  @Test
  void manyMayMakeTheTablesAtOnce() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<PostgresStore>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(threads.submit(() -> open()));
      }
      for (Future<PostgresStore> one : all) {
        one.get().close();
      }
    }
  }

  @Test
  void schemaWhoseNameMustBeQuotedIsMade() throws Exception {
    String odd = "\"" + schema + " Ünique\"";
    try (PostgresStore store =
        PostgresStore.open(TestServer.settings(odd.replace(" ", "%20").replace("\"", "%22")))) {
      store.commit(List.of(new Remember("a", "m1")));
      assertThat(store.seen("a", "m1")).isTrue();
    } finally {
      TestServer.drop(odd);
    }
  }

  @Test
  void connectionsOfTheApplicationStayAsTheyWere() throws Exception {
    PGSimpleDataSource source = dataSource();
    try (Connection one = source.getConnection()) {
      OneConnection shared = new OneConnection(one);
      PostgresStore store = PostgresStore.open(shared);
      store.commit(List.of(new Store.Create("a", "pin", "key")));
      assertThatThrownBy(() -> store.commit(List.of(new Store.Create("a", "pin", "key"))))
          .isInstanceOf(Store.ConflictException.class);
      assertThat(one.getAutoCommit()).isTrue();
      one.setAutoCommit(false);
      assertThat(store.key("a")).contains("key");
      store.commit(List.of(new Remember("a", "m1")));
      store.close();

      assertThat(one.getAutoCommit()).isFalse();
      try (Statement statement = one.createStatement();
          ResultSet timeout = statement.executeQuery("SHOW lock_timeout")) {
        assertThat(timeout.next()).isTrue();
        assertThat(timeout.getString(1)).isEqualTo("0");
      }
      assertThatThrownBy(() -> store.key("a"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("closed");
    }
  }

  /** The driver may make one statement of a batch, and then it does not count. */
  @Test
  void conflictsAreFoundWhereTheDriverRewritesBatches() {
    try (PostgresStore store = open("reWriteBatchedInserts=true")) {
      List<Store.Write> both =
          List.of(new Store.Create("a", "pin", "key"), new Store.Create("b", "pin", "key"));
      store.commit(both);
      assertThatThrownBy(() -> store.commit(both)).isInstanceOf(Store.ConflictException.class);

      List<Store.Write> entries = List.of(new Store.Append(entry(1)), new Store.Append(entry(2)));
      store.commit(entries);
      assertThatThrownBy(() -> store.commit(entries)).isInstanceOf(Store.ConflictException.class);
      assertThat(store.entries("a", 0, 9)).hasSize(2);
    }
  }

  private static SealedEntry entry(long seq) {
    return new SealedEntry("a", seq, "{}", "[]", "p", "h");
  }

  @Test
  void serverThatCannotBeReachedIsNamedWithoutThePassword() {
    PostgresSettings nobody =
        new PostgresSettings(
            "jdbc:postgresql://127.0.0.1:1/none?password=hidden", "ana", "hidden", 1);

    assertThatThrownBy(() -> PostgresStore.open(nobody))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("jdbc:postgresql://127.0.0.1:1/none cannot be reached")
        .hasMessageNotContaining("hidden");
    assertThat(nobody.toString()).doesNotContain("hidden");
  }
}
