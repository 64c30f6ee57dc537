package dev.interlock.core.counterexample;

import dev.interlock.core.counterexample.Route.Leg;
import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a run against a property: along a route, from where it got furthest first; or
 * anywhere, the shortest first.
 */
final class Hunt {
  /** The most decisions. */
  private static final int MAX_DECISIONS = 2_000;

  /** The most steps that spend one budget. */
  private static final int MAX_SPENDING = 500;

  private static final String INSTANCE = "counterexample";

  private final Machine machine;
  private final Property property;
  private final boolean stops;
  private final List<Leg> legs;
  private final boolean anywhere;
  private final Acts acts;
  private final Suggested suggested;
  private final Set<Alike> known = new HashSet<>();
  private final PriorityQueue<Spot> open =
      new PriorityQueue<>(
          Comparator.comparingLong(Spot::promise).reversed().thenComparingInt(Spot::number));
  private final Machine without;
  private @Nullable Spot found;
  private int decided;

  /**
   * Where a run is.
   *
   * @param entry that led there; null at the beginning
   * @param leg where on the route; -1 before it, and where it was left
   * @param made how many of the calls of the leg were made
   * @param promise the higher, the sooner it is looked at
   */
  private record Spot(
      @Nullable Spot before,
      @Nullable Entry entry,
      Instance instance,
      int leg,
      int made,
      long promise,
      int number) {
    Instant now() {
      return entry == null ? Counterexample.START : entry.at();
    }
  }

  /** What two have in common that go on alike. */
  private record Alike(
      int leg,
      int made,
      long visit,
      Map<String, Object> facts,
      List<String> returned,
      List<Object> waits,
      boolean asked,
      int kept) {
    static Alike of(Spot spot) {
      Instance it = spot.instance();
      List<Object> waits = new ArrayList<>();
      it.liveCalls().forEach(call -> waits.addAll(List.of(call.tool(), call.args(), call.stage())));
      it.parked().forEach(parked -> waits.add(parked.asks()));
      if (it.approval() != null) {
        waits.add(it.approval().given());
      }
      return new Alike(
          spot.leg(),
          spot.made(),
          it.visit().number(),
          it.facts(),
          it.returned(),
          waits,
          it.turn() != null && it.turn().open(),
          it.typed().size() + it.inbox().messages().size() + it.inbox().events().size());
    }
  }

  /** One that is bound to a route, or only takes its values. */
  Hunt(Machine machine, Property property, Route route, boolean anywhere) {
    this.machine = machine;
    this.property = property;
    this.stops = Counterexample.stops(machine, property);
    this.without = machine.without(property);
    this.anywhere = anywhere;
    this.legs = anywhere ? eachState(route) : route.legs();
    this.suggested = new Suggested(machine, route);
    this.acts = new Acts(machine, suggested);
  }

  /** One leg for each state, in which all may be. */
  private List<Leg> eachState(Route route) {
    List<Leg> each = new ArrayList<>();
    for (String state : machine.states().keySet()) {
      each.add(new Leg(state, List.of(), route.values(), null));
    }
    return each;
  }

  Optional<Counterexample> run() {
    Spot unborn = new Spot(null, null, Instance.unborn(INSTANCE), -1, 0, 0, 0);
    acts.starts(legs.get(Math.max(0, next(-1, machine.initial())))).forEach(start -> take(unborn, start));
    while (found == null && !open.isEmpty() && decided < MAX_DECISIONS) {
      Spot spot = open.remove();
      Leg leg = legs.get(spot.leg());
      acts.of(spot.instance(), spot.now(), leg).forEach(act -> take(spot, act));
      if (leg.over() != null && spot.made() >= leg.calls().size()) {
        spend(spot, leg);
      }
    }
    return Optional.ofNullable(found)
        .map(it -> new Counterexample(property, stops, entries(answered(it))));
  }

  /** Where the calls that are out have come to something. */
  private Spot answered(Spot from) {
    Spot spot = from;
    while (spot.instance().liveCalls().anyMatch(call -> call.stage() == Call.Stage.DISPATCHED)) {
      Leg leg = legs.get(Math.max(spot.leg(), 0));
      @Nullable Spot next = step(spot, acts.of(spot.instance(), spot.now(), leg).getFirst());
      if (next == null) {
        return spot;
      }
      spot = next;
    }
    return spot;
  }

  /** Takes a step, if it may lead along. */
  private void take(Spot spot, Occurrence act) {
    if (found == null) {
      @Nullable Spot next = step(spot, act);
      if (next != null) {
        offer(next);
      }
    }
  }

  private void offer(Spot spot) {
    if (isAgainst(spot)) {
      found = spot;
    } else if (spot.leg() >= 0 && spot.instance().end() == null && known.add(Alike.of(spot))) {
      open.add(spot);
    }
  }

  /** Does the same again and again, until it leads on. */
  private void spend(Spot from, Leg leg) {
    @Nullable Spot spot = from;
    for (int i = 0; i < MAX_SPENDING && spot != null && found == null; i++) {
      if (spot.leg() != from.leg()) {
        offer(spot);
        return;
      }
      @Nullable Occurrence next = acts.spending(spot.instance(), spot.now(), leg);
      spot = next == null ? null : step(spot, next);
    }
  }

  /** Where it leads; null if it is not taken, or leads elsewhere. */
  private @Nullable Spot step(Spot spot, Occurrence act) {
    decided++;
    Instance it = spot.instance();
    if (!(Decide.decide(machine, it, act) instanceof Decision.Accepted accepted)) {
      return null;
    }
    int leg = spot.leg();
    int made = spot.made();
    boolean astray = false;
    for (Outcome outcome : accepted.outcomes()) {
      if (outcome instanceof Outcome.Entered entered) {
        leg = astray ? -1 : next(leg, entered.state());
        made = 0;
        astray = leg < 0;
      } else if (leg >= 0 && isNext(legs.get(leg), made, settled(it, outcome))) {
        made++;
      }
    }
    Entry entry = Entry.next(it, act, accepted.outcomes());
    Instance after = Evolve.evolve(it, entry);
    long along =
        anywhere || leg < 0
            ? 0
            : 1_000L * leg + 50L * made + 3 * suggested.right(after, legs.get(leg));
    long promise = along - after.seq();
    return new Spot(spot, entry, after, leg, made, promise, decided);
  }

  /** Which leg begins where a state is entered; -1 if none does. */
  private int next(int leg, String state) {
    for (int i = anywhere ? 0 : leg + 1; i < (anywhere ? legs.size() : leg + 2); i++) {
      if (i < legs.size() && legs.get(i).state().equals(state)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean isNext(Leg leg, int made, String tool) {
    return made < leg.calls().size() && leg.calls().get(made).equals(tool);
  }

  /** The tool whose call has come to something; empty if none has. */
  private static String settled(Instance it, Outcome outcome) {
    int number =
        switch (outcome) {
          case Outcome.CallReturned returned -> returned.call();
          case Outcome.CallFailed failed -> failed.call();
          case Outcome.CallUnknown unknown -> unknown.call();
          default -> 0;
        };
    return number == 0
        ? ""
        : it.liveCalls()
            .filter(call -> call.number() == number)
            .map(Call::tool)
            .findFirst()
            .orElse("");
  }

  private static List<Entry> entries(Spot last) {
    Deque<Entry> entries = new ArrayDeque<>();
    for (@Nullable Spot spot = last; spot != null && spot.entry() != null; spot = spot.before()) {
      entries.addFirst(spot.entry());
    }
    return List.copyOf(entries);
  }

  // ---- what is against the property

  private boolean isAgainst(Spot spot) {
    List<Outcome> outcomes = spot.entry() == null ? List.of() : spot.entry().outcomes();
    if (stops) {
      return spot.before() != null
          && spot.entry() != null
          && outcomes.stream().anyMatch(this::mayBeHeldBack)
          && isBroken(notStopped(spot.before(), spot.entry().occurrence()));
    }
    if (property instanceof Property.Eventually eventually) {
      Instance it = spot.instance();
      return machine.state(it.state()).endsOrEscalates()
          && eventually.states().stream().noneMatch(it.visits()::containsKey);
    }
    return outcomes.stream().anyMatch(Hunt::matters) && isBroken(entries(spot));
  }

  private boolean isBroken(List<Entry> entries) {
    List<Property> broken = new ArrayList<>();
    PropertyJudge judge = new PropertyJudge(machine, (it, how) -> broken.add(it));
    entries.forEach(judge::step);
    return broken.contains(property);
  }

  private boolean mayBeHeldBack(Outcome outcome) {
    return outcome instanceof Outcome.Escalation
        || (outcome instanceof Outcome.CallRefused refused
            && refused.refusal().rule().equals(property.name()));
  }

  /** The same run, if the property had not stopped its last step, and people said yes to it. */
  private List<Entry> notStopped(Spot before, Occurrence last) {
    List<Entry> entries = new ArrayList<>(entries(before));
    Instance it = before.instance();
    @Nullable Occurrence act = last;
    while (act != null
        && Decide.decide(without, it, act) instanceof Decision.Accepted accepted) {
      Entry entry = Entry.next(it, act, accepted.outcomes());
      entries.add(entry);
      it = Evolve.evolve(it, entry);
      act = acts.allowed(it, before.now());
    }
    return entries;
  }

  private static boolean matters(Outcome outcome) {
    return outcome instanceof Outcome.Entered
        || outcome instanceof Outcome.CallDispatched
        || outcome instanceof Outcome.CallReturned
        || outcome instanceof Outcome.UnknownSettled;
  }
}
