package dev.interlock.core.evolve;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One stay in a state.
 *
 * @param number within the instance, from 1
 * @param waiting whether the instance waits for the user here
 * @param timers those of this visit while it is left: they keep their deadlines
 * @param wayBack the visit that {@code back} continues, or null
 */
public record Visit(
    long number,
    String state,
    Instant entered,
    Counters spent,
    boolean waiting,
    Map<String, Timer> timers,
    @Nullable Visit wayBack) {

  /** How many left visits are remembered behind one another. */
  public static final int MAX_WAY_BACK = 50;

  Visit spent(Counters counters) {
    return new Visit(number, state, entered, counters, waiting, timers, wayBack);
  }

  Visit waiting(boolean nowWaiting) {
    return new Visit(number, state, entered, spent, nowWaiting, timers, wayBack);
  }

  Visit left(Map<String, Timer> suspended) {
    return new Visit(number, state, entered, spent, waiting, suspended, wayBack);
  }
}
