package dev.interlock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Script;
import dev.interlock.testkit.InMemoryEngine;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.MemoryDesk;
import dev.interlock.testkit.ScriptedTools;
import dev.interlock.testkit.scenario.ScenarioReport;
import dev.interlock.testkit.scenario.ScenarioResult;
import dev.interlock.testkit.scenario.ScenarioRunner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The published six-state agent, walked row by row. */
class AgenticTest {
  /** What each scenario walks; {@code scenarios/*.yaml} says what must hold on the way. */
  private static final String GOLDEN = "agentic-walks.txt";

  @Test
  void everyRowAndEveryWayOutIsWalked() throws IOException {
    ScenarioReport report =
        ScenarioRunner.run(Example.AGENTIC.machine(), Example.AGENTIC.scenarios());

    assertThat(report.problems()).isEmpty();
    assertThat(walks(report)).isEqualTo(golden());
    assertThat(report.neverVisited()).isEmpty();
  }

  @Test
  void escalatingEndsItWithATicketThatHoldsReasonAndContext() {
    MemoryDesk desk = new MemoryDesk();
    ScriptedTools tools = new ScriptedTools();
    InMemoryEngine engine =
        new InMemoryEngine(
            List.of(Example.AGENTIC.machine()),
            new InMemoryEngine.Parts(new ManualClock(), null, tools, desk));
    Principal ana = new Principal("ana@example.com");
    engine.start(ana, "agentic", "case", null, Map.of());
    engine.send(ana, "case", null, "Make me happy.");
    reply(
        engine,
        List.of(
            Map.of(
                "call", "record", "with", Map.of("request", "happiness", "readyToExecute", true))));
    reply(engine, "I do not know how.");

    Instance instance = engine.get(ana, "case").orElseThrow().instance();
    assertThat(instance.status()).isEqualTo(Instance.Status.ENDED_ESCALATED);
    assertThat(Objects.requireNonNull(instance.escalated()).ticket()).isEqualTo("T-1");
    assertThat(desk.tickets())
        .singleElement()
        .satisfies(ticket -> {
          assertThat(ticket.instance()).isEqualTo("case");
          assertThat(ticket.from()).isEqualTo("Plan");
          assertThat(ticket.reason()).isEqualTo("entered");
          assertThat(ticket.bundle()).containsExactly(Map.entry("request", "happiness"));
        });
  }

  private static void reply(InMemoryEngine engine, Object written) {
    engine.settle();
    long number = engine.open("case").orElseThrow().number();
    engine.reply("case", Script.reply(written, number));
    engine.settle();
  }

  private static String walks(ScenarioReport report) {
    StringBuilder walks = new StringBuilder();
    for (ScenarioResult result : report.results()) {
      walks.append(result.name()).append('\n');
      result.visited().forEach(way -> walks.append("  ").append(way).append('\n'));
    }
    return walks.toString();
  }

  private static String golden() throws IOException {
    try (InputStream golden = AgenticTest.class.getResourceAsStream(GOLDEN)) {
      return new String(Objects.requireNonNull(golden).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
