package dev.interlock.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Script;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.MemoryDesk;
import dev.interlock.testkit.ScriptedTools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of edit of one row, in every table, is found or is said not to be. */
class VerificationTest {
  private static final Principal ANA = new Principal("ana", List.of("employee"));
  private static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));

  /** What docs/SEMANTICS.md says is no part of the proof. */
  private static final Set<String> NOT_PROVEN = Set.of("mark.at");

  private static final Map<String, Machine> COMPILED = new HashMap<>();

  @TempDir private static Path folder;

  private final Path file = folder.resolve("edited.db");

  /** Two instances: one with a write, a long result and an end, one that waits. */
  @BeforeAll
  static void fill() {
    ScriptedTools tools = new ScriptedTools();
    tools.answer("d.mail", call -> ScriptedTools.returned("sent ".repeat(5_000)));
    Machines machines = LocalRunning.machines();
    Ports ports =
        new Ports(
            question ->
                Script.reply(
                    switch ((int) question.number()) {
                      case 1 -> List.of(Map.of("call", "d.mail", "with", Map.of("text", "hi")));
                      case 2 -> "Sent.";
                      default -> List.of(Map.of("call", "record", "with", Map.of("done", true)));
                    },
                    question.number()),
            tools,
            Map.of("main", new MemoryDesk()),
            new ManualClock());
    try (LocalEngine engine =
        LocalEngine.open(
            SqliteStore.open(folder.resolve("whole.db")),
            machines,
            ports,
            LocalRunning.settings())) {
      for (String id : List.of("ended", "waiting")) {
        engine.start(ANA, "contract", id, null, Map.of());
        engine.send(
            ANA,
            id,
            "m1",
            "please",
            Map.of(),
            Map.of("papers", List.of(Attachment.of("one.pdf", "%PDF-1".getBytes(UTF_8)))));
        awaitWaiting(engine, id, 2);
      }
      engine.send(ANA, "ended", "m2", "that is all");
      while (engine.get(OPERATOR, "ended").orElseThrow().instance().end() == null) {
        Thread.onSpinWait();
      }
    }
  }

  private static void awaitWaiting(Engine engine, String id, long questions) {
    while (engine
        .get(OPERATOR, id)
        .filter(view -> view.instance().questions() == questions && view.instance().atRest())
        .isEmpty()) {
      Thread.onSpinWait();
    }
  }

  @BeforeEach
  void copy() throws Exception {
    Files.copy(folder.resolve("whole.db"), file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Machine compile(PutMachine stored) {
    return COMPILED.computeIfAbsent(
        stored.text() + stored.lock(),
        key -> ContractMachine.compile(stored.text(), stored.lock()));
  }

  private List<Fault> faults() {
    try (SqliteStore store = SqliteStore.openReadOnly(file)) {
      Verification verification = new Verification(store, VerificationTest::compile);
      List<Fault> faults = new ArrayList<>(verification.faults());
      verification.instances().forEach(id -> faults.addAll(verification.verify(id).faults()));
      return faults;
    }
  }

  private void sql(String... statements) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
      }
    }
  }

  @Test
  void whatNobodyTouchedIsWhole() {
    assertThat(faults()).isEmpty();
  }

  private record Edit(String table, String column, String sql) {}

  @TestFactory
  Stream<DynamicTest> everyEditOfOneRowIsFound() throws Exception {
    return edits().stream()
        .map(edit ->
            DynamicTest.dynamicTest(
                edit.table() + "." + edit.column() + ": " + edit.sql(),
                () -> {
                  copy();
                  sql(edit.sql());
                  boolean proven = !NOT_PROVEN.contains(edit.table() + "." + edit.column());
                  assertThat(faults().isEmpty()).as(edit.sql()).isNotEqualTo(proven);
                }));
  }

  /** Of each row: each column edited, the row taken out, and one like it put in. */
  private static List<Edit> edits() throws Exception {
    List<Edit> edits = new ArrayList<>();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("whole.db"));
        Statement statement = connection.createStatement()) {
      List<String> tables = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery("SELECT name FROM sqlite_schema WHERE type = 'table'")) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
      for (String table : tables) {
        int before = edits.size();
        try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
          while (rows.next()) {
            edits(table, rows, edits);
          }
        }
        assertThat(edits).as("rows of " + table).hasSizeGreaterThan(before);
      }
    }
    return edits;
  }

  private static void edits(String table, ResultSet row, List<Edit> edits) throws Exception {
    ResultSetMetaData columns = row.getMetaData();
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, String> edited = new LinkedHashMap<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      Object object = row.getObject(i); // before it is asked for as a text, which it then is
      String value = row.getString(i);
      boolean number = object instanceof Number;
      String literal =
          value == null ? "NULL" : number ? value : "'" + value.replace("'", "''") + "'";
      if (object instanceof byte[] bytes) {
        values.put(columns.getColumnName(i), hex(bytes));
        bytes[bytes.length - 1] ^= 1;
        edited.put(columns.getColumnName(i), hex(bytes));
        continue;
      }
      String name = columns.getColumnName(i);
      values.put(name, literal);
      edited.put(name, value == null ? "'7'" : number ? value + "+7" : other(value));
    }
    List<String> conditions = new ArrayList<>();
    values.forEach((name, value) -> conditions.add(name + " IS " + value));
    String where = " WHERE " + String.join(" AND ", conditions);
    edited.forEach((name, value) -> {
      if (!name.equals("one")) { // the schema allows but one
        edits.add(
            new Edit(table, name, "UPDATE " + table + " SET " + name + " = " + value + where));
      }
    });
    edits.add(new Edit(table, "row", "DELETE FROM " + table + where));
    if (!values.containsKey("one")) {
      String columnsOfKey = values.containsKey("instance") ? "instance" : "pin";
      Map<String, String> more = new LinkedHashMap<>(values);
      more.put(columnsOfKey, edited.getOrDefault(columnsOfKey, "''"));
      edits.add(
          new Edit(
              table,
              "more",
              "INSERT INTO " + table + " VALUES (" + String.join(", ", more.values()) + ")"));
    }
  }

  private static String hex(byte[] bytes) {
    return "x'" + HexFormat.of().formatHex(bytes) + "'";
  }

  /** The text with its last character but one another. */
  private static String other(String value) {
    int at = Math.max(0, value.length() - 2);
    String next = value.isEmpty() ? "x" : value.charAt(at) == 'a' ? "b" : "a";
    String text = value.isEmpty() ? next : value.substring(0, at) + next + value.substring(at + 1);
    return "'" + text.replace("'", "''") + "'";
  }

  @Test
  void faultsAreNamedWithInstanceAndEntry() throws Exception {
    sql(
        "UPDATE instance SET state = 'Done', reason = 'turns' WHERE instance = 'waiting'",
        "DELETE FROM result WHERE instance = 'ended'",
        "UPDATE mark SET mark = 'CLOSED' WHERE instance = 'waiting'");

    assertThat(faults())
        .extracting(Fault::toString)
        .anySatisfy(
            text -> assertThat(text).matches("ended, entry 4: the kept result .* is missing"))
        .anySatisfy(text ->
            assertThat(text)
                .matches("waiting, entry 3: the mark of call waiting/3/0 is CLOSED, expected .*"))
        .anySatisfy(
            text -> assertThat(text).matches("waiting, entry \\d: its row has state Done, .*"))
        .anySatisfy(text -> assertThat(text).contains("its row has reason turns"))
        .hasSize(4);
  }

  @Test
  void instanceThatWasTakenOutWholeIsMissed() throws Exception {
    for (String table : InstanceVerification.TABLES) {
      if (!table.equals("snapshot")) { // it has none
        sql("DELETE FROM " + table + " WHERE instance = 'waiting'");
      }
    }

    assertThat(faults())
        .extracting(Fault::toString)
        .containsExactly(
            "store: found journals of 1 instances, expected 2: some were taken out or put in whole");
  }

  @Test
  void erasedContentIsNoFault() throws Exception {
    sql(
        "DELETE FROM content WHERE instance = 'ended'",
        "DELETE FROM instance_key WHERE instance = 'ended'");

    assertThat(faults())
        .extracting(Fault::toString)
        .containsExactly(
            "ended: documents are there, while the content is missing: erasing removes both");

    sql("DELETE FROM document WHERE instance = 'ended'");

    assertThat(faults()).isEmpty();
    try (SqliteStore store = SqliteStore.openReadOnly(file)) {
      assertThat(new Verification(store, VerificationTest::compile).verify("ended").erased())
          .isPositive();
    }
  }

  @Test
  void storeOfBeforeItCountedIsCountedWhenItIsOpened() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TRIGGER count_instance");
      statement.execute("DROP TABLE total");
      statement.execute("CREATE TABLE before AS SELECT * FROM document");
      statement.execute("DROP TABLE document");
      statement.execute("PRAGMA user_version = 1");
    }

    SqliteStore.open(file).close();

    sql("INSERT INTO document SELECT * FROM before");
    assertThat(faults()).isEmpty();
  }
}
