package dev.interlock.core.bounds;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the states of a machine may lead, whatever holds, as long as no operator does anything:
 * which are on a cycle, and how often each is entered.
 */
final class Routes {
  /** How often it is looked again from which states one is entered. */
  private static final int ROUNDS = 10;

  /** How many names are told before it is said how many more there are. */
  private static final int FEW = 4;

  private final Machine machine;

  /** Of each state that is no end, the next ones. */
  private final Map<String, Set<String>> next = new LinkedHashMap<>();

  /** The states that lead to each other, later ones first; of a state that is on no cycle, it. */
  private final List<List<String>> groups = new ArrayList<>();

  private final Set<String> reached = new HashSet<>();
  private final Set<String> cyclic = new HashSet<>();
  private final Map<String, Bound> visits = new HashMap<>();

  Routes(Machine machine) {
    this.machine = machine;
    machine.states().values().forEach(state -> next.put(state.name(), forward(state)));
    Map<String, Set<String>> before = before();
    machine.states().values().stream()
        .filter(state -> targets(state).contains(new Target.Back()))
        .forEach(state -> next(state.name()).addAll(left(state.name(), before)));
    group();
    reach();
    machine.states().values().forEach(state -> visits.put(state.name(), entered(state)));
    for (int i = 0; i < ROUNDS && cameFrom(); i++) {}
  }

  Set<String> next(String state) {
    return Objects.requireNonNull(next.get(state));
  }

  boolean reaches(String state) {
    return reached.contains(state);
  }

  /** How often a state is entered, {@code back} included. */
  Bound visits(String state) {
    return Objects.requireNonNull(visits.get(state));
  }

  // ---- one step

  private Set<String> forward(State state) {
    Set<String> states = new LinkedHashSet<>();
    for (Target target : targets(state)) {
      if (target instanceof Target.To(String name)) {
        states.add(name);
      }
    }
    return states;
  }

  private Set<Target> targets(State state) {
    Set<Target> targets = new LinkedHashSet<>();
    if (state instanceof State.Final) {
      return targets;
    }
    switch (state) {
      case State.Agent agent -> {
        agent.transitions().forEach(it -> targets.add(it.target()));
        agent.idle().forEach(it -> targets.add(it.target()));
        if (agent.otherwise() != null) {
          targets.add(agent.otherwise());
        }
      }
      case State.Call call -> targets.addAll(List.of(call.ok(), call.failed()));
      case State.Approval approval ->
          approval.answers().values().forEach(it -> targets.add(it.target()));
      case State.Choice choice -> {
        choice.transitions().forEach(it -> targets.add(it.target()));
        targets.add(choice.otherwise());
      }
      case State.Wait w -> {}
      case State.Escalation e -> {}
      case State.Final f -> {}
    }
    state.frame().after().stream().map(TimerRule::target).forEach(targets::add);
    events(state, state.frame().on(), targets);
    Map<String, Target> anywhere = new LinkedHashMap<>(machine.anywhere().on());
    // what leads to an end or an escalation is taken in the built-in escalation, too
    anywhere
        .entrySet()
        .removeIf(it ->
            state.frame().on().containsKey(it.getKey()) && !machine.endsOrEscalates(it.getValue()));
    events(state, anywhere, targets);
    if (!(state instanceof State.Escalation) || targets.stream().anyMatch(this::mayRefuse)) {
      over(state, targets);
    }
    return targets;
  }

  /** Of an escalation only those that lead to an end, or to another. */
  private void events(State state, Map<String, Target> on, Set<Target> targets) {
    on.forEach((event, target) -> {
      @Nullable EventType type = machine.events().get(event);
      boolean free = !(state instanceof State.Escalation) || machine.endsOrEscalates(target);
      if (free && (type == null || !type.by().isEmpty())) {
        targets.add(target);
      }
    });
  }

  /** Whether a way there may lead to a reason to escalate in its place. */
  private boolean mayRefuse(Target target) {
    return !(target instanceof Target.To(String name)
        && machine.state(name) instanceof State.Final
        && machine.properties().stream()
            .noneMatch(it -> it instanceof Property.Before before && before.then().equals(name)));
  }

  private void over(State state, Set<Target> targets) {
    for (var over : List.of(state.frame().over(), machine.anywhere().over())) {
      targets.addAll(over.byReason().values());
      if (over.otherwise() != null) {
        targets.add(over.otherwise());
      }
    }
  }

  /** The states that {@code back} from one continues: those left for it, past choices. */
  private Set<String> left(String state, Map<String, Set<String>> before) {
    Set<String> found = new LinkedHashSet<>();
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(state));
    while (!open.isEmpty()) {
      for (String from : before.getOrDefault(open.pop(), Set.of())) {
        if (!(machine.state(from) instanceof State.Choice)) {
          found.add(from);
        } else if (seen.add(from)) {
          open.push(from);
        }
      }
    }
    return found;
  }

  /** Of each state, those that lead there. */
  private Map<String, Set<String>> before() {
    Map<String, Set<String>> before = new HashMap<>();
    next.forEach((from, targets) ->
        targets.forEach(to -> before.computeIfAbsent(to, it -> new LinkedHashSet<>()).add(from)));
    return before;
  }

  // ---- cycles

  /** Two passes without recursion: a machine may have thousands of states in a row. */
  private void group() {
    Map<String, Set<String>> before = before();
    List<String> finished = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    next.keySet().forEach(state -> finished.addAll(through(state, this::next, seen)));
    seen.clear();
    for (String state : finished.reversed()) {
      List<String> group = through(state, it -> before.getOrDefault(it, Set.of()), seen);
      if (!group.isEmpty()) {
        groups.addFirst(group);
        if (group.size() > 1 || next(state).contains(state)) {
          cyclic.addAll(group);
        }
      }
    }
  }

  /** What is reached from a state and was not seen before, each behind what it leads to. */
  private static List<String> through(
      String from, Function<String, Set<String>> next, Set<String> seen) {
    record Step(String state, List<String> targets) {}
    List<String> finished = new ArrayList<>();
    Deque<Step> steps = new ArrayDeque<>();
    if (seen.add(from)) {
      steps.push(new Step(from, new ArrayList<>(next.apply(from))));
    }
    while (!steps.isEmpty()) {
      Step step = steps.peek();
      if (step.targets().isEmpty()) {
        finished.add(step.state());
        steps.pop();
      } else {
        String to = step.targets().removeLast();
        if (seen.add(to)) {
          steps.push(new Step(to, new ArrayList<>(next.apply(to))));
        }
      }
    }
    return finished;
  }

  private void reach() {
    reached.addAll(through(machine.initial(), this::next, new HashSet<>()));
  }

  // ---- visits

  private Bound entered(State state) {
    if (!reaches(state.name())) {
      return Bound.of(0, "no way leads there but an operator's");
    }
    if (!cyclic.contains(state.name())) {
      return Bound.of(1, "it is on no cycle");
    }
    if (machine.observes()) {
      return Bound.none("a machine that observes has no budgets");
    }
    @Nullable Decimal own = state.frame().budgets().limit(Budget.VISITS);
    return own != null
        ? Bound.of(own, Bound.budget(Budget.VISITS) + " of " + state.name())
        : Bound.limit(machine.budgets().limit(Budget.VISITS), Bound.budget(Budget.VISITS));
  }

  /** A state is not entered more often than others are left for it. */
  private boolean cameFrom() {
    Map<String, Set<String>> before = before();
    boolean better = false;
    for (String state : cyclic) {
      Set<String> from = before.getOrDefault(state, Set.of());
      BigDecimal sum = state.equals(machine.initial()) ? BigDecimal.ONE : BigDecimal.ZERO;
      boolean bounded = reaches(state);
      for (String each : from) {
        @Nullable Decimal most = visits(each).most();
        bounded &= most != null;
        sum = most == null ? sum : sum.add(most.value());
      }
      if (bounded) {
        Bound come = Bound.of(new Decimal(sum), "the visits of " + few(from));
        Bound tighter = visits(state).and(come);
        better |= !tighter.equals(visits(state));
        visits.put(state, tighter);
      }
    }
    return better;
  }

  // ---- whole runs

  /**
   * The most that a run takes, if each state takes no more than is said of it: on the worst way
   * through the machine.
   *
   * @param taken by a state in all of its visits
   */
  Bound worst(Function<String, Bound> taken) {
    Map<String, Way> ways = new HashMap<>();
    for (List<String> group : groups) { // those it leads to come first
      Way way = Way.NOTHING;
      for (String state : group) {
        for (String to : next(state)) {
          @Nullable Way further = ways.get(to); // of the group itself none is known yet
          way = further == null ? way : way.or(further);
        }
      }
      for (String state : group) {
        way = reaches(state) ? way.with(state, taken.apply(state)) : way;
      }
      for (String state : group) {
        ways.put(state, way);
      }
    }
    return Objects.requireNonNull(ways.get(machine.initial())).bound();
  }

  /**
   * The rest of a run.
   *
   * @param most null if nothing bounds it
   * @param first the state that takes some first, or null if none does
   * @param why what bounds it if that is the only one, or why nothing does
   * @param states how many take some
   * @param then the rest behind the first
   */
  private record Way(
      @Nullable BigDecimal most,
      @Nullable String first,
      String why,
      int states,
      @Nullable Way then) {
    static final Way NOTHING = new Way(BigDecimal.ZERO, null, "", 0, null);

    Way or(Way other) {
      if (most == null || other.most == null) {
        return most == null ? this : other;
      }
      return other.most.compareTo(most) > 0 ? other : this;
    }

    Way with(String state, Bound bound) {
      if (most == null || bound.isZero()) {
        return this;
      }
      @Nullable BigDecimal sum = bound.most() == null ? null : most.add(bound.most().value());
      return new Way(sum, state, bound.by(), states + 1, this);
    }

    Bound bound() {
      if (most == null) {
        return Bound.none(why);
      }
      if (states < 2) {
        return Bound.of(new Decimal(most), states == 0 ? "nothing takes any" : why);
      }
      List<String> names = new ArrayList<>();
      for (Way way = this; way != null && way.first != null && names.size() < FEW; way = way.then) {
        names.add(way.first);
      }
      return Bound.of(new Decimal(most), "that of " + few(names, states));
    }
  }

  /** Some names, and how many more. */
  static String few(Collection<String> names) {
    return few(names.stream().limit(FEW).toList(), names.size());
  }

  private static String few(List<String> some, int of) {
    int more = of - some.size();
    return String.join(" + ", some) + (more > 0 ? " + %d more".formatted(more) : "");
  }
}
