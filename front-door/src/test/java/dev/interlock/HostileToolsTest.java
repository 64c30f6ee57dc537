package dev.interlock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.agent.McpToolHost;
import dev.interlock.agent.McpToolHost.ServerConfig;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import dev.interlock.testkit.HostileServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
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
  private static final List<String> READS = List.of("flood", "nonsense", "odd", "hang", "dies");

  @TempDir private Path folder;

  @BeforeEach
  void write() throws Exception {
    String java = ProcessHandle.current().info().command().orElseThrow();
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = List.of(java, "-Xmx64m", "-cp", classes, HostileServer.class.getName());
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
    Files.writeString(
        folder.resolve("interlock.yaml"),
        "servers: {h: {command: %s}}%nmodel: {scripted: script.yaml}%nsettleAfter: PT0.1S%n"
            .formatted(Json.write(command)));
    StringBuilder script = new StringBuilder("replies:\n");
    READS.forEach(tool -> script.append("  - [{call: h.%s}]\n".formatted(tool)));
    script.append("  - [{call: h.calm}]\n  - Still here.\n");
    script.append("instances: {write: [[{call: h.deaf}]]}\n");
    Files.writeString(folder.resolve("script.yaml"), script);
    try (McpToolHost host =
        new McpToolHost(Map.of("h", new ServerConfig(command, Map.of(), folder)))) {
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

  @Test
  void eachReadFailsByNameAndTheInstanceGoesOnToItsEnd() {
    try (Interlock interlock = Interlock.openFolder(folder)) {
      interlock.engine().start(ANA, "hostile", "reads", null, Map.of());
      assertThat(interlock.engine().send(ANA, "reads", null, "Go."))
          .isInstanceOf(Acknowledgement.Taken.class);

      assertThat(settled(interlock, "reads").status()).isEqualTo(Status.COMPLETED);
      List<String> failed =
          outcomes(interlock, "reads")
              .filter(Outcome.CallFailed.class::isInstance)
              .map(outcome -> ((Outcome.CallFailed) outcome).why())
              .toList();
      assertThat(failed).hasSize(READS.size());
      assertThat(failed.get(0)).contains("characters");
      assertThat(failed).noneMatch(why -> why.contains("Exception") || why.isBlank());
      assertThat(outcomes(interlock, "reads"))
          .filteredOn(Outcome.CallReturned.class::isInstance)
          .hasSize(1);
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
