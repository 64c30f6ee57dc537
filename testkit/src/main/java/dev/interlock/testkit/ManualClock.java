package dev.interlock.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until it is told to move. UTC. Thread-safe. */
public final class ManualClock extends Clock {
  /** Where a clock begins that is not told otherwise: a Monday morning. */
  public static final Instant START = Instant.parse("2026-01-05T09:00:00Z");

  private volatile Instant now;

  public ManualClock() {
    this(START);
  }

  public ManualClock(Instant start) {
    this.now = start;
  }

  /** Moves forward by so much. */
  public synchronized void tick(Duration by) {
    moveTo(now.plus(by));
  }

  /**
   * Moves forward to that time.
   *
   * @throws IllegalArgumentException if it has passed already
   */
  public synchronized void moveTo(Instant time) {
    if (time.isBefore(now)) {
      throw new IllegalArgumentException(
          "found %s, expected a time that is not before %s: only a clock that is set goes back"
              .formatted(time, now));
    }
    now = time;
  }

  /** Is set to that time, also back, as whoever looks after a machine may do. */
  public synchronized void set(Instant time) {
    now = time;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  /** This clock: only UTC is shown. */
  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
