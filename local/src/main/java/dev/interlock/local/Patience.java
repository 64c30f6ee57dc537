package dev.interlock.local;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.BusyHandler;

/**
 * Waits for another's transaction, and asks often whether it is over: SQLite itself asks every 0.1
 * s, and would miss every gap that a busy writer leaves. For one connection.
 */
final class Patience extends BusyHandler {
  private static final long LEAST_NANOS = Duration.ofMillis(1).toNanos();
  private static final long MOST_NANOS = Duration.ofMillis(4).toNanos();
  private static final int AGAIN = 1;
  private static final int GIVE_UP = 0;

  private final long mostNanos;
  private long start;

  Patience(Duration most) {
    this.mostNanos = most.toNanos();
  }

  @Override
  protected int callback(int asked) {
    if (asked == 0) {
      start = System.nanoTime();
    }
    if (System.nanoTime() - start > mostNanos) {
      return GIVE_UP;
    }
    pause(ThreadLocalRandom.current().nextLong(LEAST_NANOS, MOST_NANOS));
    return AGAIN;
  }

  /** Waits that long, also in a thread that was interrupted, which it stays. */
  static void pause(long nanos) {
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(nanos);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
