package dev.interlock.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineLoaderTest {
  static String resource(String name) throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(MachineLoaderTest.class.getResourceAsStream("/machines/" + name))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static Machine load(String text) {
    MachineLoader.Loaded loaded = MachineLoader.load("machine.yaml", text, Locks.IT);
    assertThat(Diagnostic.format(loaded.diagnostics())).isEmpty();
    return Objects.requireNonNull(loaded.machine());
  }

  @ParameterizedTest
  @ValueSource(strings = {"it-access", "agentic"})
  void shippedMachineLoads(String name) throws IOException {
    Path folder = Path.of("..", "examples", name);
    ToolLock.Read lock =
        ToolLock.read("tools.lock", Files.readString(folder.resolve("tools.lock")));
    assertThat(lock.diagnostics()).isEmpty();

    MachineLoader.Loaded loaded =
        MachineLoader.load(
            "machine.yaml", Files.readString(folder.resolve("machine.yaml")), lock.lock());

    assertThat(Diagnostic.format(loaded.diagnostics())).isEmpty();
    assertThat(loaded.machine()).isNotNull();
  }

  @Test
  void sketchOfTheDesignLoads() throws IOException {
    Machine machine = load(resource("it-access.yaml"));

    assertThat(machine.name()).isEqualTo("it-access");
    assertThat(machine.states().keySet())
        .containsExactly(
            "CollectRequirements", "Identify", "Act", "Summarize", "Done", "Withdrawn", "Escalate");
    assertThat(machine.tool("it.find_user").modelName()).isEqualTo("it__find_user");
    assertThat(machine.tool("it.reset_password").timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(machine.rules())
        .extracting(Rule::sentence)
        .containsExactly(
            "a device needs the manager's approval",
            "at most two devices in one case",
            "one reset in one case");
    assertThat(Objects.requireNonNull(machine.rules().get(1).atMost()).count()).isEqualTo(2);
    assertThat(machine.budgets().limit(Budget.DURATION)).isEqualTo(Decimal.of(3 * 86_400));
    assertThat(machine.budgets().limit(Budget.CALLS_PER_TURN)).isEqualTo(Decimal.of(20));
    assertThat(machine.budgets().limit(Budget.COST)).isNull();
    assertThat(machine.state("CollectRequirements"))
        .isInstanceOfSatisfying(
            State.Agent.class,
            agent ->
                assertThat(agent.idle())
                    .isEqualTo(
                        List.of(
                            new TimerRule.In(Duration.ofHours(24), new Target.To("Escalate")))));
    assertThat(machine.anywhere().on()).containsEntry("not_needed", new Target.To("Withdrawn"));
  }
}
