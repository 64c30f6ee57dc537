package dev.interlock.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Places where a test may stop the process for good, to kill it there. Off unless the system
 * property {@code interlock.crash} is {@code NAME:N}: then whoever passes the point NAME for the
 * N-th time says so on standard error and never goes on, nor does anybody else who comes to any
 * point after that.
 */
public final class CrashPoints {
  private static final String WANTED = System.getProperty("interlock.crash", "");
  private static final boolean ON = !WANTED.isEmpty();
  private static final String NAME = WANTED.replaceAll(":.*", "");
  private static final AtomicInteger LEFT =
      new AtomicInteger(WANTED.contains(":") ? Integer.parseInt(WANTED.replaceAll(".*:", "")) : 0);

  private CrashPoints() {}

  public static void pass(String name) {
    if (ON) {
      stopAt(name);
    }
  }

  private static void stopAt(String name) {
    boolean here = NAME.equals(name) && LEFT.decrementAndGet() == 0;
    if (here) {
      System.err.println("crash-point " + name);
      System.err.flush();
    }
    while (here || LEFT.get() <= 0) {
      LockSupport.park();
    }
  }
}
