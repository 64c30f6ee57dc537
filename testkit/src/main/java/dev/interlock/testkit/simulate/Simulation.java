package dev.interlock.testkit.simulate;

import dev.interlock.core.decide.Outcome.Verdict;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Way;
import dev.interlock.core.machine.Ways;
import dev.interlock.core.prompt.Price;
import dev.interlock.testkit.Decider;
import dev.interlock.testkit.simulate.SimulationReport.Asked;
import dev.interlock.testkit.simulate.SimulationReport.Coverage;
import dev.interlock.testkit.simulate.SimulationReport.Kept;
import dev.interlock.testkit.simulate.SimulationReport.Spread;
import dev.interlock.testkit.walk.PromiseChecker;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Plays a machine many times. Immutable.
 *
 * <pre>{@code
 * SimulationReport report = Simulation.of(machine, 1).runs(1_000).play();
 * assertThat(report.surprises()).isEmpty();
 * }</pre>
 */
public final class Simulation {
  /** How many runs are played unless told otherwise. */
  public static final int RUNS = 1_000;

  /** The most runs. */
  public static final int MAX_RUNS = 10_000_000;

  /** Of so many runs of each profile, the promises of one are checked. */
  public static final int CHECKED_OF = 10;

  /** So many honest runs say something of all of them. */
  private static final int SEVERAL = 10;

  private static final int MILLION_DIGITS = 6;

  private final Machine machine;
  private final long seed;
  private final int runs;
  private final List<Profile> profiles;
  private final int threads;
  private final Setting setting;

  private Simulation(
      Machine machine, long seed, int runs, List<Profile> profiles, int threads, Setting setting) {
    this.machine = machine;
    this.seed = seed;
    this.runs = runs;
    this.profiles = profiles;
    this.threads = threads;
    this.setting = setting;
  }

  /** Of every profile, on all processors, with a model that costs nothing. */
  public static Simulation of(Machine machine, long seed) {
    return new Simulation(
        machine,
        seed,
        RUNS,
        List.of(Profile.values()),
        Runtime.getRuntime().availableProcessors(),
        new Setting(machine, Decider.TRUE, Price.NONE));
  }

  /**
   * The same with another number of runs.
   *
   * @throws IllegalArgumentException if it is below 1 or above {@link #MAX_RUNS}
   */
  public Simulation runs(int number) {
    if (number < 1 || number > MAX_RUNS) {
      throw new IllegalArgumentException(
          "found %,d runs, expected 1 to %,d".formatted(number, MAX_RUNS));
    }
    return new Simulation(machine, seed, number, profiles, threads, setting);
  }

  /** The same with these only, which play in turn. */
  public Simulation profiles(Profile... these) {
    return new Simulation(machine, seed, runs, List.of(these), threads, setting);
  }

  /** The same on so many threads. */
  public Simulation threads(int number) {
    return new Simulation(machine, seed, runs, profiles, number, setting);
  }

  /** The same with a model that costs so much. */
  public Simulation price(Price price) {
    return new Simulation(
        machine, seed, runs, profiles, threads, new Setting(machine, setting.decider(), price));
  }

  /** The same with another decider, to see that what it gets wrong is found. */
  public Simulation decider(Decider decider) {
    return new Simulation(
        machine, seed, runs, profiles, threads, new Setting(machine, decider, setting.price()));
  }

  // ---- playing

  private static final class Values {
    private final long[] questions;
    private final long[] millis;
    private final long[] tokens;
    private final long[] cost;

    Values(int runs) {
      questions = new long[runs];
      millis = new long[runs];
      tokens = new long[runs];
      cost = new long[runs];
    }
  }

  /** Plays all runs, and comes back when they are at rest. */
  public SimulationReport play() {
    Values values = new Values(runs);
    AtomicInteger next = new AtomicInteger();
    Tally tally = new Tally(machine);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Tally>> playing = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        playing.add(pool.submit(() -> some(next, values)));
      }
      for (Future<Tally> one : playing) {
        tally.add(one.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while runs were played", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a run could not be played", e.getCause());
    }
    return report(tally, values);
  }

  private Tally some(AtomicInteger next, Values values) {
    Tally tally = new Tally(machine);
    for (int number = next.getAndIncrement(); number < runs; number = next.getAndIncrement()) {
      Profile profile = profile(number);
      boolean checked = number / profiles.size() % CHECKED_OF == 0;
      Observer observer =
          new Observer(machine, profile, tally, checked ? new PromiseChecker(machine) : null);
      Run run = new Run(setting, profile, seed(number), observer);
      observer.rested(run.play(), run, number);
      values.questions[number] = observer.questions();
      values.millis[number] = run.lived().toMillis();
      values.tokens[number] = run.instance().spent().tokens();
      values.cost[number] = millionths(run.instance().spent().cost());
    }
    return tally;
  }

  /**
   * The run that a surprise was shown by, as a scenario.
   *
   * @param surprise of a report of this very simulation
   */
  public SurprisingScenario scenario(Surprise surprise) {
    Observer observer =
        new Observer(
            machine,
            surprise.profile(),
            new Tally(machine),
            surprise.kind() == Surprise.Kind.PROMISE ? new PromiseChecker(machine) : null);
    Recording recording = new Recording(observer, surprise, () -> observer.found(surprise));
    var unused = new Run(setting, surprise.profile(), seed(surprise.shown()), recording).play();
    return recording.scenario(
        "interlock simulate --seed %d, run %d: %s"
            .formatted(seed, surprise.shown(), surprise.profile().word()));
  }

  private static long millionths(BigDecimal cost) {
    return cost.movePointRight(MILLION_DIGITS).longValue();
  }

  private Profile profile(long number) {
    return profiles.get((int) (number % profiles.size()));
  }

  /** SplitMix64: neighbouring runs draw from generators that have nothing in common. */
  private long seed(long number) {
    long z = seed * 0x9E3779B97F4A7C15L + (number + 1) * 0xD1B54A32D192ED03L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  // ---- what came of it

  private SimulationReport report(Tally tally, Values values) {
    Map<String, Asked> people = new TreeMap<>();
    tally.asked.forEach((role, it) -> people.put(role, new Asked(it.times, it.answers.all())));
    return new SimulationReport(
        seed,
        runs,
        profiles,
        tally.turns,
        tally.questions,
        tally.steps,
        tally.rejected,
        tally.ends,
        tally.refusals.most(),
        people,
        tally.escalations.most(),
        coverage(tally),
        properties(tally),
        tally.checked,
        tally.surprises.values().stream().filter(this::surprises).toList(),
        new Spread(values.questions),
        new Spread(values.millis),
        new Spread(values.tokens),
        new Spread(values.cost));
  }

  /** One honest run that does not get through is none, all of them are. */
  private boolean surprises(Surprise it) {
    long honest =
        IntStream.range(0, runs).filter(number -> profile(number) == Profile.HONEST).count();
    return it.kind() != Surprise.Kind.NO_WAY_THROUGH || (it.runs() == honest && honest >= SEVERAL);
  }

  private Coverage coverage(Tally tally) {
    Map<String, Long> states = new LinkedHashMap<>();
    machine.states().keySet().forEach(it -> states.put(it, tally.states.getOrDefault(it, 0L)));
    Map<Way, Long> ways = new LinkedHashMap<>();
    Ways.of(machine).keySet().forEach(it -> ways.put(it, tally.ways.getOrDefault(it, 0L)));
    Map<String, Map<Verdict, Long>> rules = new LinkedHashMap<>();
    machine
        .rules()
        .forEach(rule ->
            rules.put(rule.sentence(), tally.verdicts.getOrDefault(rule.sentence(), Map.of())));
    return new Coverage(states, ways, rules);
  }

  private Map<String, Kept> properties(Tally tally) {
    Map<String, Kept> kept = new LinkedHashMap<>();
    for (Property property : machine.properties()) {
      kept.put(
          property.name(),
          new Kept(
              runs(tally, Surprise.Kind.VIOLATED, property.name()),
              runs(tally, Surprise.Kind.HELD_BACK, property.name()),
              tally.near.getOrDefault(property.name(), 0L)));
    }
    return kept;
  }

  private static long runs(Tally tally, Surprise.Kind kind, String what) {
    Surprise found = tally.surprises.get(new Surprise.Key(kind, what));
    return found == null ? 0 : found.runs();
  }
}
