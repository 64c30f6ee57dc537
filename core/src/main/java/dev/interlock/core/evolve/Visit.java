package dev.interlock.core.evolve;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One stay in a state.
 *
 * @param number within the instance, from 1
 * @param waiting whether the instance waits for the user here
 * @param said whether its newest turn that ended said text
 * @param calls how many calls that turn had
 * @param timers those of this visit while it is left: they keep their deadlines
 * @param wayBack the visit that {@code back} continues, or null
 */
public record Visit(
    long number,
    String state,
    Instant entered,
    Counters spent,
    boolean waiting,
    boolean said,
    int calls,
    Map<String, Timer> timers,
    @Nullable Visit wayBack) {

  /** How many left visits are remembered behind one another. */
  public static final int MAX_WAY_BACK = 50;

  Visit spent(Counters counters) {
    return new Visit(number, state, entered, counters, waiting, said, calls, timers, wayBack);
  }

  Visit turned(boolean spoke, int callCount) {
    return new Visit(number, state, entered, spent, waiting, spoke, callCount, timers, wayBack);
  }

  Visit waiting(boolean nowWaiting) {
    return new Visit(number, state, entered, spent, nowWaiting, said, calls, timers, wayBack);
  }

  /** The same stay, in a state that is called otherwise, with those of its timers that are kept. */
  public Visit in(String other, Map<String, Timer> kept, @Nullable Visit back) {
    return new Visit(number, other, entered, spent, waiting, said, calls, kept, back);
  }

  /** With at most {@link #MAX_WAY_BACK} visits behind it. */
  Visit shortened() {
    int depth = 0;
    for (Visit visit = wayBack; visit != null; visit = visit.wayBack) {
      depth++;
    }
    return depth <= MAX_WAY_BACK ? this : shortened(MAX_WAY_BACK);
  }

  private Visit shortened(int depth) {
    Visit shorter = depth == 0 || wayBack == null ? null : wayBack.shortened(depth - 1);
    return new Visit(number, state, entered, spent, waiting, said, calls, timers, shorter);
  }

  Visit left(Map<String, Timer> suspended) {
    return new Visit(number, state, entered, spent, waiting, said, calls, suspended, wayBack);
  }
}
