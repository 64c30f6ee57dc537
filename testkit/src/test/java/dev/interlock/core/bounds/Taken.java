package dev.interlock.core.bounds;

import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Way;
import dev.interlock.core.machine.Ways;
import dev.interlock.testkit.brute.Most;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What the table of bounds says of a machine beside the most that any of its runs takes. */
final class Taken {
  private final Machine machine;
  private final Set<Budget> small;
  private final Most most;
  private final List<Difference> differences = new ArrayList<>();
  private final List<String> reached = new ArrayList<>();
  private final List<String> below = new ArrayList<>();

  /**
   * A bound that is wrong.
   *
   * @param over whether a run takes more; else none takes as much
   * @param what is taken, such as {@code visits of S0}
   */
  record Difference(boolean over, String what, long runs, Bound bound) {
    /** Whether another one is about the same, wherever it is. */
    boolean alike(Difference other) {
      return over == other.over && kind(what).equals(kind(other.what));
    }

    @Override
    public String toString() {
      return "%n  %s: %d, where %s is said".formatted(what, runs, bound);
    }
  }

  private Taken(Machine machine, Set<Budget> small, Most most) {
    this.machine = machine;
    this.small = small;
    this.most = most;
  }

  /**
   * Walks the runs of a machine, and compares.
   *
   * @param small its budgets that are small
   * @param instances how many are looked at
   */
  static Taken of(Machine machine, Set<Budget> small, int instances) {
    Taken taken = new Taken(machine, small, Most.walk(machine, small, instances));
    taken.compare(Bounds.of(machine));
    return taken;
  }

  List<Difference> differences() {
    return differences;
  }

  /** What some run takes as much of as is said. */
  List<String> reached() {
    return reached;
  }

  List<String> below() {
    return below;
  }

  boolean whole() {
    return most.whole();
  }

  /** Whether some run must take as much as is said. */
  boolean exact() {
    return most.whole() && coarse().isEmpty();
  }

  /** Why no run may take as much as is said; empty if one must. */
  private String coarse() {
    if (small.size() > 1) {
      return "one budget is spent before another";
    }
    if (!machine.rules().stream().map(Rule::atMost).allMatch(Objects::nonNull)) {
      return "rules other than `atMost` are not looked at";
    }
    if (!machine.properties().isEmpty()) {
      return "properties are not looked at";
    }
    if (!machine.context().isEmpty()) {
      return "what a call needs is taken to be there";
    }
    if (Ways.of(machine).keySet().stream().map(Way::target).anyMatch("back"::equals)) {
      return "`back` is taken to lead wherever a state is come to from";
    }
    for (State state : machine.states().values()) {
      List<Transition> ways =
          switch (state) {
            case State.Agent agent -> agent.transitions();
            case State.Choice choice -> choice.transitions();
            default -> List.of();
          };
      if (!ways.isEmpty()) {
        return "guards are not looked at";
      }
      if (state instanceof State.Agent agent && !agent.idle().isEmpty()) {
        return "`idle` is taken to pass where nobody waits";
      }
      boolean passed = state instanceof State.Call || state instanceof State.Choice;
      boolean timed = !state.frame().after().isEmpty() || !state.frame().on().isEmpty();
      if (passed && (timed || !machine.anywhere().on().isEmpty())) {
        return "events and timers are taken to come in states that are left at once";
      }
    }
    return "";
  }

  private void compare(Bounds bounds) {
    for (Bounds.OfState of : bounds.states()) {
      boolean first =
          of.state().equals(machine.initial()) && machine.state(of.state()) instanceof State.Agent;
      // each reason to escalate is taken to come up anywhere
      boolean over = new Target.To(of.state()).equals(machine.anywhere().over().otherwise());
      within("visits of " + of.state(), of.visits(), !over && small.contains(Budget.VISITS));
      // before another state, and between two visits, others take some
      within("turns of " + of.state(), of.turns(), first && small.contains(Budget.TURNS));
      within("calls of " + of.state(), of.calls(), first && small.contains(Budget.TOOL_CALLS));
      within("writes of " + of.state(), of.writes(), false);
    }
    for (Bounds.OfTool of : bounds.tools()) {
      within("calls of " + of.tool(), of.calls(), false);
      within("happened of " + of.tool(), of.happened(), false);
    }
    within("turns", bounds.total().turns(), small.contains(Budget.TURNS));
    within("calls", bounds.total().calls(), small.contains(Budget.TOOL_CALLS));
    // of a call that leads elsewhere once it happens it is not known how often it does
    boolean makes = machine.states().values().stream().anyMatch(State.Call.class::isInstance);
    within("writes", bounds.total().writes(), !makes && small.contains(Budget.TOOL_CALLS));
  }

  private void within(String what, Bound bound, boolean reachable) {
    if (bound.most() == null) {
      return;
    }
    long runs = most.of(what);
    long says = bound.most().value().longValueExact();
    boolean counted = small.size() > 1 || reachable;
    if (runs > says && (runs < Most.WITHOUT_END || counted)) {
      differences.add(new Difference(true, what, runs, bound));
    }
    (runs == says ? reached : below).add(kind(what));
    if (runs < says && reachable && exact()) {
      differences.add(new Difference(false, what, runs, bound));
    }
  }

  private static String kind(String what) {
    int name = what.lastIndexOf(' ');
    return name < 0 ? "all " + what : what.substring(0, name);
  }
}
