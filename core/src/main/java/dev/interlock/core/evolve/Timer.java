package dev.interlock.core.evolve;

import dev.interlock.core.machine.Target;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A deadline of an instance.
 *
 * @param id unique within the instance
 * @param visit the visit it belongs to; 0 if it belongs to the instance
 * @param number of the parked call, for {@code EXPIRY}; else the rule's place in the state
 * @param target where it leads, for {@code AFTER} and {@code IDLE}
 */
public record Timer(
    String id, Kind kind, long visit, int number, Instant due, @Nullable Target target) {
  /** The same, due at another time. */
  public Timer dueAt(Instant other) {
    return new Timer(id, kind, visit, number, other, target);
  }

  /** What a timer is for. */
  public enum Kind {
    AFTER,
    IDLE,
    /** The budget {@code duration}, of the machine or of a state. */
    DURATION,
    /** A parked call expires. */
    EXPIRY
  }
}
