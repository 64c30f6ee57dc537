package dev.interlock.core.counterexample;

import dev.interlock.core.counterexample.Acts.Moment;
import dev.interlock.core.counterexample.Route.Leg;
import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a run against a property: along a route, from where it got furthest first; or anywhere,
 * the shortest first.
 */
final class Hunt {
  /** The most steps that spend one budget. */
  private static final int MAX_SPENDING = 500;

  /** What a state that is entered is worth, a call that is made, and a field that is filled. */
  private static final long ENTERED = 20;

  private static final long CALLED = 50;
  private static final long FILLED = 3;

  private static final String INSTANCE = "counterexample";

  private final Machine machine;
  private final Property property;
  private final boolean stops;
  private final List<Leg> legs;
  private final boolean anywhere;
  private final Acts acts;
  private final Suggested suggested;
  private final Set<Alike> known = new HashSet<>();
  private final PriorityQueue<Open> open = new PriorityQueue<>();
  private final Machine without;
  private @Nullable Spot found;
  private int decided;

  /**
   * Where a run is.
   *
   * @param entry that led there; null at the beginning
   * @param leg where on the route; -1 before it, and where it was left
   * @param made which of the calls of the leg were made, a bit each
   * @param earned of the promise, by what was done on the legs before
   * @param promise the higher, the sooner it is looked at
   */
  private record Spot(
      @Nullable Spot before,
      @Nullable Entry entry,
      Instance instance,
      int leg,
      long made,
      long earned,
      long promise,
      int number) {
    Instant now() {
      return entry == null ? Counterexample.START : entry.at();
    }
  }

  /** Where a run is, and what was not tried there yet. */
  private record Open(Spot spot, Iterator<Occurrence> acts) implements Comparable<Open> {
    @Override
    public int compareTo(Open other) {
      int byPromise = Long.compare(other.spot.promise(), spot.promise());
      return byPromise != 0 ? byPromise : Integer.compare(spot.number(), other.spot.number());
    }
  }

  /** What two have in common that go on alike. */
  private record Alike(
      int leg,
      long made,
      long visit,
      Map<String, Object> facts,
      List<String> returned,
      List<Object> waits,
      boolean asked,
      @Nullable Escalated escalated,
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
          it.escalated(),
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

  Optional<Counterexample> run(Counterexample.Patience patience) {
    int most = patience.share();
    Spot unborn = new Spot(null, null, Instance.unborn(INSTANCE), -1, 0, 0, 0, 0);
    for (Occurrence start : acts.starts(legs.get(Math.max(0, next(-1, machine.initial()))))) {
      var unused = take(unborn, start);
    }
    while (found == null && !open.isEmpty() && decided < most) {
      goOn(open.remove());
    }
    patience.spend(decided);
    return Optional.ofNullable(found)
        .map(it -> new Counterexample(property, stops, entries(answered(it))));
  }

  /** Tries one thing after the other, until one gets further. */
  private void goOn(Open from) {
    Spot spot = from.spot();
    while (found == null && from.acts().hasNext()) {
      if (take(spot, from.acts().next()) > spot.promise()) {
        open.add(from);
        return;
      }
    }
    if (legs.get(spot.leg()).over() != null) {
      spend(spot);
    }
  }

  /** What may be done somewhere. */
  private List<Occurrence> acts(Spot spot) {
    List<String> ahead = ahead(leg(spot), spot.made());
    return acts.of(new Moment(spot.instance(), spot.now(), leg(spot), anywhere ? null : ahead));
  }

  /** The leg on which a run is, or the first where it has left the route. */
  private Leg leg(Spot spot) {
    return legs.get(Math.max(spot.leg(), 0));
  }

  /** The tools of a leg, those first that were not called yet. */
  private static List<String> ahead(Leg leg, long made) {
    List<String> ahead = new ArrayList<>();
    for (boolean done : new boolean[] {false, true}) {
      for (int i = 0; i < leg.calls().size(); i++) {
        String tool = leg.calls().get(i);
        if ((made & bit(i)) != 0 == done && !ahead.contains(tool)) {
          ahead.add(tool);
        }
      }
    }
    return ahead;
  }

  private static long bit(int call) {
    return call < Long.SIZE ? 1L << call : 0;
  }

  /** Where the calls that are out have come to something. */
  private Spot answered(Spot from) {
    Spot spot = from;
    while (spot.instance().liveCalls().anyMatch(call -> call.stage() == Call.Stage.DISPATCHED)) {
      @Nullable Spot next = step(spot, acts(spot).getFirst());
      if (next == null) {
        return spot;
      }
      spot = next;
    }
    return spot;
  }

  /** Takes a step; what that promises, if it is new and leads along. */
  private long take(Spot spot, Occurrence act) {
    @Nullable Spot next = step(spot, act);
    return next == null ? Long.MIN_VALUE : offer(next);
  }

  private long offer(Spot spot) {
    if (isAgainst(spot)) {
      found = spot;
    } else if (spot.leg() >= 0 && spot.instance().end() == null && known.add(Alike.of(spot))) {
      open.add(new Open(spot, acts(spot).iterator()));
      return spot.promise();
    }
    return Long.MIN_VALUE;
  }

  /** Does the same again and again, until it leads on. */
  private void spend(Spot from) {
    Leg leg = legs.get(from.leg());
    @Nullable Spot spot = from;
    for (int i = 0; i < MAX_SPENDING && spot != null && found == null; i++) {
      if (spot.leg() != from.leg()) {
        var unused = offer(spot);
        return;
      }
      @Nullable Occurrence next = acts.spending(new Moment(spot.instance(), spot.now(), leg, null));
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
    long made = spot.made();
    long earned = spot.earned();
    boolean astray = false;
    Map<Integer, String> tools = new HashMap<>();
    it.liveCalls().forEach(call -> tools.put(call.number(), call.tool()));
    for (Outcome outcome : accepted.outcomes()) {
      if (outcome instanceof Outcome.Entered entered) {
        earned += ENTERED + earned(leg, made, it);
        leg = astray ? -1 : next(leg, entered.state());
        made = 0;
        astray = leg < 0;
      } else if (outcome instanceof Outcome.CallProposed proposed) {
        tools.put(proposed.call(), proposed.tool());
      } else if (leg >= 0 && outcome instanceof Outcome.CallDispatched sent) {
        made |= bit(next(legs.get(leg), made, tools.getOrDefault(sent.call(), "")));
      }
    }
    Entry entry = Entry.next(it, act, accepted.outcomes());
    Instance after = Evolve.evolve(it, entry);
    long promise = (anywhere ? 0 : earned + earned(leg, made, after)) - after.seq();
    return new Spot(spot, entry, after, leg, made, earned, promise, decided);
  }

  /** What was done on a leg counts, so that it is not left before all is. */
  private long earned(int leg, long made, Instance it) {
    return leg < 0 ? 0 : CALLED * Long.bitCount(made) + FILLED * suggested.right(it, legs.get(leg));
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

  /** Which of the calls of a leg that one is, of those that were not made; none is beyond all. */
  private static int next(Leg leg, long made, String tool) {
    int i = 0;
    while (i < leg.calls().size() && ((made & bit(i)) != 0 || !leg.calls().get(i).equals(tool))) {
      i++;
    }
    return i < leg.calls().size() ? i : Long.SIZE;
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
      boolean goesOn =
          it.unknown().isEmpty()
              && it.timers().values().stream().anyMatch(timer -> timer.kind() == Timer.Kind.AFTER);
      return machine.state(it.state()).endsOrEscalates()
          && !goesOn
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
    while (act != null && Decide.decide(without, it, act) instanceof Decision.Accepted accepted) {
      Entry entry = Entry.next(it, act, accepted.outcomes());
      entries.add(entry);
      it = Evolve.evolve(it, entry);
      act = Acts.allowed(new Moment(it, before.now(), leg(before), null));
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
