package dev.interlock.testkit.junit;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Why a test that passed could not have failed. Each is a fact about the test, not a guess. */
public record Warning(Kind kind, String text) {

  /** The kinds. */
  public enum Kind {
    /** Nothing about the instance was asserted. */
    NOTHING_ASSERTED,
    /** A scripted reply was never asked for. */
    REPLY_UNUSED,
    /** The model was asked at the end, and the script had nothing more. */
    QUESTION_OPEN,
    /** The model proposed nothing: there was nothing for the machine to refuse. */
    NOTHING_PROPOSED,
    /** A tool is asserted not to be called that nobody tried to call. */
    NEVER_TRIED
  }

  static List<Warning> of(
      Machine machine, List<Entry> journal, Asserted asserted, int unused, boolean open) {
    List<Warning> warnings = new ArrayList<>();
    Set<String> tried = tried(machine, journal);
    if (asserted.nothing()) {
      warnings.add(
          new Warning(
              Kind.NOTHING_ASSERTED,
              "nothing about the instance was asserted: use assertThat() of the extension"));
    }
    if (unused > 0) {
      warnings.add(
          new Warning(
              Kind.REPLY_UNUSED,
              unused + " of the scripted replies were never asked for: the test ended earlier"));
    }
    if (open) {
      warnings.add(
          new Warning(
              Kind.QUESTION_OPEN,
              "a question to the model is left open: script its reply with model(…)"));
    }
    if (tried.isEmpty() && couldPropose(machine)) {
      warnings.add(
          new Warning(
              Kind.NOTHING_PROPOSED,
              "the model proposed no call and recorded nothing: there was nothing to refuse"));
    }
    for (String tool : asserted.absences()) {
      if (!tried.contains(tool)) {
        warnings.add(
            new Warning(
                Kind.NEVER_TRIED,
                "%s was not called, and nobody tried: let the model propose it".formatted(tool)));
      }
    }
    return List.copyOf(warnings);
  }

  /** The tools and built-ins that somebody proposed, the model or the machine. */
  private static Set<String> tried(Machine machine, List<Entry> journal) {
    Set<String> tried = new LinkedHashSet<>();
    for (Entry entry : journal) {
      for (Outcome outcome : entry.outcomes()) {
        if (outcome instanceof Outcome.CallProposed proposed) {
          tried.add(InstanceAssert.named(machine.tools().keySet(), proposed.tool()));
        }
      }
    }
    return tried;
  }

  private static boolean couldPropose(Machine machine) {
    return machine.states().values().stream().anyMatch(State.Agent.class::isInstance);
  }

  /** As it is shown. */
  @Override
  public String toString() {
    return "could not have failed: " + text;
  }
}
