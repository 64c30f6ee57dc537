package dev.interlock.engine;

import dev.interlock.core.machine.Tool.Retry;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How long an attempt may take, and what stands between two. */
public final class Retrying {
  /** The longest pause between two attempts at anything, unless a longer one is asked for. */
  public static final Duration MAX_PAUSE = Duration.ofMinutes(1);

  /** The longest that a provider or a tool may ask to wait; more counts as a failure for good. */
  public static final Duration MAX_RETRY_AFTER = Duration.ofMinutes(5);

  private Retrying() {}

  /** Whether somebody asked to be waited for longer than anything is. */
  public static boolean tooLong(@Nullable Duration asked) {
    return asked != null && asked.compareTo(MAX_RETRY_AFTER) > 0;
  }

  /**
   * The pause before the next attempt.
   *
   * @param attempt the one that failed, from 1
   * @param asked how long whoever failed asks to wait, or null
   */
  public static Duration pause(Retry retry, int attempt, @Nullable Duration asked) {
    return pause(retry, attempt, asked, Math.random());
  }

  /**
   * Exponential, with jitter of a half, or as long as was asked for.
   *
   * @param random from 0 to 1
   */
  public static Duration pause(Retry retry, int attempt, @Nullable Duration asked, double random) {
    long base = retry.backoff().toMillis() << Math.min(attempt - 1, 16);
    long millis = Math.min(base, MAX_PAUSE.toMillis());
    long jittered = millis / 2 + (long) (random * (millis / 2.0));
    return asked == null || asked.toMillis() < jittered ? Duration.ofMillis(jittered) : asked;
  }

  /** What came of a blocking call that had so long. */
  public interface Tried<T> {
    /**
     * What it gave.
     *
     * @throws TimeoutException if its time was over
     * @throws ExecutionException for what it threw
     */
    T get() throws InterruptedException, TimeoutException, ExecutionException;
  }

  /** Runs a blocking call for at most so long; it is interrupted when the time is over. */
  public static <T> T within(ExecutorService threads, Duration time, Callable<T> work)
      throws InterruptedException, TimeoutException, ExecutionException {
    Future<T> future = threads.submit(work);
    try {
      return future.get(Math.max(1, time.toMillis()), TimeUnit.MILLISECONDS);
    } finally {
      future.cancel(true);
    }
  }
}
