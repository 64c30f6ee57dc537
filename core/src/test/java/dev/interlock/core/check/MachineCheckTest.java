package dev.interlock.core.check;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no walk is sure to come to. */
class MachineCheckTest {
  /** Of a budget of the machine a state's own way does not count, unless it ends or escalates. */
  @Test
  void spentBudgetOfTheMachineLeadsPastAStateThatGoesOn() {
    String machine =
        """
        machine: spent
        version: 1
        initial: Work
        states:
          Work: {goal: Work., otherwise: Done, budgets: {turns: 5}, over: {turns: Wind, default: Done}}
          Wind: {goal: Wind up., otherwise: Done, over: {default: Done}}
          Done: {type: final}
          Spent: {type: final, outcome: spent}
        anywhere:
          over: {turns: Spent, default: Done}
        """;
    var loaded = MachineLoader.load("machine.yaml", machine, ToolLock.EMPTY);
    assertThat(loaded.diagnostics()).isEmpty();

    assertThat(MachineCheck.of(requireNonNull(loaded.machine())).findings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "context.sum < 100 | context.sum < 1000 | false", // a case of the other
        "context.sum < 100 | context.sum >= 100 | false",
        "context.sum < 100 | context.sum > 50 | true",
        "context.sum < 100 | context.sum * 2 > 100 | false", // not known
      })
  void guardsOverlapWhereNeitherIsACaseOfTheOther(String first, String second, boolean overlap) {
    String machine =
        """
        machine: cases
        version: 1
        context:
          sum: {type: integer, source: agent}
        initial: Work
        states:
          Work:
            goal: Work.
            record: [sum]
            transitions:
              - {target: A, requires: [sum], guard: FIRST}
              - {target: B, requires: [sum], guard: SECOND}
            otherwise: B
          A: {type: final}
          B: {type: final}
        """
            .replace("FIRST", first)
            .replace("SECOND", second);
    var loaded = MachineLoader.load("machine.yaml", machine, ToolLock.EMPTY);
    assertThat(loaded.diagnostics()).isEmpty();

    assertThat(MachineCheck.of(requireNonNull(loaded.machine())).findings())
        .filteredOn(it -> it.code() == Code.OVERLAP)
        .hasSize(overlap ? 1 : 0);
  }
}
