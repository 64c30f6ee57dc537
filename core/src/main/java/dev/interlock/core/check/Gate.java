package dev.interlock.core.check;

import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Something that stands before a call. */
sealed interface Gate {
  /** Whether it stands before a call of a tool in a state, by a rule. */
  boolean stands(Machine machine, String tool, String state);

  /** As it is told: {@code the yes of manager}. */
  String words();

  /**
   * Somebody is asked: by an approval on the way, or by a rule of the call.
   *
   * @param people how many must agree, as it is written; empty means one
   * @param notFrom who is not asked
   */
  record Asked(String role, String people, Set<String> notFrom) implements Gate {
    static Asked of(Rule.Ask ask) {
      return new Asked(ask.role(), written(ask.people()), Set.copyOf(ask.notFrom()));
    }

    static Asked of(State.Approval approval) {
      return new Asked(approval.role(), written(approval.people()), Set.copyOf(approval.notFrom()));
    }

    private static String written(@Nullable Expression people) {
      return people == null ? "" : people.source();
    }

    @Override
    public boolean stands(Machine machine, String tool, String state) {
      return machine.rules().stream()
          .anyMatch(rule ->
              rule.appliesTo(tool, state) && rule.ask() != null && of(rule.ask()).equals(this));
    }

    @Override
    public String words() {
      return "the yes of " + (people.isEmpty() ? role : "%s (people: %s)".formatted(role, people));
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
