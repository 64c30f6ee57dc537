package dev.interlock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.journal.StoreChain;
import dev.interlock.core.journal.VerifiableStore;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.verify.Head;
import dev.interlock.engine.verify.Verification;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every kind of edit of one row, in every table, is found or is said not to be. A subclass says
 * where the tables are, and how they are verified.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class VerificationContract {
  protected static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));
  private static final Principal ANA = new Principal("ana", List.of("employee"));

  /** What docs/SEMANTICS.md says is no part of the proof. */
  protected static final Set<String> NOT_PROVEN = Set.of("mark.at");

  /** Columns of which a row like another one must have another value. */
  private static final Set<String> KEYS = Set.of("instance", "pin", "position");

  private final Map<String, Machine> compiled = new HashMap<>();

  /** An engine on a new store, which goes when the engine is closed. */
  protected abstract Engine engine(ContractMachine.World world) throws Exception;

  /** The store is closed, and {@link #restore} brings it back as it is now. */
  protected abstract void keep() throws Exception;

  protected abstract void restore() throws Exception;

  /** To the store's tables. */
  protected abstract Connection connect() throws SQLException;

  /** Something that is read of the store. */
  protected interface Reading<T> {
    T read(VerifiableStore store);
  }

  /** What is read of the store as its tables are now. */
  protected abstract <T> T reading(Reading<T> reading);

  /** All faults: of the store, and of every instance in it. */
  protected final List<Fault> faults() {
    return reading(store -> faults(store, null));
  }

  protected final List<Fault> faults(VerifiableStore store, @Nullable Head head) {
    Verification verification = new Verification(store, this::compile, head);
    List<Fault> faults = new ArrayList<>(verification.faults());
    verification.instances().forEach(id -> faults.addAll(verification.verify(id).faults()));
    return faults;
  }

  /** The statements that take an instance's content out. */
  protected abstract List<String> erasing(String instance);

  /** Bytes as the database writes them. */
  protected abstract String literal(String hexadecimal);

  /** Makes a machine of what is stored of it; each only once. */
  protected final Machine compile(PutMachine stored) {
    return compiled.computeIfAbsent(
        stored.text() + stored.lock(),
        key -> ContractMachine.compile(stored.text(), stored.lock()));
  }

  /** Two instances: one with a write, a long result and an end, one that waits. */
  @BeforeAll
  final void fill() throws Exception {
    ContractMachine.World world = new ContractMachine.World();
    world.tools().answer("d.mail", call -> ScriptedTools.returned("sent ".repeat(5_000)));
    try (Engine engine = engine(world)) {
      for (String id : List.of("ended", "waiting")) {
        world
            .model()
            .script(
                id,
                List.of(Map.of("call", "d.mail", "with", Map.of("text", "hi"))),
                "Sent.",
                List.of(Map.of("call", "record", "with", Map.of("done", true))));
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
    keep();
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
  final void begin() throws Exception {
    restore();
  }

  /** Each of them changes something. */
  protected final void sql(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
      }
    }
  }

  @Test
  void whatNobodyTouchedIsWhole() throws Exception {
    assertThat(faults()).isEmpty();
  }

  // ---- edits of one row

  private record Edit(String table, String column, String sql) {}

  @TestFactory
  Stream<DynamicTest> everyEditOfOneRowIsFound() throws Exception {
    return edits().stream()
        .map(edit ->
            DynamicTest.dynamicTest(
                edit.table() + "." + edit.column() + ": " + edit.sql(),
                () -> {
                  restore();
                  sql(edit.sql());
                  boolean proven = !NOT_PROVEN.contains(edit.table() + "." + edit.column());
                  assertThat(faults().isEmpty()).as(edit.sql()).isNotEqualTo(proven);
                }));
  }

  /** Of each row: each column edited, the row taken out, and one like it put in. */
  private List<Edit> edits() throws SQLException {
    List<Edit> edits = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String table : tables(connection)) {
        int before = edits.size();
        try (ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
          while (rows.next()) {
            boolean unused = // a machine that no instance is of
                table.equals("machine") && "broken".equals(rows.getString("name"));
            if (!unused) {
              edits(table, rows, edits);
            }
          }
        }
        assertThat(edits).as("rows of " + table).hasSizeGreaterThan(before);
      }
    }
    return edits;
  }

  /** Those of the store, without that of the schema's version. */
  protected static List<String> tables(Connection connection) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet rows =
        connection
            .getMetaData()
            .getTables(null, connection.getSchema(), "%", new String[] {"TABLE"})) {
      while (rows.next()) {
        tables.add(rows.getString("TABLE_NAME"));
      }
    }
    tables.remove("interlock_schema");
    return tables;
  }

  private void edits(String table, ResultSet row, List<Edit> edits) throws SQLException {
    ResultSetMetaData columns = row.getMetaData();
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, String> edited = new LinkedHashMap<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      String name = columns.getColumnName(i);
      Object object = row.getObject(i); // before it is asked for as a text, which it then is
      String value = row.getString(i);
      if (value == null) {
        values.put(name, "NULL");
        edited.put(name, "'7'");
      } else if (object instanceof byte[] bytes) {
        values.put(name, literal(HexFormat.of().formatHex(bytes)));
        if (bytes.length > 0) {
          bytes[bytes.length - 1] ^= 1;
        }
        edited.put(name, literal(bytes.length > 0 ? HexFormat.of().formatHex(bytes) : "00"));
      } else if (object instanceof Number) {
        values.put(name, value);
        edited.put(name, value + "+7000");
      } else if (object instanceof Boolean bool) {
        values.put(name, bool.toString());
        edited.put(name, "NOT " + bool);
      } else {
        values.put(name, quoted(value));
        edited.put(name, object instanceof java.sql.Array ? "'{x}'" : quoted(other(value)));
      }
    }
    List<String> conditions = new ArrayList<>();
    values.forEach((name, value) -> conditions.add(name + " IS NOT DISTINCT FROM " + value));
    String where = " WHERE " + String.join(" AND ", conditions);
    edited.forEach((name, value) -> {
      edits.add(new Edit(table, name, "UPDATE " + table + " SET " + name + " = " + value + where));
    });
    edits.add(new Edit(table, "row", "DELETE FROM " + table + where));
    Map<String, String> more = new LinkedHashMap<>(values);
    more.replaceAll(
        (name, value) -> KEYS.contains(name) ? edited.getOrDefault(name, value) : value);
    edits.add(
        new Edit(
            table,
            "more",
            "INSERT INTO " + table + " VALUES (" + String.join(", ", more.values()) + ")"));
  }

  private static String quoted(String value) {
    return "'" + value.replace("'", "''") + "'";
  }

  /** The text with its last character but one another. */
  private static String other(String value) {
    if (value.isEmpty()) {
      return "x";
    }
    int at = Math.max(0, value.length() - 2);
    return value.substring(0, at) + (value.charAt(at) == 'a' ? "b" : "a") + value.substring(at + 1);
  }

  // ---- other edits

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
  void markOfNoKnownWordIsNamed() throws Exception {
    sql("UPDATE mark SET mark = 'SENT' WHERE instance = 'waiting'");

    assertThat(faults())
        .extracting(Fault::toString)
        .containsExactly(
            "waiting, entry 3: the mark of call waiting/3/0 is SENT, expected [DISPATCHED]");
  }

  @Test
  void instanceThatWasTakenOutWholeIsMissed() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String table : tables(connection)) {
        if (!Set.of("machine", "link").contains(table)) {
          statement.executeUpdate("DELETE FROM " + table + " WHERE instance = 'waiting'");
        }
      }
    }

    assertThat(faults())
        .extracting(Fault::toString)
        .containsExactly(
            "store: found 5 entries in its chain that are in no journal, expected 0, which were"
                + " purged: entries were taken out or edited");
  }

  @Test
  void entryBeforeTheFirstIsFound() throws Exception {
    sql(
        "INSERT INTO entry (instance, seq, skeleton, prev, hash) VALUES ('ended', -1, '{}', '',"
            + " '')");

    assertThat(faults())
        .extracting(Fault::toString)
        .containsExactlyInAnyOrder(
            "ended, entry -1: the store's chain does not name it: it was put in, or edited",
            "ended, entry 1: found entry -1 in its place: it is missing");
  }

  @Test
  void erasedContentIsNoFault() throws Exception {
    sql(erasing("ended").toArray(String[]::new));
    assertThat(faults())
        .extracting(Fault::toString)
        .singleElement()
        .asString()
        .matches("ended: the content of \\d entries is missing, while its key is there");

    sql("DELETE FROM instance_key WHERE instance = 'ended'");
    assertThat(faults())
        .extracting(Fault::toString)
        .containsExactly(
            "ended: documents are there, while the content is missing: erasing removes both");

    sql("DELETE FROM document WHERE instance = 'ended'");
    assertThat(faults()).isEmpty();
    long erased = reading(store -> new Verification(store, this::compile).verify("ended").erased());
    assertThat(erased).isPositive();
  }

  // ---- with a head that was kept elsewhere

  private Head head() {
    return reading(store -> Head.of(store, Instant.EPOCH));
  }

  private List<String> against(Head head) {
    return reading(store -> faults(store, head)).stream().map(Fault::toString).toList();
  }

  @Test
  void headOfWhatNobodyTouchedHolds() throws Exception {
    Head head = head();
    StringBuilder text = new StringBuilder();
    head.write(text);

    assertThat(head.size()).isEqualTo(2);
    assertThat(against(Head.read(new StringReader(text.toString())))).isEmpty();
    assertThat(against(Head.read(new StringReader(head.statement())))).isEmpty();
  }

  @Test
  void whoTakesAnInstanceOutAndRewritesTheChainIsFoundByTheHead() throws Exception {
    Head head = head();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String table : tables(connection)) {
        if (!Set.of("machine", "link").contains(table)) {
          statement.executeUpdate("DELETE FROM " + table + " WHERE instance = 'waiting'");
        }
      }
    }
    relink();

    assertThat(faults()).isEmpty();
    assertThat(against(head))
        .anyMatch(fault -> fault.startsWith("store: its chain ends at link 1, expected "))
        .anyMatch(fault ->
            fault.matches(
                "waiting, entry \\d: the head names it: the instance is missing, and no purge of"
                    + " it is on record"))
        .hasSize(2);
    assertThat(against(Head.read(new StringReader(head.statement())))).hasSize(1);
  }

  @Test
  void whoEditsAnEntryWithAllThatIsHashedIsFoundByTheHead() throws Exception {
    Head head = head();
    edit("ended", "\"scripted\"", "\"scribbled\"");
    relink();

    assertThat(faults()).isEmpty();
    assertThat(against(head))
        .anyMatch(fault ->
            fault.matches(
                "ended, entry \\d+: it is not the one that the head names: it was edited together"
                    + " with its hash"));
  }

  @Test
  void whoCutsTheEndOffIsFoundByTheChainAndNamedByTheHead() throws Exception {
    Head head = head();
    sql(
        "DELETE FROM entry WHERE instance = 'waiting'"
            + " AND seq = (SELECT max(seq) FROM entry WHERE instance = 'waiting')");

    assertThat(faults())
        .extracting(Fault::toString)
        .anyMatch(fault -> fault.startsWith("store: found 1 entry in its chain that is in no"));
    relink();
    assertThat(against(head))
        .anyMatch(fault ->
            fault.matches(
                "waiting, entry \\d+: the head names it, and the journal ends before it"));
  }

  @Test
  void headOfAnotherStoreIsNamedAsThat() throws Exception {
    String other = head().statement().replaceFirst("\"store\":\"...", "\"store\":\"xyz");

    assertThat(against(Head.read(new StringReader(other))))
        .singleElement()
        .asString()
        .startsWith("store: found a store ")
        .endsWith(": the head is of another one");
  }

  /** Another text in the newest entry of an instance, with its hash. */
  private void edit(String instance, String from, String to) throws SQLException {
    String newest =
        " WHERE instance = '%1$s' AND seq = (SELECT max(seq) FROM entry WHERE instance = '%1$s')"
            .formatted(instance);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      String prev;
      String skeleton;
      try (ResultSet row = statement.executeQuery("SELECT prev, skeleton FROM entry" + newest)) {
        assertThat(row.next()).isTrue();
        prev = row.getString(1);
        skeleton = row.getString(2);
      }
      String edited = skeleton.replace(from, to);
      assertThat(edited).isNotEqualTo(skeleton);
      statement.executeUpdate(
          "UPDATE entry SET skeleton = '%s', hash = '%s'"
                  .formatted(edited, Json.sha256(prev + edited))
              + newest);
    }
  }

  /** Makes a chain that holds, of what is there: as whoever rewrites the whole store. */
  private void relink() throws SQLException {
    StringBuilder leaves = new StringBuilder();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("SELECT instance, seq, hash FROM entry")) {
        while (rows.next()) {
          leaves.append(StoreChain.leaf(rows.getString(1), rows.getLong(2), rows.getString(3)));
        }
      }
      String begin;
      try (ResultSet row = statement.executeQuery("SELECT hash FROM link WHERE position = 0")) {
        assertThat(row.next()).isTrue();
        begin = HexFormat.of().formatHex(row.getBytes(1));
      }
      statement.executeUpdate("DELETE FROM link WHERE position > 1");
      statement.executeUpdate(
          "UPDATE link SET leaves = %s, hash = %s WHERE position = 1"
              .formatted(
                  literal(leaves.toString()),
                  literal(StoreChain.hash(begin, StoreChain.FIRST, leaves.toString(), ""))));
    }
  }
}
