package dev.interlock.bench.decide;

import dev.interlock.bench.Figures;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs {@link Deciding}, with the profiler of allocations, and ends in a line of JSON. */
public final class Decisions {
  private static final double MEDIAN = 50;

  private Decisions() {}

  /** Runs it; it takes no arguments. */
  public static void main(String[] args) throws RunnerException {
    Figures figures = new Figures();
    for (RunResult each :
        new Runner(
                new OptionsBuilder()
                    .include(Deciding.class.getName())
                    .addProfiler(GCProfiler.class)
                    .build())
            .run()) {
      String method = each.getPrimaryResult().getLabel();
      String of = "%s_after_%s_turns_".formatted(method, each.getParams().getParam("turns"));
      figures.put(
          of + "median_micros", each.getPrimaryResult().getStatistics().getPercentile(MEDIAN));
      each.getSecondaryResults()
          .forEach((name, result) -> {
            if (name.endsWith("gc.alloc.rate.norm")) {
              figures.put(of + "bytes", result.getScore());
            }
          });
    }
    figures.end();
  }
}
