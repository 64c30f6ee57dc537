package dev.interlock.testkit.brute;

import dev.interlock.core.counterexample.RunsAgainst;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Transition;
import dev.interlock.testkit.brute.Spied.Seen;
import dev.interlock.testkit.brute.Spied.Truth;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What was met on all runs of a machine. */
public final class Met {
  private final Machine machine;
  private final Set<String> states = new TreeSet<>();
  private final Map<String, Set<Set<String>>> rested = new HashMap<>();
  private final Map<String, Set<Set<String>>> passed = new HashMap<>();
  private final Map<String, Set<String>> calls = new HashMap<>();
  private final Set<Moved> moves = new LinkedHashSet<>();
  private final IdentityHashMap<Object, Set<Truth>> truths = new IdentityHashMap<>();
  private final Set<String> noCase = new TreeSet<>();
  private final List<List<Edge>> edges = new ArrayList<>();
  private final List<String> at = new ArrayList<>();
  private final Map<String, BitSet> after = new HashMap<>();
  private final List<Edge> starts = new ArrayList<>();
  private boolean whole;
  private int instances;
  private long decided;

  /**
   * A way that was taken from a state to another.
   *
   * @param cause what for: {@code transition}, ...
   * @param byOperator whether by what only an operator does
   */
  public record Moved(String from, String to, String cause, boolean byOperator) {}

  /**
   * A call that went out.
   *
   * @param asked whether somebody had to say yes to just this call, and has
   */
  public record Sent(String state, String tool, boolean asked) {}

  /**
   * One step of some run.
   *
   * @param to the number of the instance after it; -1 if it has ended
   * @param spent the budget that is spent; empty if none is
   * @param operator whether only an operator does that
   * @param yes the role that said yes; empty if none did
   * @param entered the states that were entered
   * @param happened what properties may be about
   * @param broken the properties that would have been broken, had they not stood in its way
   */
  record Edge(
      int from,
      int to,
      Occurrence occurrence,
      String spent,
      boolean operator,
      boolean model,
      String yes,
      List<Moved> entered,
      List<Sent> sent,
      RunsAgainst.Step happened,
      Set<Property> broken) {
    /** Whether neither time nor events nor operators nor a spent budget have a say in it. */
    boolean plain() {
      return !operator
          && spent.isEmpty()
          && !(occurrence instanceof Occurrence.EventSent)
          && !(occurrence instanceof Occurrence.TimerFired);
    }
  }

  /** What a decision says, folded. */
  record Taken(
      int at,
      Instance before,
      Instance after,
      List<Outcome> outcomes,
      Occurrence occurrence,
      String spent,
      boolean operator,
      List<Moved> entered,
      List<Sent> sent,
      Set<Property> broken) {}

  Met(Machine machine) {
    this.machine = machine;
  }

  // ---- told by the walk

  Taken taken(
      int at,
      Instance before,
      Occurrence occurrence,
      String spent,
      List<Outcome> outcomes,
      List<Seen> seen) {
    List<Moved> entered = new ArrayList<>();
    List<Sent> sent = new ArrayList<>();
    Set<Integer> released = new HashSet<>();
    Set<Property> broken = new HashSet<>();
    boolean operator =
        occurrence instanceof Occurrence.Resumed
            || (occurrence instanceof Occurrence.EventSent event && event.from().operator());
    Instance it = before;
    @Nullable Escalated reason = null;
    for (Outcome outcome : outcomes) {
      Instance last = it;
      it = Evolve.evolve(it, outcome, Brute.NOW);
      switch (outcome) {
        case Outcome.Entered in -> {
          Moved moved = new Moved(last.state(), in.state(), in.cause(), operator);
          entered.add(moved);
          states.add(in.state());
          moves.add(moved);
          if (reason != null && in.state().equals(Machine.BUILT_IN_ESCALATION.name())) {
            passedOver(last, reason, broken);
          }
          reason = null;
        }
        case Outcome.Escalation(Escalated escalated) -> {
          reason = escalated;
          if (escalated.reason() == Reason.PROPERTY) {
            machine.properties().stream()
                .filter(it2 -> it2.name().equals(escalated.name()))
                .filter(Property.Before.class::isInstance)
                .forEach(it2 -> unheld(last, ((Property.Before) it2).then(), broken));
          }
        }
        case Outcome.Ruled ruled when ruled.verdict() == Outcome.Verdict.REFUSES ->
            machine.properties().stream()
                .filter(it2 -> it2.name().equals(ruled.rule()))
                .filter(Property.Before.class::isInstance)
                .forEach(it2 -> unheld(last, ((Property.Before) it2).then(), broken));
        case Outcome.ParkedReleased(int number) -> released.add(number);
        case Outcome.CallDispatched out -> {
          Call call =
              it.liveCalls().filter(c -> c.number() == out.call()).findFirst().orElseThrow();
          sent.add(new Sent(last.state(), call.tool(), released.contains(out.call())));
          calls.computeIfAbsent(last.state(), s -> new TreeSet<>()).add(call.tool());
        }
        default -> {}
      }
      boolean changed = !it.facts().equals(last.facts()) || !it.state().equals(last.state());
      if (changed && !it.state().isEmpty()) {
        passed.computeIfAbsent(it.state(), s -> new HashSet<>()).add(filled(it));
      }
    }
    seen(seen);
    return new Taken(at, before, it, outcomes, occurrence, spent, operator, entered, sent, broken);
  }

  private void unheld(Instance it, String then, Set<Property> broken) {
    for (Property property : machine.properties()) {
      if (property instanceof Property.Before before
          && before.then().equals(then)
          && !it.returned().contains(before.first())
          && !it.visits().containsKey(before.first())) {
        broken.add(property);
      }
    }
  }

  /** Where a reason would have led if a property had not kept it from there. */
  private void passedOver(Instance it, Escalated escalated, Set<Property> broken) {
    State state = machine.state(it.state());
    for (@Nullable Target target :
        new Target[] {
          state.frame().over().of(escalated.reason()),
          machine.anywhere().over().of(escalated.reason())
        }) {
      if (target instanceof Target.To(String name)) {
        unheld(it, name, broken);
      }
    }
  }

  private void seen(List<Seen> seen) {
    for (Seen each : seen) {
      truths.computeIfAbsent(each.of(), o -> EnumSet.noneOf(Truth.class)).add(each.truth());
    }
    for (State state : machine.states().values()) {
      List<Transition> ways = World.ways(state);
      if (state instanceof State.Agent agent && agent.otherwise() == null && !ways.isEmpty()) {
        for (int i = 0; i + ways.size() <= seen.size(); i++) {
          boolean all = true;
          for (int j = 0; j < ways.size(); j++) {
            Seen one = seen.get(i + j);
            all &= isSame(one.of(), ways.get(j)) && one.truth() == Truth.FALSE;
          }
          if (all) {
            noCase.add(state.name());
          }
        }
      }
    }
  }

  /** Whether it is that very way: another state may have one that says the same. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(Object one, Transition way) {
    return one == way;
  }

  void rests(Instance it) {
    edges.add(new ArrayList<>());
    at.add(it.state());
    boolean calling = it.turn() != null && machine.state(it.state()) instanceof State.Call;
    if (!calling) { // what one of its calls brought meanwhile nothing looks at
      rested.computeIfAbsent(it.state(), s -> new HashSet<>()).add(filled(it));
    }
  }

  void ended(Instance it) {
    rested.computeIfAbsent(it.state(), s -> new HashSet<>()).add(filled(it));
  }

  void edge(int from, int to, Taken taken) {
    String yes = "";
    if (taken.occurrence() instanceof Occurrence.Answered answer
        && !State.Approval.NO.contains(answer.answer())) {
      yes = answer.from().has("boss") ? "boss" : Rule.Ask.USER;
    }
    Edge edge =
        new Edge(
            from,
            to,
            taken.occurrence(),
            taken.spent(),
            taken.operator(),
            taken.occurrence() instanceof Occurrence.QuestionReplied,
            yes,
            List.copyOf(taken.entered()),
            List.copyOf(taken.sent()),
            RunsAgainst.step(machine, taken.before(), taken.outcomes(), Brute.NOW),
            Set.copyOf(taken.broken()));
    (from < 0 ? starts : edges.get(from)).add(edge);
  }

  /** What an operator would have broken by resuming is rejected at once. */
  void notResumed(int at, Instance it, Occurrence.Resumed resumed) {
    Set<Property> broken = new HashSet<>();
    unheld(it, resumed.state(), broken);
    edges
        .get(at)
        .add(
            new Edge(
                at,
                at,
                resumed,
                "",
                true,
                false,
                "",
                List.of(),
                List.of(),
                RunsAgainst.step(machine, it, List.of(), Brute.NOW),
                broken));
  }

  void done(boolean everything, int nodes, long decisions) {
    whole = everything;
    instances = nodes;
    decided = decisions;
  }

  private Set<String> filled(Instance it) {
    Set<String> filled = new TreeSet<>();
    it.facts()
        .forEach((name, value) -> {
          boolean empty =
              (value instanceof Collection<?> items && items.isEmpty())
                  || (value instanceof Map<?, ?> entries && entries.isEmpty());
          if (!empty) {
            filled.add(name);
          }
        });
    return filled;
  }

  /** The instances that are come to after a state was entered, of those known so far. */
  BitSet after(String state) {
    return after.computeIfAbsent(state, s -> computeAfter(s));
  }

  /** There are more instances. */
  void forget() {
    after.clear();
  }

  private BitSet computeAfter(String state) {
    BitSet reached = new BitSet();
    Deque<Integer> open = new ArrayDeque<>();
    starts.forEach(edge -> entering(edge, state, reached, open));
    edges.forEach(from -> from.forEach(edge -> entering(edge, state, reached, open)));
    while (!open.isEmpty()) {
      for (Edge edge : edges.get(open.removeFirst())) {
        if (edge.to() >= 0 && !reached.get(edge.to())) {
          reached.set(edge.to());
          open.add(edge.to());
        }
      }
    }
    return reached;
  }

  private static void entering(Edge edge, String state, BitSet reached, Deque<Integer> open) {
    boolean enters = edge.entered().stream().anyMatch(moved -> moved.to().equals(state));
    if (enters && edge.to() >= 0 && !reached.get(edge.to())) {
      reached.set(edge.to());
      open.add(edge.to());
    }
  }

  // ---- asked

  /** Whether all runs were walked. */
  public boolean whole() {
    return whole;
  }

  public int instances() {
    return instances;
  }

  public long decided() {
    return decided;
  }

  public Set<String> states() {
    return states;
  }

  /** The fields that were filled where an instance rested in a state, or ended. */
  public Set<Set<String>> rested(String state) {
    return rested.getOrDefault(state, Set.of());
  }

  /** The fields that were filled in a state at any moment. */
  public Set<Set<String>> passed(String state) {
    return passed.getOrDefault(state, Set.of());
  }

  public Set<String> calls(String state) {
    return calls.getOrDefault(state, Set.of());
  }

  public Set<Moved> moves() {
    return moves;
  }

  /** How a guard, or a rule's condition, came out. */
  public Set<Truth> truths(Object transitionOrRule) {
    return truths.getOrDefault(transitionOrRule, Set.of());
  }

  /** Whether all ways of a state were looked at in a row, and none was open. */
  public boolean noCase(String state) {
    return noCase.contains(state);
  }

  /**
   * Whether a run makes a call without the yes of a role since it left a state, or in it, no
   * operator doing anything.
   *
   * @param from where it begins
   * @param free in which states the call counts
   */
  public boolean isCalledRound(String from, String tool, String role, Predicate<String> free) {
    BitSet reached = new BitSet();
    Deque<Integer> open = new ArrayDeque<>();
    for (int i = -1; i < edges.size(); i++) {
      for (Edge edge : i < 0 ? starts : edges.get(i)) {
        boolean here = i >= 0 && at.get(i).equals(from);
        boolean leaves = edge.entered().stream().anyMatch(moved -> moved.from().equals(from));
        if ((here || leaves) && passable(edge, role)) {
          if (calls(edge, tool, free)) {
            return true;
          }
          reach(edge, reached, open);
        }
      }
    }
    while (!open.isEmpty()) {
      for (Edge edge : edges.get(open.removeFirst())) {
        if (passable(edge, role)) {
          if (calls(edge, tool, free)) {
            return true;
          }
          reach(edge, reached, open);
        }
      }
    }
    return false;
  }

  static boolean passable(Edge edge, String role) {
    return !edge.operator() && !edge.yes().equals(role);
  }

  static boolean calls(Edge edge, String tool, Predicate<String> free) {
    return edge.sent().stream().anyMatch(it -> it.tool().equals(tool) && free.test(it.state()));
  }

  private static void reach(Edge edge, BitSet reached, Deque<Integer> open) {
    if (edge.to() >= 0 && !reached.get(edge.to())) {
      reached.set(edge.to());
      open.add(edge.to());
    }
  }

  /**
   * How the model leads a run round a yes to a call that every route of another way passes.
   *
   * @param free in which states the call itself does not ask
   */
  public Optional<String> ledRound(String tool, String role, Predicate<String> free) {
    return new Rounds(this, tool, role, free).found();
  }

  List<Edge> starts() {
    return starts;
  }

  List<List<Edge>> edges() {
    return edges;
  }

  String state(int node) {
    return at.get(node);
  }

  boolean asks(String state, String role) {
    return machine.states().get(state) instanceof State.Approval approval
        && approval.role().equals(role);
  }

  /** Of a run that is against a property its last step; null if there is none. */
  public @Nullable String against(Property property, boolean operators) {
    return new Against(this, machine, operators).run(property);
  }
}
