package dev.interlock.engine;

import dev.interlock.core.machine.Tool.Retry;
import java.time.Duration;

/**
 * How long an engine waits and how often it tries.
 *
 * @param settleAfter how long after its deadline an unknown call is left alone before its probe is
 *     asked
 * @param questionTimeout how long one attempt at a question may take
 * @param questionRetry how often a question is tried
 * @param clockCheck the longest the engine sleeps without looking at the clock: a clock that jumps,
 *     or that a test moves, is noticed after at most so long
 * @param maxRunning how many instances run at once, that is, are not at rest: what would have one
 *     more run is told to try again, and a timer that would waits. The local engine holds it
 */
public record Settings(
    Duration settleAfter,
    Duration questionTimeout,
    Retry questionRetry,
    Duration clockCheck,
    int maxRunning) {
  public static final Settings DEFAULT =
      new Settings(
          Duration.ofSeconds(30),
          Duration.ofMinutes(5),
          new Retry(4, Duration.ofMillis(500)),
          Duration.ofSeconds(1),
          10_000);

  public Settings withSettleAfter(Duration other) {
    return new Settings(other, questionTimeout, questionRetry, clockCheck, maxRunning);
  }

  public Settings withQuestionRetry(Retry other) {
    return new Settings(settleAfter, questionTimeout, other, clockCheck, maxRunning);
  }

  public Settings withClockCheck(Duration other) {
    return new Settings(settleAfter, questionTimeout, questionRetry, other, maxRunning);
  }

  public Settings withMaxRunning(int other) {
    return new Settings(settleAfter, questionTimeout, questionRetry, clockCheck, other);
  }
}
