package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.VerificationContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest extends VerificationContract {
  @TempDir private static Path folder;

  private static Path file() {
    return folder.resolve("edited.db");
  }

  private static Path whole() {
    return folder.resolve("whole.db");
  }

  @Override
  protected Engine engine(ContractMachine.World world) {
    return LocalEngine.open(
        SqliteStore.open(file()),
        LocalRunning.machines(),
        LocalRunning.ports(world),
        LocalRunning.settings());
  }

  @Override
  protected void keep() throws Exception {
    Files.copy(file(), whole());
  }

  @Override
  protected void restore() throws Exception {
    Files.copy(whole(), file(), StandardCopyOption.REPLACE_EXISTING);
    Files.deleteIfExists(folder.resolve("edited.db.lock")); // its note may tell more
  }

  @Override
  protected Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file());
  }

  @Override
  protected <T> T reading(Reading<T> reading) {
    try (SqliteStore store = SqliteStore.openToVerify(file())) {
      return reading.read(store);
    }
  }

  @Override
  protected List<String> erasing(String instance) {
    return List.of("DELETE FROM content WHERE instance = '%s'".formatted(instance));
  }

  @Override
  protected String literal(String hexadecimal) {
    return "x'" + hexadecimal + "'";
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Nothing, a text or bytes, in each column, where the schema that forbids it was edited too. */
  @TestFactory
  Stream<DynamicTest> whateverStandsInAColumnIsNamedAndNotThrown() throws Exception {
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
              for (String value : List.of(mayBeNull ? "7" : "NULL", "'x'", "x'ff'")) {
                tests.add(
                    DynamicTest.dynamicTest(
                        "%s.%s = %s".formatted(table, column, value),
                        () -> damaged(table, column, value)));
              }
            }
          }
        }
      }
    }
    return tests.stream();
  }

  private void damaged(String table, String column, String value) throws Exception {
    restore();
    execute(
        "CREATE TABLE free AS SELECT * FROM " + table,
        "DROP TABLE " + table,
        "ALTER TABLE free RENAME TO " + table,
        "UPDATE %s SET %s = %s WHERE rowid = 1".formatted(table, column, value));

    assertThat(faults()).isNotEmpty();
  }

  @Test
  void nothingInTheColumnOfATextIsNamed() throws Exception {
    damaged("entry", "prev", "NULL");

    assertThat(faults())
        .extracting(Fault::toString)
        .containsExactly(
            "ended: it cannot be read: found nothing in a column prev, expected a value");
  }

  @Test
  void tableThatIsMissingIsNamed() throws Exception {
    execute("DROP TABLE mark");

    assertThat(faults())
        .extracting(Fault::toString)
        .singleElement()
        .asString()
        .startsWith("store: it cannot be read: ")
        .contains("no such table: mark");
  }

  @Test
  void storeOfBeforeItWasChainedIsChainedWhenItIsOpened() throws Exception {
    execute(
        "DROP TABLE link",
        "CREATE TABLE before AS SELECT * FROM document",
        "DROP TABLE document",
        "DROP INDEX instance_listed",
        "CREATE INDEX instance_started ON instance (started, instance)",
        "PRAGMA user_version = 1");

    SqliteStore.open(file()).close();

    sql("INSERT INTO document SELECT * FROM before");
    assertThat(faults()).isEmpty();
  }

  @Test
  void entriesThatLayInTheOrderOfInstancesAreKeptWhenTheStoreIsOpened() throws Exception {
    execute(
        "CREATE TABLE entries AS SELECT * FROM entry",
        "CREATE TABLE contents AS SELECT * FROM content",
        "DROP TABLE entry",
        "DROP TABLE content",
        """
        CREATE TABLE entry (instance TEXT NOT NULL, seq INTEGER NOT NULL, skeleton TEXT NOT NULL,
          prev TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (instance, seq)) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE content (instance TEXT NOT NULL, seq INTEGER NOT NULL, content TEXT NOT NULL,
          PRIMARY KEY (instance, seq)) STRICT, WITHOUT ROWID
        """,
        "INSERT INTO entry SELECT * FROM entries",
        "INSERT INTO content SELECT * FROM contents",
        "DROP TABLE entries",
        "DROP TABLE contents",
        "DROP TABLE link",
        "CREATE TABLE total (one INTEGER PRIMARY KEY, instances INTEGER NOT NULL) STRICT",
        "INSERT INTO total SELECT 1, count(*) FROM entry WHERE seq = 1",
        """
        CREATE TRIGGER count_instance AFTER INSERT ON entry WHEN NEW.seq = 1
        BEGIN UPDATE total SET instances = instances + 1; END
        """,
        "DROP INDEX instance_listed",
        "CREATE INDEX instance_started ON instance (started, instance)",
        "PRAGMA user_version = 3");

    SqliteStore.open(file()).close();

    execute("SELECT entry.rowid, content.rowid FROM entry, content"); // side by side now
    assertThat(faults()).isEmpty();
  }
}
