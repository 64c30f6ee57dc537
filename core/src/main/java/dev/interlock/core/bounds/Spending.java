package dev.interlock.core.bounds;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Adds up what the states of a machine may take: {@link Bounds}. */
final class Spending {
  private static final Bound OBSERVES = Bound.none("a machine that observes has no budgets");
  private static final Bound NO_TOOLS = Bound.of(0, "it calls no such tool");
  private static final Bound NO_MODEL = Bound.of(0, "no model is asked there");

  private final Machine machine;
  private final Routes routes;
  private final Lasting lasting;
  private final Map<String, Bounds.OfState> states = new LinkedHashMap<>();

  /** A tool where a state allows it. */
  private record Use(String tool, String state) {}

  Spending(Machine machine) {
    this.machine = machine;
    this.routes = new Routes(machine);
    this.lasting = new Lasting(machine, routes);
  }

  Bounds bounds() {
    machine.states().values().forEach(state -> states.put(state.name(), of(state)));
    return new Bounds(
        List.copyOf(states.values()),
        machine.tools().values().stream().map(this::of).toList(),
        total());
  }

  private Bounds.OfState state(String name) {
    return Objects.requireNonNull(states.get(name));
  }

  // ---- a state

  private Bounds.OfState of(State state) {
    Bound visits = routes.visits(state.name());
    Bound calls = calls(state, visits);
    Bound writes =
        happened(it -> it.state().equals(state.name()) && writes(it.tool()), use -> calls);
    return new Bounds.OfState(
        state.name(),
        visits,
        spent(state, visits, Budget.TURNS),
        calls,
        writes.and(calls),
        spent(state, visits, Budget.TOKENS),
        spent(state, visits, Budget.COST),
        lasting.visit(state));
  }

  /** What all visits of a state may take of a budget that only the model spends. */
  private Bound spent(State state, Bound visits, Budget budget) {
    if (!(state instanceof State.Agent)) {
      return NO_MODEL;
    }
    if (visits.isZero()) {
      return visits;
    }
    @Nullable Decimal own = limit(state, budget);
    return own == null
        ? ofMachine(budget)
        : Bound.of(own, Bound.budget(budget) + " of " + state.name())
            .times(visits)
            .and(ofMachine(budget));
  }

  private Bound ofMachine(Budget budget) {
    return machine.observes()
        ? OBSERVES
        : Bound.limit(machine.budgets().limit(budget), Bound.budget(budget));
  }

  private @Nullable Decimal limit(State state, Budget budget) {
    return machine.observes() ? null : state.frame().budgets().limit(budget);
  }

  private Bound calls(State state, Bound visits) {
    if (Contract.tools(state).isEmpty()) {
      return NO_TOOLS;
    }
    if (state instanceof State.Call call) {
      return Bound.of(call.calls().size(), "its own calls")
          .times(visits)
          .and(ofMachine(Budget.TOOL_CALLS));
    }
    if (visits.isZero()) {
      return visits;
    }
    return spent(state, visits, Budget.TURNS)
        .times(perTurn(state))
        .and(spent(state, visits, Budget.TOOL_CALLS));
  }

  private Bound perTurn(State state) {
    @Nullable Decimal own = limit(state, Budget.CALLS_PER_TURN);
    return own == null
        ? ofMachine(Budget.CALLS_PER_TURN)
        : Bound.of(own, Bound.budget(Budget.CALLS_PER_TURN) + " of " + state.name());
  }

  private boolean writes(String tool) {
    return machine.tool(tool).effect() != EffectClass.READ;
  }

  // ---- rules

  /**
   * The most calls that happened, or may have: each use is bounded by one rule that counts all
   * calls it applies to, or by its state. Calls that failed are given back, so a rule bounds none.
   *
   * @param uses which are meant
   * @param otherwise what a state may take of a use that no rule bounds
   */
  private Bound happened(Predicate<Use> uses, Function<Use, Bound> otherwise) {
    Set<Use> open = new LinkedHashSet<>();
    for (State state : machine.states().values()) {
      for (String tool : Contract.tools(state)) {
        Use use = new Use(tool, state.name());
        if (uses.test(use) && routes.reaches(state.name())) {
          open.add(use);
        }
      }
    }
    if (open.isEmpty()) {
      return NO_TOOLS;
    }
    List<Rule> rules = counting();
    Bound best = covered(open, rules, otherwise);
    for (Rule first : rules) { // a wide rule may do better alone than tight ones together
      List<Rule> order = new ArrayList<>(rules);
      order.remove(first);
      order.addFirst(first);
      best = best.and(covered(open, order, otherwise));
    }
    return best;
  }

  private static Bound covered(Set<Use> uses, List<Rule> rules, Function<Use, Bound> otherwise) {
    Set<Use> open = new LinkedHashSet<>(uses);
    Sum sum = new Sum();
    for (Rule rule : rules) {
      List<Use> counted =
          open.stream().filter(it -> rule.appliesTo(it.tool(), it.state())).toList();
      if (!counted.isEmpty()) {
        open.removeAll(counted);
        long count = Objects.requireNonNull(rule.atMost()).count();
        sum.add(Bound.of(count, "the rule \"%s\"".formatted(rule.sentence())));
      }
    }
    Set<String> states = new LinkedHashSet<>();
    open.stream().filter(use -> states.add(use.state())).map(otherwise).forEach(sum::add);
    return sum.bound();
  }

  /** Of bounds that each say what they are by. */
  private static final class Sum {
    private final List<Bound> parts = new ArrayList<>();
    private BigDecimal most = BigDecimal.ZERO;
    private @Nullable Bound none;

    void add(Bound bound) {
      if (bound.most() == null) {
        none = bound;
      } else if (!bound.isZero()) {
        most = most.add(bound.most().value());
        parts.add(bound);
      }
    }

    Bound bound() {
      if (none != null || parts.isEmpty()) {
        return none != null ? none : NO_TOOLS;
      }
      List<String> by = parts.stream().map(it -> it.most() + " by " + it.by()).toList();
      return parts.size() == 1 ? parts.getFirst() : Bound.of(new Decimal(most), Routes.few(by));
    }
  }

  /** The rules that bound all calls they are for together, the tightest first. */
  private List<Rule> counting() {
    return machine.observes()
        ? List.of()
        : machine.rules().stream()
            .filter(rule -> rule.atMost() != null && rule.atMost().per().isEmpty())
            .sorted(Comparator.comparingLong(rule -> Objects.requireNonNull(rule.atMost()).count()))
            .toList();
  }

  // ---- tools and all

  private Bounds.OfTool of(Tool tool) {
    Bound calls = routes.worst(name -> calls(name, tool)).and(ofMachine(Budget.TOOL_CALLS));
    Bound happened = happened(it -> it.tool().equals(tool.name()), use -> calls(use.state(), tool));
    return new Bounds.OfTool(
        tool.name(), tool.effect(), calls, happened.and(calls), Bounds.OfTool.attempts(tool));
  }

  private Bound calls(String name, Tool tool) {
    State state = machine.state(name);
    if (!Contract.tools(state).contains(tool.name())) {
      return NO_TOOLS;
    }
    if (!(state instanceof State.Call call)) {
      return state(name).calls();
    }
    long made = call.calls().stream().filter(it -> it.tool().equals(tool.name())).count();
    return Bound.of(made, "its own calls").times(routes.visits(name)).and(state(name).calls());
  }

  private Bounds.Total total() {
    Bound calls = all(Bounds.OfState::calls).and(ofMachine(Budget.TOOL_CALLS));
    return new Bounds.Total(
        all(Bounds.OfState::turns).and(ofMachine(Budget.TURNS)),
        calls,
        happened(it -> writes(it.tool()), use -> state(use.state()).writes())
            .and(all(Bounds.OfState::writes))
            .and(calls),
        all(Bounds.OfState::tokens).and(ofMachine(Budget.TOKENS)),
        all(Bounds.OfState::cost).and(ofMachine(Budget.COST)),
        lasting.run(),
        lasting.escalated());
  }

  private Bound all(Function<Bounds.OfState, Bound> part) {
    return routes.worst(name -> part.apply(state(name)));
  }
}
