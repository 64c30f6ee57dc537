package dev.interlock.core.bounds;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Over;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How long a visit of a state lasts at most, and a run. */
final class Lasting {
  private static final Bound AT_ONCE = Bound.of(0, "it is left at once");

  private final Machine machine;
  private final Routes routes;

  /** Where the outcome of a call may still be unknown: no timer but {@code duration} leads out. */
  private final Set<String> unsettled = new HashSet<>();

  Lasting(Machine machine, Routes routes) {
    this.machine = machine;
    this.routes = routes;
    unsettle();
  }

  private void unsettle() {
    Deque<String> open = new ArrayDeque<>();
    for (State state : machine.states().values()) {
      boolean writes =
          Contract.tools(state).stream()
              .anyMatch(tool -> machine.tool(tool).effect() != EffectClass.READ);
      if (writes) {
        for (Over over : List.of(state.frame().over(), machine.anywhere().over())) {
          @Nullable Target target = over.of(Reason.OUTCOME_UNKNOWN);
          switch (target) {
            case Target.To(String to) -> open.add(to);
            case Target.Back back -> open.addAll(routes.next(state.name()));
            case null -> {}
          }
        }
      }
    }
    while (!open.isEmpty()) {
      String state = open.pop();
      if (unsettled.add(state) && !(machine.state(state) instanceof State.Escalation)) {
        open.addAll(routes.next(state));
      }
    }
  }

  /** One visit. */
  Bound visit(State state) {
    return switch (state) {
      case State.Final end -> AT_ONCE;
      case State.Choice choice -> AT_ONCE;
      case State.Agent agent -> waits(state);
      case State.Wait wait -> waits(state);
      case State.Approval approval -> waits(state);
      case State.Call call -> call(call);
      case State.Escalation escalation -> escalation(state);
    };
  }

  private Bound waits(State state) {
    @Nullable Decimal own = state.frame().budgets().limit(Budget.DURATION);
    Bound bound =
        own == null
            ? Bound.none("no timer leads out of it")
            : Bound.of(own, Bound.budget(Budget.DURATION) + " of " + state.name());
    return bound.and(after(state)).and(duration());
  }

  private Bound duration() {
    return machine.observes()
        ? Bound.none("a machine that observes has no budgets")
        : Bound.limit(machine.budgets().limit(Budget.DURATION), Bound.budget(Budget.DURATION));
  }

  /** The first timer that leads out whatever happens. */
  private Bound after(State state) {
    Bound first = Bound.none("no timer leads out of it");
    for (TimerRule rule : state.frame().after()) {
      if (rule instanceof TimerRule.In(Duration in, Target target)
          && !unsettled.contains(state.name())) {
        first = first.and(Bound.of(seconds(in), "after " + in));
      }
    }
    return first;
  }

  private Bound escalation(State state) {
    Bound after = after(state);
    return after.most() != null ? after : Bound.none("people end it, or a desk");
  }

  /** Calls that go out together are awaited together, others one after the other. */
  private Bound call(State.Call call) {
    boolean asked =
        call.calls().stream().anyMatch(it -> Contract.asks(machine, it.tool(), call.name()));
    if (asked) {
      return waits(call);
    }
    boolean together =
        call.calls().stream().allMatch(it -> machine.tool(it.tool()).forgets().isEmpty());
    Duration sum = Duration.ZERO;
    for (State.Made made : call.calls()) {
      Duration timeout = machine.tool(made.tool()).timeout();
      sum = !together ? sum.plus(timeout) : timeout.compareTo(sum) > 0 ? timeout : sum;
    }
    return Bound.of(seconds(sum), "timeout " + sum);
  }

  /** Rounded up. */
  private static long seconds(Duration duration) {
    return duration.plusSeconds(1).minusNanos(1).toSeconds();
  }

  /** All visits but those of escalations. */
  Bound run() {
    return routes
        .worst(name ->
            machine.state(name) instanceof State.Escalation
                ? AT_ONCE
                : visit(machine.state(name)).times(routes.visits(name)))
        .and(duration());
  }

  /** All visits of escalations. */
  Bound escalated() {
    return routes.worst(name ->
        machine.state(name) instanceof State.Escalation
            ? visit(machine.state(name)).times(routes.visits(name))
            : AT_ONCE);
  }
}
