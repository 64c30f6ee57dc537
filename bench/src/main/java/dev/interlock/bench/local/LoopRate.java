package dev.interlock.bench.local;

import dev.interlock.bench.Figures;
import dev.interlock.bench.Folders;
import dev.interlock.bench.local.Loop.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The loop on Interlock, as {@code bench/peers} runs it beside others. */
public final class LoopRate {
  private static final int TURNS = 20;
  private static final int INSTANCES = 200;
  private static final int ROUNDS = 10;

  /** So long the others of {@code bench/peers} are warmed up as well. */
  private static final long WARM_NANOS = 20_000_000_000L;

  private static final double NANOS_PER_SECOND = 1e9;

  private LoopRate() {}

  /**
   * Runs it.
   *
   * @param args a folder on the disk to measure on; by default under {@code .build}
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Folders.make(args);
    try (Loop loop = new Loop(folder.resolve("loop.db"), Kind.READ, TURNS)) {
      long warm = System.nanoTime() + WARM_NANOS;
      while (System.nanoTime() < warm) {
        rate(loop, INSTANCES);
      }
      List<Double> one = new ArrayList<>();
      List<Double> many = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        one.add(rate(loop, 1));
        many.add(rate(loop, INSTANCES));
      }
      Figures figures = new Figures();
      figures.put("one_turns_second", Figures.median(one));
      figures.put("many_turns_second", Figures.median(many));
      figures.end();
    } finally {
      Folders.delete(folder);
    }
  }

  private static double rate(Loop loop, int instances) throws InterruptedException {
    List<String> ids = loop.start(instances);
    return instances * TURNS / (loop.play(ids) / NANOS_PER_SECOND);
  }
}
