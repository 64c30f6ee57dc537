package dev.interlock.core.machine;

import java.time.Duration;

/** When a timer of a state is due, and where it leads. */
public sealed interface TimerRule {
  Target target();

  /** So long after entry (of {@code idle}: after the wait began). */
  record In(Duration in, Target target) implements TimerRule {}

  /** At a time computed at entry and when a field it reads changes; unset means no timer. */
  record At(Expression at, Target target) implements TimerRule {}
}
