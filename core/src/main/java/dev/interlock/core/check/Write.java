package dev.interlock.core.check;

import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import java.util.List;

/** A call of a write in a state. */
record Write(Tool tool, State state) {
  /** As it is told: {@code desk.pay in Pay}. */
  String words() {
    return "%s in %s".formatted(tool.name(), state.name());
  }

  /** The rules that judge it. */
  List<Rule> rules(Machine machine) {
    return machine.rules().stream()
        .filter(rule -> rule.appliesTo(tool.name(), state.name()))
        .toList();
  }
}
