package dev.interlock.core.check;

import dev.interlock.core.check.Explored.Edge;
import dev.interlock.core.contract.Contract;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What every route passes, as far as no operator leads it: on the way to a state, and from there to
 * a call. The routes are those of the exploration, state by state.
 */
final class Safeguards {
  private final Machine machine;
  private final Explored explored;
  private final Map<String, Set<String>> next = new HashMap<>();
  private final Map<String, Passed> before = new HashMap<>();
  private final Map<String, Map<String, @Nullable Set<Gate>>> ahead = new HashMap<>();

  /** The states in which a field may be filled anew. */
  private final Map<String, Set<String>> fills = new HashMap<>();

  /**
   * What stands behind whoever is in a state.
   *
   * @param asked who has said yes
   * @param seen what was shown to whom
   */
  record Passed(Set<Gate.Asked> asked, Set<Seen> seen) {
    private static final Passed NOTHING = new Passed(Set.of(), Set.of());

    Passed and(@Nullable Passed other) {
      return other == null ? this : new Passed(both(asked, other.asked), both(seen, other.seen));
    }

    /** The fields that were shown to somebody. */
    Set<String> shown() {
      Set<String> shown = new LinkedHashSet<>();
      seen.forEach(it -> shown.add(it.field()));
      return shown;
    }

    /** The fields that were shown to somebody who may excuse from a yes of that role. */
    Set<String> shownFor(String role) {
      Set<String> shown = new LinkedHashSet<>();
      seen.stream()
          .filter(it -> it.role().equals(role) || !it.role().equals(Rule.Ask.USER))
          .forEach(it -> shown.add(it.field()));
      return shown;
    }

    /** Whether somebody else than the caller has said yes. */
    boolean byOthers() {
      return asked.stream().anyMatch(it -> !it.role().equals(Rule.Ask.USER));
    }

    /** The roles that have said yes. */
    String roles() {
      return String.join(", ", asked.stream().map(Gate.Asked::role).distinct().sorted().toList());
    }

    private static <T> Set<T> both(Set<T> some, Set<T> others) {
      Set<T> both = new LinkedHashSet<>(some);
      both.retainAll(others);
      return both;
    }
  }

  /** A field that was shown to a role. */
  record Seen(String role, String field) {}

  Safeguards(Machine machine, Explored explored) {
    this.machine = machine;
    this.explored = explored;
    for (State state : machine.states().values()) {
      fills.put(state.name(), fills(state));
      for (Edge edge : explored.to(state.name())) {
        if (edge.cause() != Step.Cause.OPERATOR) {
          next.computeIfAbsent(edge.from(), f -> new LinkedHashSet<>()).add(edge.to());
        }
      }
    }
  }

  private Set<String> fills(State state) {
    Set<String> filled = new HashSet<>();
    if (state instanceof State.Agent agent) {
      filled.addAll(agent.record());
    }
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Tools source
          && (!source.once() || emptied(machine, field.name()))
          && source.from().stream().anyMatch(Contract.tools(state)::contains)) {
        filled.add(field.name());
      }
    }
    return filled;
  }

  /** Whether something empties a field, so that a result may fill it again. */
  static boolean emptied(Machine machine, String field) {
    return machine.tools().values().stream().anyMatch(tool -> tool.forgets().contains(field))
        || machine.states().values().stream().anyMatch(state -> clears(state).contains(field));
  }

  private static Set<String> clears(State state) {
    Set<String> cleared = new HashSet<>(state.frame().clears());
    InfluenceCheck.transitions(state).forEach(way -> cleared.addAll(way.clears()));
    if (state instanceof State.Approval approval) {
      approval.answers().values().forEach(answer -> cleared.addAll(answer.clears()));
    }
    return cleared;
  }

  // ---- on the way to a state

  /** What every route to a state has passed, though fields may have been filled anew since. */
  Passed behind(String state) {
    if (before.isEmpty()) {
      compute();
    }
    return before.getOrDefault(state, Passed.NOTHING);
  }

  /** What of that nothing fills anew between the last time that it was shown and a state. */
  Set<Seen> still(String state) {
    Set<Seen> still = new LinkedHashSet<>(behind(state).seen());
    still.removeIf(each -> filledSince(state, each).isPresent());
    return still;
  }

  /**
   * Where a field may be filled anew.
   *
   * @param ways how it goes on from there; if an event fills it, the first is its way
   */
  private record Refilled(String state, boolean byEvent, List<Edge> ways) {}

  private Optional<Refilled> filledSince(String state, Seen shown) {
    String field = shown.field();
    Map<String, List<Edge>> seen = new HashMap<>(Map.of(state, List.of()));
    List<String> open = new ArrayList<>(List.of(state));
    while (!open.isEmpty()) {
      String here = open.removeFirst();
      List<Edge> ways = Objects.requireNonNull(seen.get(here));
      if (fills.getOrDefault(here, Set.of()).contains(field)) {
        return Optional.of(new Refilled(here, false, ways));
      }
      for (Edge edge : explored.to(here)) {
        List<Edge> more = new ArrayList<>(List.of(edge));
        more.addAll(ways);
        if (edge.cause() == Step.Cause.EVENT && fills(edge, field)) {
          return Optional.of(new Refilled(edge.from(), true, more));
        }
        if (edge.cause() != Step.Cause.OPERATOR
            && !passes(edge).seen().contains(shown)
            && seen.putIfAbsent(edge.from(), more) == null) {
          open.add(edge.from());
        }
      }
    }
    return Optional.empty();
  }

  /** How a run comes to a state, and fills a field anew on the way that was shown before. */
  List<String> refilled(String state, Seen shown) {
    List<String> trace = new ArrayList<>();
    filledSince(state, shown)
        .ifPresent(refilled -> {
          trace.addAll(explored.trace(refilled.state()));
          if (!refilled.byEvent()) {
            trace.add(refilled.state() + ": " + filling(refilled.state(), shown.field()));
          }
          refilled.ways().forEach(way -> trace.add(way.to() + ": " + words(way)));
        });
    return trace;
  }

  private String words(Edge way) {
    State from = machine.state(way.from());
    return switch (way.cause()) {
      case YES, NO -> from instanceof State.Approval it ? it.role() + " answers" : "answered";
      case EVENT ->
          Stream.concat(
                  from.frame().on().entrySet().stream(),
                  machine.anywhere().on().entrySet().stream())
              .filter(on -> on.getValue().equals(new Target.To(way.to())))
              .map(on -> "event " + on.getKey())
              .findFirst()
              .orElse("event");
      case TIMER -> "after some time";
      case MADE -> "ok or failed";
      case OVER -> "over";
      case START, FACTS, TRANSITION, OTHERWISE, OPERATOR ->
          way.cause().name().toLowerCase(Locale.ROOT);
    };
  }

  private String filling(String state, String field) {
    return machine.field(field).from().stream()
        .filter(Contract.tools(machine.state(state))::contains)
        .findFirst()
        .orElse("record " + field);
  }

  /** Whether an event that leads from one state to another may fill a field. */
  private boolean fills(Edge edge, String field) {
    if (!(machine.field(field).source() instanceof Source.Event source) || edge.from().isEmpty()) {
      return false;
    }
    Target to = new Target.To(edge.to());
    State from = machine.state(edge.from());
    return source.from().stream()
        .anyMatch(event ->
            to.equals(from.frame().on().get(event))
                || to.equals(machine.anywhere().on().get(event)));
  }

  private void compute() {
    boolean more = true;
    while (more) { // what is passed only shrinks
      more = false;
      for (String state : machine.states().keySet()) {
        @Nullable Passed all = null;
        for (Edge edge : explored.to(state)) {
          @Nullable Passed there = edge.from().isEmpty() ? Passed.NOTHING : before.get(edge.from());
          if (edge.cause() != Step.Cause.OPERATOR && there != null) {
            all = plus(there, passes(edge)).and(all);
          }
        }
        if (all != null && !all.equals(before.get(state))) {
          before.put(state, all);
          more = true;
        }
      }
    }
  }

  private static Passed plus(Passed one, Passed other) {
    return new Passed(union(one.asked(), other.asked()), union(one.seen(), other.seen()));
  }

  private static <T> Set<T> union(Set<T> some, Set<T> others) {
    Set<T> all = new LinkedHashSet<>(some);
    all.addAll(others);
    return all;
  }

  private Passed passes(Edge edge) {
    if (edge.from().isEmpty()) {
      return Passed.NOTHING;
    }
    return switch (machine.state(edge.from())) {
      case State.Approval approval when edge.cause() == Step.Cause.YES ->
          new Passed(Set.of(Gate.Asked.of(approval)), seen(approval));
      default -> Passed.NOTHING;
    };
  }

  private static Set<Seen> seen(State.Approval approval) {
    Set<Seen> seen = new LinkedHashSet<>();
    approval.shows().forEach(field -> seen.add(new Seen(approval.role(), field)));
    return seen;
  }

  // ---- from a state to a call

  /** What stands before a call of a tool, by each state; null where no route leads to one. */
  Map<String, @Nullable Set<Gate>> ahead(String tool) {
    return ahead.computeIfAbsent(tool, this::computeAhead);
  }

  private Map<String, @Nullable Set<Gate>> computeAhead(String tool) {
    Map<String, @Nullable Set<Gate>> ahead = new HashMap<>();
    boolean more = true;
    while (more) {
      more = false;
      for (State state : List.copyOf(machine.states().values()).reversed()) {
        @Nullable Set<Gate> now = ahead(tool, state, ahead::get);
        if (now != null && !now.equals(ahead.get(state.name()))) {
          ahead.put(state.name(), now);
          more = true;
        }
      }
    }
    return ahead;
  }

  private @Nullable Set<Gate> ahead(
      String tool, State state, Function<String, @Nullable Set<Gate>> known) {
    @Nullable Set<Gate> all =
        explored.calls(state.name()).contains(tool) ? at(tool, state.name()) : null;
    for (String to : next.getOrDefault(state.name(), Set.of())) {
      for (Edge edge : explored.to(to)) {
        if (edge.from().equals(state.name()) && edge.cause() != Step.Cause.OPERATOR) {
          @Nullable Set<Gate> there = known.apply(to);
          if (there != null) {
            Set<Gate> with = new LinkedHashSet<>(there);
            with.addAll(passes(edge).asked());
            if (all == null) {
              all = with;
            } else {
              all.retainAll(with);
            }
          }
        }
      }
    }
    return all;
  }

  /** What stands before a call in a state itself. */
  Set<Gate> at(String tool, String state) {
    Set<Gate> gates = new LinkedHashSet<>();
    for (Rule rule : machine.rules()) {
      if (rule.appliesTo(tool, state)) {
        if (rule.ask() != null) {
          gates.add(Gate.Asked.of(rule.ask()));
        }
        if (rule.when() != null) {
          gates.add(new Gate.When(rule));
        }
      }
    }
    return gates;
  }

  /** Whether a tool may be called once more after a call: there, or further on. */
  boolean again(Write write) {
    return write.state() instanceof State.Agent
        || next.getOrDefault(write.state().name(), Set.of()).stream()
            .flatMap(to -> from(to).stream())
            .anyMatch(state -> explored.calls(state).contains(write.tool().name()));
  }

  /** The states that a route leads to from one, itself among them. */
  Set<String> from(String state) {
    Set<String> seen = new LinkedHashSet<>();
    List<String> open = new ArrayList<>(List.of(state));
    while (!open.isEmpty()) {
      String here = open.removeLast();
      if (seen.add(here)) {
        open.addAll(next.getOrDefault(here, Set.of()));
      }
    }
    return seen;
  }
}
