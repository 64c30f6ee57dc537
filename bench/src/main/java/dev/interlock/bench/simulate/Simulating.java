package dev.interlock.bench.simulate;

import dev.interlock.bench.Figures;
import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.MachineFolder;
import dev.interlock.testkit.simulate.Profile;
import dev.interlock.testkit.simulate.Simulation;
import dev.interlock.testkit.simulate.SimulationReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Turns a second of {@code interlock simulate}, beside what is the least it could take: to decide
 * and fold the same occurrences, on as many threads, and nothing else. Both by turns, after rounds
 * that are not counted. Ends in a line of JSON.
 */
public final class Simulating {
  private static final int WARM = 4;
  private static final int ROUNDS = 5;

  /** Of how many runs the occurrences are kept that are only decided. */
  private static final int KEPT = 1_200;

  private Simulating() {}

  private record Given(Instance instance, Occurrence occurrence) {}

  /** The folder of the machine, and how many runs a round has: 30,000. */
  public static void main(String[] args) throws InterruptedException, ExecutionException {
    Path folder = Path.of(args.length > 0 ? args[0] : "examples/it-access");
    int runs = args.length > 1 ? Integer.parseInt(args[1]) : 30_000;
    Machine machine = MachineFolder.read(folder).machine();
    Simulation simulation = Simulation.of(machine, 1).runs(runs);
    List<Given> given = new ArrayList<>();
    SimulationReport kept =
        Simulation.of(machine, 1)
            .runs(KEPT)
            .threads(1)
            .decider((it, instance, occurrence) -> {
              given.add(new Given(instance, occurrence));
              return Decide.decide(it, instance, occurrence);
            })
            .play();
    double stepsOfATurn = (double) kept.steps() / kept.turns();
    List<Double> turns = new ArrayList<>();
    List<Double> questions = new ArrayList<>();
    List<Double> least = new ArrayList<>();
    for (int round = 0; round < WARM + ROUNDS; round++) {
      long began = System.nanoTime();
      SimulationReport report = simulation.play();
      double seconds = seconds(began);
      began = System.nanoTime();
      long decided = decided(machine, given, (int) Math.max(1, report.steps() / given.size() / 2));
      double bare = decided / seconds(began) / stepsOfATurn;
      if (round >= WARM) {
        turns.add(report.turns() / seconds);
        questions.add(report.questions() / seconds);
        least.add(bare);
      }
    }
    Figures figures = new Figures();
    figures.put("turns_a_second", Figures.median(turns));
    figures.put("questions_a_second", Figures.median(questions));
    figures.put("turns_a_second_only_decided", Figures.median(least));
    figures.put("part", Figures.median(turns) / Figures.median(least));
    for (Profile profile : Profile.values()) {
      long began = System.nanoTime();
      SimulationReport report = simulation.profiles(profile).play();
      figures.put(
          "turns_a_second_" + profile.name().toLowerCase(Locale.ROOT),
          report.turns() / seconds(began));
    }
    figures.end();
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  /** Decides and folds them so often, on each of as many threads as there are processors. */
  private static long decided(Machine machine, List<Given> given, int times)
      throws InterruptedException, ExecutionException {
    int threads = Runtime.getRuntime().availableProcessors();
    long folded = 0;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Long>> deciding = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        deciding.add(pool.submit(() -> each(machine, given, times)));
      }
      for (Future<Long> one : deciding) {
        folded += one.get();
      }
    }
    return folded;
  }

  private static long each(Machine machine, List<Given> given, int times) {
    long decided = 0;
    for (int i = 0; i < times; i++) {
      for (Given one : given) {
        if (Decide.decide(machine, one.instance(), one.occurrence())
            instanceof Decision.Accepted accepted) {
          Instance next =
              Evolve.evolve(
                  one.instance(),
                  Entry.next(one.instance(), one.occurrence(), accepted.outcomes()));
          decided += next.seq() > 0 ? 1 : 0;
        } else {
          decided++;
        }
      }
    }
    return decided;
  }
}
