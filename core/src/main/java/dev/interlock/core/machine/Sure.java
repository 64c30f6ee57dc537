package dev.interlock.core.machine;

import dev.interlock.core.machine.Comparisons.Link;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What is sure of the values that a condition reads, once it has come out one way.
 *
 * @param equal values that are equal, or of which the left is an item of the right; what is equal
 *     stands there both ways round
 * @param below values of which the left is at most the right
 * @param yes values that are true
 * @param no values that are false
 * @param said values that the caller typed
 */
public record Sure(Set<Link> equal, Set<Link> below, Set<Path> yes, Set<Path> no, Set<Path> said) {
  /** Nothing. */
  public static final Sure NOTHING = new Sure(Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

  /** What is sure where both are. */
  public Sure and(Sure other) {
    return new Sure(
        all(equal, other.equal),
        all(below, other.below),
        all(yes, other.yes),
        all(no, other.no),
        all(said, other.said));
  }

  /** What is sure where either is. */
  public Sure or(Sure other) {
    return new Sure(
        both(equal, other.equal),
        both(below, other.below),
        both(yes, other.yes),
        both(no, other.no),
        both(said, other.said));
  }

  private static <T> Set<T> all(Set<T> some, Set<T> others) {
    Set<T> all = new LinkedHashSet<>(some);
    all.addAll(others);
    return all;
  }

  private static <T> Set<T> both(Set<T> some, Set<T> others) {
    Set<T> both = new LinkedHashSet<>(some);
    both.retainAll(others);
    return both;
  }
}
