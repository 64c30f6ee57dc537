package dev.interlock.testkit.walk;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.journal.Entry;
import java.util.List;

/**
 * What came of a walk.
 *
 * @param taken the steps that were taken, by number
 * @param offered everything that occurred, rejected or not, oldest first
 * @param broken the promises that the last step broke; empty if all were kept
 */
public record Trail(
    long seed,
    List<Integer> taken,
    List<Occurrence> offered,
    List<Entry> journal,
    List<Broken> broken) {
  private static final int SHOWN = 400;

  public boolean kept() {
    return broken.isEmpty();
  }

  /** Whether it broke that promise. */
  public boolean broke(Promise promise) {
    return broken.stream().anyMatch(one -> one.promise() == promise);
  }

  /** What broke, how to walk it again, and what occurred on the way. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    broken.forEach(one -> text.append(one).append('\n'));
    text.append("Walk it again with -Dinterlock.walk.seed=").append(seed);
    text.append("; the steps that matter are ").append(taken).append('\n');
    for (Occurrence occurrence : offered) {
      String line = occurrence.toString();
      text.append("  ")
          .append(line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…")
          .append('\n');
    }
    return text.toString();
  }
}
