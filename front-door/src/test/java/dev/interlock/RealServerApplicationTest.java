package dev.interlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.agent.FileDesk;
import dev.interlock.agent.ScriptedModel;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.langchain4j.CallContext;
import dev.langchain4j.agent.tool.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** An application on a Temporal server, its journals in PostgreSQL. */
@EnabledIfEnvironmentVariable(named = "TEMPORAL_ADDRESS", matches = ".+")
@EnabledIfEnvironmentVariable(named = "INTERLOCK_TEST_POSTGRES", matches = ".+")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealServerApplicationTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final Principal ANA = new Principal("ana@example.com");
  private static final Principal MANAGER = new Principal("mia@example.com", List.of("manager"));

  private static final String MACHINE =
      """
      machine: devices
      version: 1
      tools:
        it.findUser: {effect: read}
        it.grantDevice: {effect: write, set: {employee: context.employee.id}, timeout: PT30S}
      context:
        employee: {type: object, properties: {id: {type: string}}, source: tool, from: it.findUser}
        done: {type: boolean, source: agent}
      rules:
        - {rule: a laptop needs the manager, for: [it.grantDevice], ask: manager}
      initial: Find
      states:
        Find: {type: call, call: it.findUser, on: {ok: Act, failed: Failed}}
        Act:
          goal: Give the person a device.
          tools: [it.grantDevice]
          record: [done]
          transitions: [{target: Done, requires: [done]}]
        Done: {type: final}
        Failed: {type: final}
      """;

  private static final String SCRIPT =
      """
      replies:
        - What?
        - [{call: it.grantDevice, with: {device: laptop}}]
        - Please wait.
        - [{say: You have it.}, {call: record, with: {done: true}}]
      """;

  /** A directory of people. */
  static class DirectoryTools {
    record Person(String id) {}

    final List<String> granted = new CopyOnWriteArrayList<>();

    @Tool("Finds who asks.")
    Person findUser(CallContext call) {
      return new Person("E1");
    }

    @Tool("Gives a person a device.")
    String grantDevice(String employee, String device, CallContext call) {
      granted.add(device + " for " + employee + " under " + call.key());
      return "granted";
    }
  }

  @TempDir private Path folder;
  private final DirectoryTools directory = new DirectoryTools();
  private final String own = "test_" + UUID.randomUUID().toString().replace('-', '_');
  private final String url = System.getenv("INTERLOCK_TEST_POSTGRES");

  @BeforeEach
  void write() throws Exception {
    Files.writeString(folder.resolve("machine.yaml"), MACHINE);
    Files.writeString(
        folder.resolve("interlock.yaml"),
        """
        engine: temporal
        temporal: {address: "%s", taskQueue: %s, prefix: %s/}
        """
            .formatted(System.getenv("TEMPORAL_ADDRESS"), own, own));
  }

  @AfterEach
  void drop() throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA IF EXISTS %s CASCADE".formatted(own));
    }
  }

  private StoreAt postgres() {
    return new StoreAt.Postgres(url + "&currentSchema=" + own, "", "", 5);
  }

  private Interlock open(StoreAt store) {
    ChatModel model = ScriptedModel.parse("script", SCRIPT);
    return Interlock.open(store)
        .machine(folder)
        .environment(Map.of())
        .tools("it", directory)
        .model(model)
        .desk("main", new FileDesk(folder.resolve("desk")))
        .open();
  }

  private static Instance rest(Session session, String id) {
    return session.untilRest(id, LIMIT).instance();
  }

  private void wholeCase(StoreAt store) {
    String id;
    try (Interlock interlock = open(store)) {
      Session ana = interlock.as(ANA);
      id = ana.start("devices", "case-1", Map.of());
      assertThat(ana.start("devices", "case-1", Map.of())).isEqualTo(id);
      rest(ana, id);
      ana.send(id, "m1", "A laptop, please.", Map.of());
      ana.send(id, "m1", "A laptop, please.", Map.of());
      assertThat(rest(ana, id).parked()).hasSize(1);
      assertThat(directory.granted).isEmpty();
    }
    try (Interlock next = open(store)) { // another process goes on
      Session manager = next.as(MANAGER);
      Parked parked = rest(manager, id).parked().getFirst();
      assertThatThrownBy(() -> next.as(ANA).approve(id, parked.number(), parked.hash()))
          .isInstanceOf(RejectedException.class);
      manager.approve(id, parked.number(), parked.hash());

      assertThat(rest(next.as(ANA), id).status()).isEqualTo(Instance.Status.COMPLETED);
      assertThat(directory.granted).containsExactly("laptop for E1 under case-1/" + keyed());
      assertThat(next.as(ANA).conversation(id))
          .containsExactly(
              new Session.Line(Session.AGENT, "What?"),
              new Session.Line("ana@example.com", "A laptop, please."),
              new Session.Line(Session.AGENT, "Please wait."),
              new Session.Line(Session.AGENT, "You have it."));
      assertThat(next.counts()).containsExactly(new Store.Count("devices", "completed", 1));
      assertThatThrownBy(() -> next.as(ANA).send(id, "More."))
          .isInstanceOf(RejectedException.class)
          .hasMessageContaining("ended");
    }
  }

  /** What stands behind the instance in the key that the tool saw. */
  private String keyed() {
    return directory.granted.getFirst().replaceFirst(".*case-1/", "");
  }

  @Test
  void caseIsCarriedOnWithItsJournalInPostgres() throws Exception {
    wholeCase(postgres());

    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT count(DISTINCT instance) FROM " + own + ".entry")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(1);
    }
  }

  @Test
  void caseIsCarriedOnWithItsJournalInAFile() {
    wholeCase(new StoreAt.File(folder.resolve("cases.db")));
  }

  @Test
  void twoApplicationsAtOnceCarryEachOthersInstances() {
    try (Interlock one = open(postgres());
        Interlock other = open(postgres())) {
      for (int i = 0; i < 6; i++) {
        String id = one.as(ANA).start("devices", "case-" + i, Map.of());
        rest(other.as(ANA), id);
        other.as(ANA).send(id, "A laptop, please.");
        Parked parked = rest(one.as(MANAGER), id).parked().getFirst();
        other.as(MANAGER).approve(id, parked.number(), parked.hash());
        assertThat(rest(one.as(ANA), id).status()).isEqualTo(Instance.Status.COMPLETED);
      }
      assertThat(directory.granted).hasSize(6).doesNotHaveDuplicates();
      assertThat(other.counts()).containsExactly(new Store.Count("devices", "completed", 6));
    }
  }
}
