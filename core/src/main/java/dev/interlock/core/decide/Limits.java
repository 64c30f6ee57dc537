package dev.interlock.core.decide;

import dev.interlock.core.evolve.Counters;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Reason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Budgets: what is allowed, with what was granted, and what is spent. */
final class Limits {
  /** The rule by which a call beyond {@code toolCalls} is refused. */
  static final String TOOL_CALLS_RULE = "budget toolCalls";

  /** The rule by which a call beyond {@code callsPerTurn} is refused. */
  static final String CALLS_PER_TURN_RULE = "budget callsPerTurn";

  /** Those that close the turn as soon as they are reached, in the order they are looked at. */
  private static final List<Budget> CLOSING =
      List.of(Budget.ERRORS, Budget.TOTAL_ERRORS, Budget.TOKENS, Budget.COST);

  private Limits() {}

  /** The machine's limit with what operators granted, or null if there is none. */
  static @Nullable Decimal machine(Machine machine, Instance instance, Budget budget) {
    Decimal limit = limit(machine, machine.budgets(), budget);
    Decimal granted = instance.granted().get(budget);
    return limit == null || granted == null
        ? limit
        : new Decimal(limit.value().add(granted.value()));
  }

  /** The limit of the state's visit, or null if the state sets none. */
  static @Nullable Decimal state(Machine machine, Instance instance, Budget budget) {
    return limit(machine, machine.state(instance.state()).frame().budgets(), budget);
  }

  /** A machine that only observes ends nobody's work. */
  private static @Nullable Decimal limit(Machine machine, Budgets budgets, Budget budget) {
    return machine.observes() ? null : budgets.limit(budget);
  }

  /** The limit of entries of a state, by the state or else by the machine. */
  static @Nullable Decimal visits(Machine machine, Instance instance, String state) {
    Decimal own = limit(machine, machine.state(state).frame().budgets(), Budget.VISITS);
    Decimal limit = own != null ? own : limit(machine, machine.budgets(), Budget.VISITS);
    Decimal granted = instance.granted().get(Budget.VISITS);
    return limit == null || granted == null
        ? limit
        : new Decimal(limit.value().add(granted.value()));
  }

  static boolean mayEnter(Machine machine, Instance instance, String state) {
    Decimal limit = visits(machine, instance, state);
    long entries = instance.visits().getOrDefault(state, 0) + 1L;
    return limit == null || Decimal.of(entries).compareTo(limit) <= 0;
  }

  /** A budget that closes the turn, if one is reached. */
  static Optional<Budget> closing(Machine machine, Instance instance) {
    return CLOSING.stream().filter(budget -> spent(machine, instance, budget)).findFirst();
  }

  /** A budget that allows no more questions, if there is one. */
  static Optional<Budget> asking(Machine machine, Instance instance) {
    return spent(machine, instance, Budget.TURNS)
        ? Optional.of(Budget.TURNS)
        : closing(machine, instance);
  }

  /** Whether the machine or the state allows no more of it. */
  static boolean spent(Machine machine, Instance instance, Budget budget) {
    return machineSpent(machine, instance, budget)
        || reached(state(machine, instance, budget), instance.visit().spent(), budget);
  }

  static boolean machineSpent(Machine machine, Instance instance, Budget budget) {
    return reached(machine(machine, instance, budget), instance.spent(), budget);
  }

  /** Whether a reason is a budget of the machine that is spent: then nothing may just go on. */
  static boolean machineSpent(Step step, Reason reason) {
    if (reason == Reason.DURATION) {
      return timeIsOver(step);
    }
    for (Budget budget : Budget.values()) {
      if (reason.equals(budget.reason())) {
        return machineSpent(step.machine(), step.instance(), budget);
      }
    }
    return false;
  }

  /** Whether the machine's {@code duration} is over. */
  static boolean timeIsOver(Step step) {
    Decimal limit = machine(step.machine(), step.instance(), Budget.DURATION);
    return limit != null
        && !step.now().isBefore(step.instance().started().plusSeconds(limit.value().longValue()));
  }

  private static boolean reached(@Nullable Decimal limit, Counters spent, Budget budget) {
    if (limit == null) {
      return false;
    }
    Decimal used =
        switch (budget) {
          case TURNS -> Decimal.of(spent.turns());
          case TOOL_CALLS -> Decimal.of(spent.toolCalls());
          case ERRORS -> Decimal.of(spent.errors());
          case TOTAL_ERRORS -> Decimal.of(spent.totalErrors());
          case TOKENS -> Decimal.of(spent.tokens());
          case COST -> new Decimal(spent.cost());
          case CALLS_PER_TURN, DURATION, VISITS -> null;
        };
    return used != null && used.compareTo(limit) >= 0;
  }

  static Reason reason(Budget budget) {
    Reason reason = budget.reason();
    if (reason == null) {
      throw new IllegalArgumentException(budget + " never escalates");
    }
    return reason;
  }
}
