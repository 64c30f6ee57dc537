package dev.interlock.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.cli.program.Failure;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class MachineDigitsTest {
  private static final String TEXT =
      """
      machine: one
      version: 1
      tools: {a.b: {effect: read}}
      initial: A
      states: {A: {goal: Work., tools: [a.b], otherwise: Done}, Done: {type: final}}
      """;

  /** Of one identity, with two locks. */
  private static Machine locked(String description) {
    ToolLock lock =
        ToolLock.lock(
                "tools.lock", List.of(new Offered("a.b", description, Map.of("type", "object"))))
            .lock();
    return Objects.requireNonNull(MachineLoader.load("m.yaml", TEXT, lock).machine());
  }

  @Test
  void whatNamesSeveralMachinesIsRefusedWithAllOfThem() {
    Machine one = locked("one");
    Machine other = locked("other");
    List<Machine> known = List.of(one, other);
    assertThat(one.identity()).isEqualTo(other.identity());

    assertThatThrownBy(() -> MachineDigits.among("--to", one.identity(), known, Machine::pin))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("the first digits of 2 machines")
        .hasMessageContaining(one.pin())
        .hasMessageContaining(other.pin());
    assertThat(MachineDigits.among("--to", one.pin().substring(0, 12), known, Machine::pin))
        .containsSame(one);
    assertThat(MachineDigits.among("--against", one.identity(), known, Machine::identity))
        .containsSame(one);
    assertThat(MachineDigits.among("--to", "0".repeat(12), known, Machine::pin)).isEmpty();
  }

  @Test
  void twelveDigitsAreTheFewest() {
    assertThat(MachineDigits.are("0123456789ab")).isTrue();
    assertThat(MachineDigits.are("0123456789a")).isFalse();
    assertThat(MachineDigits.are("../before")).isFalse();
  }
}
