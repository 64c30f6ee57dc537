package dev.interlock.core.machine;

import java.util.Arrays;
import java.util.Optional;

/** Why an instance escalates. */
public enum Reason {
  TURNS("turns"),
  TOOL_CALLS("toolCalls"),
  ERRORS("errors"),
  TOTAL_ERRORS("totalErrors"),
  TOKENS("tokens"),
  COST("cost"),
  DURATION("duration"),
  VISITS("visits"),
  OUTCOME_UNKNOWN("outcome-unknown"),
  GUARD_ERROR("guard-error"),
  TOOL_DRIFT("tool-drift"),
  MODEL("model"),
  /** A question that is too long, and no summary that mends it. */
  CONTEXT_OVERFLOW("context-overflow"),
  CYCLE("cycle"),
  MISFIT("misfit"),
  PROPERTY("property"),
  /** An escalation state entered by a transition, a timer, an event or {@code failed}. */
  ENTERED("entered");

  private final String word;

  Reason(String word) {
    this.word = word;
  }

  /** The word of the machine file and the journal. */
  public String word() {
    return word;
  }

  public static Optional<Reason> of(String word) {
    return Arrays.stream(values()).filter(reason -> reason.word.equals(word)).findFirst();
  }

  @Override
  public String toString() {
    return word;
  }
}
