package dev.interlock.core.check;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import org.junit.jupiter.api.Test;

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
}
