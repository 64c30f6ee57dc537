package dev.interlock.bench.kill;

import dev.interlock.bench.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One store: its engines are killed, the last one comes to its end, and all is looked at. */
final class Trial {
  private static final int BUSY = 8;
  private static final int NO_END = 1_000_000;

  /** How many instances the run that leaves a cache starts. */
  private static final int TRAINING = 40;

  private final Path folder;
  private final long seed;
  private final Oracle oracle = new Oracle();
  private final Verdict verdict = new Verdict();
  private final List<String> odd = new ArrayList<>();

  private Trial(Path folder, long seed) {
    this.folder = folder;
    this.seed = seed;
  }

  /**
   * Runs it. If what must not be was found, the store and what was told of it stay in the folder.
   *
   * @param folder to be made
   * @param first the number of the first kill
   * @param kills one after the other
   */
  static Verdict run(Path folder, Jvm jvm, long seed, int first, List<Plan> kills)
      throws IOException, InterruptedException {
    Files.createDirectory(folder);
    Trial trial = new Trial(folder, seed);
    try (Server server = new Server()) {
      trial.kill(jvm, server, first, kills);
      trial.last(jvm, server, first + kills.size());
      Check.of(trial.store(), trial.oracle, server, trial.verdict);
      trial.keepOrDelete(server);
    }
    return trial.verdict;
  }

  /** A run without kills, after which engines start faster where Java can. */
  static Jvm train(Path folder, Jvm jvm) throws IOException, InterruptedException {
    Path own = Files.createDirectory(folder.resolve("training"));
    try (Server server = new Server()) {
      Child.Told told =
          new Child.Told(own.resolve("cases.db"), 0, 0, BUSY, TRAINING, server.port());
      Life life =
          Life.last(
              jvm.leavingCache(folder).command(told, new Plan("", 0, false, 0)), new Oracle());
      if (life.exit() != 0) {
        throw new IOException(
            "found exit %d of an engine that was not killed, expected 0: %s"
                .formatted(life.exit(), life.odd()));
      }
    }
    Folders.delete(own);
    return jvm.withCache(folder);
  }

  private Path store() {
    return folder.resolve("cases.db");
  }

  private void kill(Jvm jvm, Server server, int first, List<Plan> kills)
      throws IOException, InterruptedException {
    Duration opening = Duration.ofMillis(300);
    int number = first;
    for (Plan plan : kills) {
      server.hold(plan.held());
      Child.Told told = new Child.Told(store(), seed, number, BUSY, NO_END, server.port());
      Life life = Life.killed(jvm.command(told, plan), plan, opening, oracle);
      server.release();
      takes(life, Life.KILLED, number);
      verdict.counts("kills", 1);
      if (life.atPoint()) {
        verdict.passes(plan.point());
        verdict.counts("kills_at_points", 1);
      }
      if (!life.opening().isZero()) {
        opening = life.opening();
      } else {
        verdict.counts("kills_before_open", 1);
      }
      number++;
    }
  }

  private void last(Jvm jvm, Server server, int number) throws IOException, InterruptedException {
    Child.Told told = new Child.Told(store(), seed, number, 0, 0, server.port());
    takes(Life.last(jvm.command(told, new Plan("", 0, false, 0)), oracle), 0, number);
  }

  private void takes(Life life, int exit, int number) {
    life.odd().forEach(line -> odd.add(number + " " + line));
    if (life.exit() != exit) {
      verdict.finds(
          Verdict.Wrong.BROKEN,
          "engine %d ended with %d, expected %d".formatted(number, life.exit(), exit));
    }
    if (!life.odd().isEmpty()) {
      verdict.finds(
          Verdict.Wrong.BROKEN,
          "engine %d said: %s".formatted(number, String.join(" | ", life.odd())));
    }
  }

  private void keepOrDelete(Server server) throws IOException {
    if (verdict.sound()) {
      Folders.delete(folder);
      return;
    }
    Files.write(folder.resolve("findings.txt"), verdict.findings());
    Files.write(folder.resolve("told.txt"), oracle.lines());
    Files.write(folder.resolve("received.txt"), server.lines());
    Files.write(folder.resolve("said.txt"), odd);
  }
}
