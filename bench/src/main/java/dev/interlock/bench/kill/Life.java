package dev.interlock.bench.kill;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One process from its start to its end.
 *
 * @param atPoint whether it was killed at the point of its plan
 * @param opening how long it took to open; zero if it did not
 * @param exit as the system has it
 * @param odd what it said that a sound one does not say
 */
record Life(boolean atPoint, Duration opening, int exit, List<String> odd) {
  /** Of a process that was killed. */
  static final int KILLED = 137;

  /** The longest that one lives whose moment is random. */
  private static final Duration RANDOM = Duration.ofMillis(400);

  /** After so long it is killed wherever it is. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** How long the last one may take to bring everything to its end. */
  private static final Duration LAST = Duration.ofMinutes(3);

  /** Lets it live until it is killed. */
  static Life killed(List<String> command, Plan plan, Duration opening, Oracle oracle)
      throws IOException, InterruptedException {
    return new Running(command, oracle).live(plan, opening);
  }

  /** Lets it live until it ends by itself. */
  static Life last(List<String> command, Oracle oracle) throws IOException, InterruptedException {
    return new Running(command, oracle).live(null, Duration.ZERO);
  }

  private static final class Running {
    private final long began = System.nanoTime();
    private final Process process;
    private final Oracle oracle;
    private final List<String> odd = new ArrayList<>();
    private Duration opening = Duration.ZERO;
    private boolean atPoint;

    Running(List<String> command, Oracle oracle) throws IOException {
      this.oracle = oracle;
      this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    Life live(@Nullable Plan plan, Duration usual) throws IOException, InterruptedException {
      try (BufferedReader from =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        killAfter(plan == null ? LAST : LONGEST);
        if (plan != null && plan.opening()) {
          killAfter(part(usual, plan));
        }
        tellUnsettled();
        for (String line = from.readLine(); line != null; line = from.readLine()) {
          if (line.equals("open")) {
            opening = Duration.ofNanos(System.nanoTime() - began);
            if (plan != null && plan.point().isEmpty()) {
              killAfter(part(RANDOM, plan));
            }
          } else if (line.startsWith("crash-point ")) {
            atPoint = true;
            kill();
          } else if (!line.equals("closed") && !oracle.hears(line)) {
            odd.add(line);
          }
        }
        return new Life(atPoint, opening, process.waitFor(), odd);
      } finally {
        kill();
      }
    }

    private static Duration part(Duration of, Plan plan) {
      return Duration.ofNanos((long) (of.toNanos() * plan.part()));
    }

    /** What it is told is short: the system takes it before anybody reads it. */
    private void tellUnsettled() {
      try (var to = process.outputWriter(StandardCharsets.UTF_8)) {
        for (Request request : oracle.unsettled()) {
          to.write(request.line() + "\n");
        }
      } catch (IOException e) {
        // it is dead already
      }
    }

    private void killAfter(Duration time) {
      CompletableFuture.delayedExecutor(time.toNanos(), TimeUnit.NANOSECONDS).execute(this::kill);
    }

    /** Not by the process, which would forget what was said and not read yet. */
    private void kill() {
      process.toHandle().destroyForcibly();
    }
  }
}
