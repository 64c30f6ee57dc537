package dev.interlock.core.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.testkit.walk.Generated;
import dev.interlock.testkit.walk.Trail;
import dev.interlock.testkit.walk.Walk;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No walk takes more than {@link Bounds} says, until an operator resumes it or sends an event.
 * {@code -Dinterlock.check.machines=N} draws more machines.
 */
class BoundsWalkTest {
  private static final long MACHINES = Long.getLong("interlock.check.machines", 300L);
  private static final int WALKS = 4;

  /**
   * How often a walk took exactly what it may, by what: bounds that nothing reaches show little.
   */
  private final Map<String, Integer> reached = new TreeMap<>();

  private int timed;

  @Test
  void noWalkTakesMoreThanIsSaid() {
    for (long seed : seeds()) {
      Generated generated = Generated.of(seed);
      Bounds bounds = Bounds.of(generated.machine());
      for (int i = 0; i < WALKS; i++) {
        new Follower(generated, bounds, Walk.over(generated.machine(), seed * WALKS + i)).follow();
      }
    }
    if (Long.getLong("interlock.walk.machine") == null) {
      assertThat(reached.keySet())
          .as("%s", reached)
          .contains("turns", "calls", "happened", "visits of a state", "turns of a state");
      assertThat(timed).as("visits that a timer must end").isGreaterThan(1_000);
    }
  }

  private static long[] seeds() {
    Long one = Long.getLong("interlock.walk.machine");
    return one != null ? new long[] {one} : LongStream.range(0, MACHINES).toArray();
  }

  /** Counts what one walk takes. */
  private final class Follower {
    private final Generated generated;
    private final Machine machine;
    private final Bounds bounds;
    private final Trail trail;
    private final Map<String, Long> taken = new HashMap<>();
    private final Map<Integer, String> tools = new HashMap<>();
    private final Map<Integer, String> sent = new HashMap<>();
    private final Set<Integer> undone = new HashSet<>();
    private Instance instance = Instance.unborn("walk");
    private Instant entered = Instant.EPOCH;

    Follower(Generated generated, Bounds bounds, Trail trail) {
      this.generated = generated;
      this.machine = generated.machine();
      this.bounds = bounds;
      this.trail = trail;
    }

    void follow() {
      for (Entry entry : trail.journal()) {
        if (byOperator(entry.occurrence())) {
          break;
        }
        for (Outcome outcome : entry.outcomes()) {
          String state = instance.state();
          instance = Evolve.evolve(instance, outcome, entry.at());
          count(outcome, state, entry);
        }
        holds(entry);
      }
    }

    private boolean byOperator(Occurrence occurrence) {
      return occurrence instanceof Occurrence.Resumed
          || (occurrence instanceof Occurrence.EventSent event && event.from().operator());
    }

    private void count(Outcome outcome, String state, Entry entry) {
      switch (outcome) {
        case Outcome.Entered into -> {
          entered = entry.at();
          more("visits " + into.state());
        }
        case Outcome.Asked asked -> more("turns " + state);
        case Outcome.CallProposed proposed -> tools.put(proposed.call(), proposed.tool());
        case Outcome.CallDispatched call -> {
          sent.put(call.call(), state);
          more("calls " + state);
          more("tool " + tool(call.call()));
        }
        case Outcome.CallFailed call -> undone.add(call.call());
        case Outcome.UnknownSettled call -> {
          if (!call.happened()) {
            undone.add(call.call());
          }
        }
        default -> {}
      }
    }

    private void more(String what) {
      taken.merge(what, 1L, Long::sum);
    }

    private long taken(String what) {
      return taken.getOrDefault(what, 0L);
    }

    private long all(String what) {
      return taken.entrySet().stream()
          .filter(it -> it.getKey().startsWith(what + " "))
          .mapToLong(Map.Entry::getValue)
          .sum();
    }

    private Stream<Map.Entry<Integer, String>> happened() {
      return sent.entrySet().stream().filter(it -> !undone.contains(it.getKey()));
    }

    private String tool(int call) {
      return Objects.requireNonNull(tools.get(call));
    }

    private boolean writes(int call) {
      return machine.tool(tool(call)).effect() != EffectClass.READ;
    }

    private void holds(Entry entry) {
      for (Bounds.OfState of : bounds.states()) {
        String name = of.state();
        within("visits of a state", taken("visits " + name), of.visits(), entry);
        within("turns of a state", taken("turns " + name), of.turns(), entry);
        within("calls of a state", taken("calls " + name), of.calls(), entry);
        long writes =
            happened().filter(it -> it.getValue().equals(name) && writes(it.getKey())).count();
        within("writes of a state", writes, of.writes(), entry);
        if (instance.state().equals(name)) {
          inTime(of, entry);
        }
      }
      for (Bounds.OfTool of : bounds.tools()) {
        within("calls of a tool", taken("tool " + of.tool()), of.calls(), entry);
        long happened = happened().filter(it -> tool(it.getKey()).equals(of.tool())).count();
        within("happened", happened, of.happened(), entry);
      }
      within("turns", all("turns"), bounds.total().turns(), entry);
      within("calls", all("calls"), bounds.total().calls(), entry);
      within(
          "writes",
          happened().filter(it -> writes(it.getKey())).count(),
          bounds.total().writes(),
          entry);
    }

    private void within(String what, long found, Bound bound, Entry entry) {
      Decimal most = bound.most();
      if (most != null) {
        assertThat(Decimal.of(found))
            .as(() -> what + " " + bound + " " + shown(entry))
            .isLessThanOrEqualTo(most);
        if (found > 0 && most.compareTo(Decimal.of(found)) == 0) {
          reached.merge(what, 1, Integer::sum);
        }
      }
    }

    /** A timer is due by then, and leads out: the engine fires it, at once if it is overdue. */
    private void inTime(Bounds.OfState of, Entry entry) {
      Decimal most = of.time().most();
      State state = machine.state(of.state());
      if (most == null || instance.end() != null || state instanceof State.Call) {
        return;
      }
      timed++;
      Instant last = entered.plusSeconds(most.value().longValueExact());
      Stream<Timer> timers =
          Stream.concat(instance.timers().values().stream(), instance.inbox().timers().stream());
      boolean closing = instance.turn() != null && instance.turn().closing() != null;
      assertThat(closing || timers.anyMatch(it -> leads(it) && !it.due().isAfter(last)))
          .as(() -> of + " since " + entered + ", but " + instance.timers() + " " + shown(entry))
          .isTrue();
    }

    private boolean leads(Timer timer) {
      return switch (timer.kind()) {
        case AFTER -> instance.unknown().isEmpty() || instance.turn() != null;
        case DURATION -> !instance.inEscalation();
        case IDLE, EXPIRY -> false;
      };
    }

    private String shown(Entry entry) {
      return "at entry %d on the machine below, which is drawn by -Dinterlock.walk.machine=%d\n%s\n%s"
          .formatted(entry.seq(), generated.seed(), trail, generated.text());
    }
  }
}
