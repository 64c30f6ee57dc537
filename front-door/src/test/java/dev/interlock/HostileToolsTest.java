package dev.interlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.agent.McpToolHost;
import dev.interlock.agent.ServerConfig;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.journal.Chain;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import dev.interlock.local.SqliteStore;
import dev.interlock.testkit.HostileServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bad input from a real tool server, through engine and file: nothing is lost, and it is named. */
@Timeout(180)
class HostileToolsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Principal ANA = new Principal("ana");
  private static final Principal OWNER = Interlock.owner("owner");
  private static final List<String> ANSWERED = List.of("flood", "odd", "deep");
  private static final List<String> FAILED = List.of("nonsense", "hang", "dies");

  /** In one reply. */
  private static final int MANY = 1_000;

  /** So many of them are taken, as {@code callsPerTurn} is by default. */
  private static final int AT_ONCE = 20;

  @TempDir private Path folder;

  private static List<String> command(String... way) {
    String java = ProcessHandle.current().info().command().orElseThrow();
    List<String> command =
        new ArrayList<>(List.of(java, "-Xmx64m", "@server.args", HostileServer.class.getName()));
    command.addAll(List.of(way));
    return command;
  }

  private void configure(List<String> command) throws IOException {
    Files.writeString(
        folder.resolve("interlock.yaml"),
        "servers: {h: {command: %s}}%nmodel: {scripted: script.yaml}%nsettleAfter: PT0.1S%n"
            .formatted(Json.write(command)));
  }

  @BeforeEach
  void write() throws Exception {
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Files.writeString(folder.resolve("server.args"), "-cp \"" + classes + "\"");
    Files.writeString(
        folder.resolve("machine.yaml"),
        """
        machine: hostile
        version: 1
        tools:
          h.calm: {effect: read}
          h.flood: {effect: read, timeout: PT30S, retry: {attempts: 1}}
          h.nonsense: {effect: read, timeout: PT1S, retry: {attempts: 1}}
          h.odd: {effect: read, timeout: PT5S, retry: {attempts: 1}}
          h.deep: {effect: read, timeout: PT5S, retry: {attempts: 1}}
          h.hang: {effect: read, timeout: PT1S, retry: {attempts: 2, backoff: PT0.01S}}
          h.dies: {effect: read, timeout: PT5S, retry: {attempts: 1}}
          h.deaf: {effect: write, timeout: PT1S}
        budgets: {errors: 10}
        initial: Work
        states:
          Work: {goal: Work., tools: all, otherwise: Done}
          Done: {type: final}
          Escalate: {type: escalation, resume: [Work]}
        anywhere:
          over: {default: Escalate}
        """);
    configure(command());
    StringBuilder script = new StringBuilder("replies:\n");
    Stream.concat(ANSWERED.stream(), FAILED.stream())
        .forEach(tool -> script.append("  - [{call: h.%s}]\n".formatted(tool)));
    script.append("  - [{call: h.calm}]\n  - Still here.\n");
    String many = String.join(", ", Collections.nCopies(MANY, "{call: h.calm}"));
    script.append("instances:\n  write: [[{call: h.calm}], [{call: h.deaf}]]\n");
    script.append("  many:\n  - [").append(many).append("]\n  - Still here.\n");
    Files.writeString(folder.resolve("script.yaml"), script);
    try (McpToolHost host =
        new McpToolHost(Map.of("h", new ServerConfig.Command(command(), Map.of(), folder)))) {
      Files.writeString(
          folder.resolve("tools.lock"),
          ToolLock.lock("tools.lock", host.offered("h")).lock().write());
    }
  }

  private static Instance settled(Interlock interlock, String id) {
    Engine engine = interlock.engine();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!interlock.atRest(id)) {
      assertThat(System.nanoTime()).as("it comes to rest").isLessThan(end);
      Thread.onSpinWait();
    }
    return engine.get(OWNER, id).orElseThrow().instance();
  }

  private static Stream<Outcome> outcomes(Interlock interlock, String id) {
    return interlock.engine().journal(OWNER, id, 0).stream()
        .flatMap(entry -> entry.outcomes().stream());
  }

  private static List<String> failures(Interlock interlock, String id) {
    return outcomes(interlock, id)
        .filter(Outcome.CallFailed.class::isInstance)
        .map(outcome -> ((Outcome.CallFailed) outcome).why())
        .toList();
  }

  private static List<String> results(Interlock interlock, String id) {
    return outcomes(interlock, id)
        .filter(Outcome.CallReturned.class::isInstance)
        .map(outcome -> ((Outcome.CallReturned) outcome).result().preview())
        .toList();
  }

  /** After the engine let go of the file. */
  @AfterEach
  void journalsVerify() {
    try (Store store = SqliteStore.open(folder.resolve(Configuration.DEFAULT_STORE))) {
      for (String id : List.of("reads", "write", "many")) {
        assertThat(Chain.verify(store, id).fault()).as(id).isNull();
      }
    }
  }

  @Test
  void lockNamesTheLimitThatAListOfToolsIsBeyond() throws Exception {
    configure(command("deep"));

    assertThatThrownBy(() -> Locking.ask(folder, Map.of(), server -> {}))
        .isInstanceOf(ToolHost.ToolHostException.class)
        .hasMessageContaining("at most 500 levels are read (Inbox.MAX_DEPTH)");
  }

  @Test
  void eachReadIsSettledByNameAndTheInstanceGoesOnToItsEnd() {
    try (Interlock interlock = Interlock.openFolder(folder)) {
      interlock.engine().start(ANA, "hostile", "reads", null, Map.of());
      assertThat(interlock.engine().send(ANA, "reads", null, "Go."))
          .isInstanceOf(Acknowledgement.Taken.class);

      assertThat(settled(interlock, "reads").status()).isEqualTo(Status.COMPLETED);
      assertThat(failures(interlock, "reads"))
          .satisfiesExactly(
              why -> assertThat(why).matches("no answer of h\\.nonsense within PT[0-9.]+S"),
              why -> assertThat(why).matches("no answer of h\\.hang within PT[0-9.]+S"),
              why ->
                  assertThat(why).isEqualTo("the server `h` ended during the call (exit code 7)"));
      List<String> results = results(interlock, "reads");
      assertThat(results).hasSize(ANSWERED.size() + 1);
      assertThat(results.get(0)).contains("was not read", "ToolHost.MAX_RESULT");
      assertThat(results.get(1)).contains("not in the form of a tool's result");
      assertThat(results.get(2)).contains("was not read", "Inbox.MAX_DEPTH");
      assertThat(results.getLast()).isEqualTo("calm");
    }
  }

  @Test
  void aThousandCallsOfOneReplyAreCutByNameAndTheNextReplyCounts() {
    try (Interlock interlock = Interlock.openFolder(folder)) {
      interlock.engine().start(ANA, "hostile", "many", null, Map.of());
      interlock.engine().send(ANA, "many", null, "Go.");

      assertThat(settled(interlock, "many").status()).isEqualTo(Status.COMPLETED);
      assertThat(results(interlock, "many")).hasSize(AT_ONCE).containsOnly("calm");
      assertThat(outcomes(interlock, "many").filter(Outcome.CallRefused.class::isInstance))
          .hasSize(MANY - AT_ONCE)
          .allMatch(outcome ->
              ((Outcome.CallRefused) outcome).refusal().rule().equals("budget callsPerTurn"));
    }
  }

  @Test
  void aWriteThatIsNeverAnsweredWaitsForAPersonAlsoInTheNextProcess() {
    try (Interlock interlock = Interlock.openFolder(folder)) {
      interlock.engine().start(ANA, "hostile", "write", null, Map.of());
      interlock.engine().send(ANA, "write", null, "Go.");

      Instance instance = settled(interlock, "write");
      assertThat(Objects.requireNonNull(instance.escalated()).reason())
          .isEqualTo(Reason.OUTCOME_UNKNOWN);
    }
    try (Interlock interlock = Interlock.openFolder(folder)) {
      int call = settled(interlock, "write").unknown().getFirst().number();
      assertThat(interlock.engine().resolve(OWNER, "write", call, false, null))
          .isInstanceOf(Acknowledgement.Taken.class);
      assertThat(settled(interlock, "write").unknown()).isEmpty();
    }
  }
}
