package dev.interlock.core.check;

import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;

/** Something that stands before a call. */
sealed interface Gate {
  /** Whether it stands before a call of a tool in a state, by a rule. */
  boolean stands(Machine machine, String tool, String state);

  /** As it is told: {@code the yes of manager}. */
  String words();

  /** Somebody is asked: by an approval on the way, or by a rule of the call. */
  record Asked(String role) implements Gate {
    @Override
    public boolean stands(Machine machine, String tool, String state) {
      return machine.rules().stream()
          .anyMatch(rule ->
              rule.appliesTo(tool, state) && rule.ask() != null && rule.ask().role().equals(role));
    }

    @Override
    public String words() {
      return "the yes of " + role;
    }
  }

  /** A rule has a condition. */
  record When(Rule rule) implements Gate {
    @Override
    public boolean stands(Machine machine, String tool, String state) {
      return rule.appliesTo(tool, state);
    }

    @Override
    public String words() {
      return "the rule \"%s\"".formatted(rule.sentence());
    }
  }
}
