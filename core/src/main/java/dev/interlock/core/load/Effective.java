package dev.interlock.core.load;

import static dev.interlock.core.machine.Budget.CALLS_PER_TURN;
import static dev.interlock.core.machine.Budget.COST;
import static dev.interlock.core.machine.Budget.TOKENS;
import static dev.interlock.core.machine.Budget.TOOL_CALLS;
import static dev.interlock.core.machine.Budget.TURNS;

import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Reason;
import java.util.EnumSet;
import java.util.Set;

/**
 * What has an effect in a state of some type, so that nothing is written in vain.
 *
 * @param type the type's word, with its article
 * @param budgets those that it can spend
 * @param reasons those that can lead out of it
 */
record Effective(String type, Set<Budget> budgets, Set<Reason> reasons) {
  static final Effective AGENT =
      new Effective("an agent state", EnumSet.allOf(Budget.class), without());

  /** One call and no model; what late replies take may be counted here. */
  static final Effective CALL =
      new Effective(
          "a call state",
          EnumSet.complementOf(EnumSet.of(TURNS, CALLS_PER_TURN, TOOL_CALLS, TOKENS, COST)),
          without(Reason.TURNS, Reason.MODEL, Reason.CONTEXT_OVERFLOW));

  static final Effective APPROVAL = resting("an approval");

  static final Effective WAIT = resting("a wait state");

  /** It is left at once. */
  static final Effective CHOICE = timeless("a choice");

  /** Nothing runs, and its time does not count. */
  static final Effective ESCALATION = timeless("an escalation");

  /** Nothing runs. */
  private static Effective resting(String type) {
    return new Effective(
        type,
        EnumSet.of(Budget.DURATION, Budget.VISITS),
        EnumSet.of(
            Reason.DURATION, Reason.VISITS, Reason.GUARD_ERROR, Reason.CYCLE, Reason.PROPERTY));
  }

  /** Nothing runs, and no time is spent. */
  private static Effective timeless(String type) {
    return new Effective(
        type,
        EnumSet.of(Budget.VISITS),
        EnumSet.of(Reason.VISITS, Reason.GUARD_ERROR, Reason.CYCLE, Reason.PROPERTY));
  }

  private static Set<Reason> without(Reason... reasons) {
    Set<Reason> others = EnumSet.allOf(Reason.class);
    others.removeAll(Set.of(reasons));
    others.remove(Reason.ENTERED);
    return others;
  }
}
