package dev.interlock.engine;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Places where a test may stop the process for good, to kill it there, or for a while. Off unless
 * the system property {@code interlock.crash} is {@code NAME:N}: then whoever passes the point NAME
 * for the N-th time says so on standard error and never goes on, nor does anybody else who comes to
 * any point after that. With {@code NAME:N:MILLIS} it goes on after that time, and nobody else is
 * stopped.
 */
public final class CrashPoints {
  private static final String[] WANTED = System.getProperty("interlock.crash", "").split(":", -1);
  private static final boolean ON = WANTED.length > 1;
  private static final AtomicInteger LEFT = new AtomicInteger(ON ? Integer.parseInt(WANTED[1]) : 0);
  private static final @Nullable Duration PAUSE =
      WANTED.length > 2 ? Duration.ofMillis(Long.parseLong(WANTED[2])) : null;

  private static volatile @Nullable Witness witness;

  private CrashPoints() {}

  /** Sees each point that is passed, from whoever passes it. What it throws, that one gets. */
  public interface Witness {
    /**
     * A point is passed.
     *
     * @param call the key of the call it is about, or empty
     */
    void passed(String name, String call);
  }

  /** From now on that one sees each point; null for nobody. */
  public static void seenBy(@Nullable Witness next) {
    witness = next;
  }

  public static void pass(String name) {
    pass(name, "");
  }

  /**
   * Passes a point.
   *
   * @param call the key of the call it is about
   */
  public static void pass(String name, String call) {
    Witness seeing = witness;
    if (seeing != null) {
      seeing.passed(name, call);
    }
    if (ON) {
      stopAt(name);
    }
  }

  private static void stopAt(String name) {
    boolean here = WANTED[0].equals(name) && LEFT.decrementAndGet() == 0;
    if (here) {
      System.err.println("crash-point " + name);
      System.err.flush();
      if (PAUSE != null) {
        LockSupport.parkNanos(PAUSE.toNanos());
        return;
      }
    }
    while (PAUSE == null && (here || LEFT.get() <= 0)) {
      LockSupport.park();
    }
  }
}
