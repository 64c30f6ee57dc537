package dev.interlock.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Holdings.Hashed;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store.Append;
import dev.interlock.core.journal.Store.ConflictException;
import dev.interlock.core.journal.Store.Create;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.journal.Store.Write;
import dev.interlock.core.journal.StoreChain.Link;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.engine.verify.Verification;
import dev.interlock.local.LocalEngine;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.VerificationContract;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

@SuppressWarnings("NullAway.Init") // the store is opened once it is filled
class VerificationTest extends VerificationContract {
  private final String schema = TestServer.newSchema();
  private final String whole = schema + "_whole";

  /** As {@link #whole}, without what keeps columns from holding anything else. */
  private final String free = schema + "_free";

  private final List<String> tables = new ArrayList<>();
  private PostgresStore store;

  @AfterAll
  void drop() throws SQLException {
    if (store != null) { // there is a server
      store.close();
    }
    TestServer.drop(schema);
    TestServer.drop(whole);
    TestServer.drop(free);
  }

  private static PostgresStore open(String schema) {
    return PostgresStore.open(TestServer.settings(schema));
  }

  /** A local engine, which fills any store that nobody else writes to. */
  @Override
  protected Engine engine(ContractMachine.World world) {
    Machines.Definition contract =
        new Machines.Definition(
            ContractMachine.machine(), ContractMachine.TEXT, ContractMachine.lock());
    return LocalEngine.open(
        open(schema),
        new Machines(List.of(contract), this::compile),
        new Ports(world.model(), world.tools(), Map.of("main", world.desk()), world.clock()),
        Settings.DEFAULT);
  }

  @Override
  protected void keep() throws SQLException {
    try (Connection connection = connect()) {
      tables.addAll(tables(connection));
    }
    store = open(schema);
    execute(List.of("CREATE SCHEMA " + whole));
    for (String table : tables) {
      execute(List.of("CREATE TABLE %s.%s AS SELECT * FROM %2$s".formatted(whole, table)));
    }
  }

  @Override
  protected void restore() throws SQLException {
    List<String> statements = new ArrayList<>();
    for (String table : tables) {
      statements.add("DELETE FROM " + table);
      statements.add("INSERT INTO %s SELECT * FROM %s.%1$s".formatted(table, whole));
    }
    execute(statements);
  }

  @Override
  protected Connection connect() throws SQLException {
    return DriverManager.getConnection(TestServer.url() + "&currentSchema=" + schema);
  }

  /** In one transaction. */
  private void execute(List<String> statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(String.join(";", statements));
    }
  }

  @Override
  protected <T> T reading(Reading<T> reading) {
    return reading.read(store);
  }

  @Override
  protected List<String> erasing(String instance) {
    return List.of("UPDATE entry SET content = NULL WHERE instance = '%s'".formatted(instance));
  }

  @Override
  protected String literal(String hexadecimal) {
    return "'\\x" + hexadecimal + "'";
  }

  // ---- columns that are not as they were made

  /** Nothing, another kind of value or no column at all. */
  @TestFactory
  Stream<DynamicTest> whateverStandsInAColumnIsNamedAndNotThrown() throws SQLException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String table : tables(connection)) {
        try (ResultSet row = statement.executeQuery("SELECT * FROM " + table)) {
          ResultSetMetaData columns = row.getMetaData();
          for (int i = 1; i <= columns.getColumnCount(); i++) {
            String column = columns.getColumnName(i);
            if (!NOT_PROVEN.contains(table + "." + column)) {
              boolean mayBeNull = columns.isNullable(i) == ResultSetMetaData.columnNullable;
              for (String damage :
                  List.of(
                      mayBeNull ? "UPDATE %s SET %s = '7'" : "UPDATE %s SET %s = NULL",
                      "ALTER TABLE %s ALTER %s TYPE text USING 'x'",
                      "ALTER TABLE %s ALTER %s TYPE bigint USING 77",
                      "ALTER TABLE %s DROP %s")) {
                String sql = damage.formatted(table, column);
                tests.add(DynamicTest.dynamicTest(sql, () -> damaged(sql)));
              }
            }
          }
        }
      }
    }
    return tests.stream();
  }

  private List<Fault> damaged(String sql) throws SQLException {
    List<String> statements = new ArrayList<>();
    statements.add("DROP SCHEMA IF EXISTS %s CASCADE".formatted(free));
    statements.add("CREATE SCHEMA " + free);
    statements.add("CREATE TABLE %s.interlock_schema AS SELECT 2 AS version".formatted(free));
    for (String table : tables) {
      statements.add("CREATE TABLE %s.%s AS SELECT * FROM %s.%2$s".formatted(free, table, whole));
    }
    statements.add("SET search_path = " + free);
    statements.add(sql);
    execute(statements);

    try (PostgresStore store = open(free)) {
      List<Fault> faults = faults(store, null);
      assertThat(faults).as(sql).isNotEmpty();
      return faults;
    }
  }

  @Test
  void nothingInTheColumnOfATextIsNamed() throws SQLException {
    assertThat(damaged("UPDATE entry SET prev = NULL WHERE instance = 'ended' AND seq = 3"))
        .extracting(Fault::toString)
        .containsExactly(
            "ended: it cannot be read: found nothing in a column prev, expected a value");
  }

  @Test
  void valueOfAnotherKindIsNamed() throws SQLException {
    assertThat(damaged("ALTER TABLE document ALTER size TYPE text USING 'large'"))
        .extracting(Fault::toString)
        .containsExactlyInAnyOrder(
            "ended: it cannot be read: Bad value for type long : large",
            "waiting: it cannot be read: Bad value for type long : large");
  }

  @Test
  void tableThatIsMissingIsNamed() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      Verification verification = new Verification(store, this::compile);
      statement.execute("ALTER TABLE mark RENAME TO away");
      try {
        assertThat(verification.verify("ended").faults())
            .extracting(Fault::toString)
            .containsExactly("ended: it cannot be read: ERROR: relation \"mark\" does not exist");
      } finally {
        statement.execute("ALTER TABLE away RENAME TO mark");
      }
    }
  }

  @Test
  void storeThatOneMayNotReadIsNoDamagedOne() throws SQLException {
    execute(
        List.of(
            "GRANT USAGE ON SCHEMA %s TO pg_monitor".formatted(schema),
            "GRANT SELECT ON interlock_schema TO pg_monitor"));
    try (PostgresStore other =
        PostgresStore.open(TestServer.settings(schema, "options=-c%20role%3Dpg_monitor"))) {
      assertThatThrownBy(() -> faults(other, null))
          .isExactlyInstanceOf(StoreException.class)
          .hasMessageContaining("permission denied for table");
    }
  }

  // ---- with others who write

  @Test
  void oneMomentIsRead() throws SQLException {
    store.atOneMoment(holdings -> {
      List<Hashed> before = new ArrayList<>();
      holdings.hashes(before::add);
      start("later");

      List<Hashed> after = new ArrayList<>();
      holdings.hashes(after::add);
      assertThat(after).isEqualTo(before);
      assertThat(holdings.entries("later", 0, 1)).isEmpty();
    });
    store.atOneMoment(holdings -> assertThat(holdings.entries("later", 0, 1)).hasSize(1));
  }

  private void start(String... instances) {
    List<Write> writes = new ArrayList<>();
    for (String id : instances) {
      writes.add(new Create(id, "pin", "ab".repeat(32)));
      writes.add(new Append(new SealedEntry(id, 1, "{}", "[]", "p", "h")));
    }
    store.commit(writes);
  }

  /** What the chain over the whole store tells. */
  private List<String> ofChain() {
    return faults(store, null).stream()
        .map(Fault::toString)
        .filter(fault -> fault.contains("chain"))
        .toList();
  }

  private List<Link> links() {
    List<Link> links = new ArrayList<>();
    store.atOneMoment(holdings -> holdings.links(links::add));
    return links;
  }

  /** Whoever commits waits for nobody else's commit, and one that fails adds no link. */
  @Test
  void chainGoesOnInALaneThatNobodyHolds() throws Exception {
    assertThat(links()).extracting(Link::lane).containsOnly(0, 1);
    try (Connection other = connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT pg_advisory_xact_lock('link'::regclass::oid::int, 1)");

      start("a", "b");
      assertThatThrownBy(() -> start("c", "a")).isInstanceOf(ConflictException.class);
      assertThat(links()).extracting(Link::lane).contains(2).doesNotContain(3);
      other.rollback();
    }
    long second = links().stream().filter(link -> link.lane() == 2).count();

    start("c");

    assertThat(links().stream().filter(link -> link.lane() == 2)).hasSize((int) second);
    assertThat(ofChain()).isEmpty();
  }

  @Test
  void manyWhoCommitAtOnceAllAreLinked() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Void>> starts = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String id = "many" + i;
        starts.add(() -> {
          start(id);
          return null;
        });
      }
      for (Future<Void> started : threads.invokeAll(starts)) {
        started.get();
      }
    }

    assertThat(ofChain()).isEmpty();
    assertThat(links().stream().mapToInt(link -> link.leaves().length() / 64).sum())
        .isGreaterThan(200);
  }
}
