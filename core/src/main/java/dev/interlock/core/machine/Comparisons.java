package dev.interlock.core.machine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an expression compares: enough to find values that tell its outcomes apart.
 *
 * @param reads every value that is read
 * @param constants what each is compared with: texts, integers, exact numbers, booleans
 * @param sizes what the size of each is compared with
 * @param beginnings texts that each may begin with
 * @param linked values that are compared with each other
 * @param said values that are looked for in what the caller typed
 * @param whenTrue what is sure of the values of a condition that is true
 * @param whenFalse what is sure of those of one that is false
 * @param outcomes all that it may come out as
 * @param exact whether that is all that its outcome turns on; if not, it also does what no values
 *     are found for: arithmetic, patterns, macros, times
 */
public record Comparisons(
    Set<Path> reads,
    Map<Path, Set<Object>> constants,
    Map<Path, Set<Long>> sizes,
    Map<Path, Set<String>> beginnings,
    Set<Link> linked,
    Set<Path> said,
    Sure whenTrue,
    Sure whenFalse,
    List<Outcome> outcomes,
    boolean exact) {

  /** Of an expression of which only the fields are known that it reads. */
  static Comparisons unknown(Set<String> fields) {
    Set<Path> reads =
        fields.stream().map(field -> Path.of(Path.CONTEXT, field)).collect(Collectors.toSet());
    return new Comparisons(
        reads,
        Map.of(),
        Map.of(),
        Map.of(),
        Set.of(),
        Set.of(),
        Sure.NOTHING,
        Sure.NOTHING,
        List.of(),
        false);
  }

  /** Two values that are compared. */
  public record Link(Path left, Path right) {}

  /**
   * What an expression, or a part of the list or map that it makes, may come out as.
   *
   * @param reads every value that is read for it, those that choose it aside
   * @param constant what it is, if that is written there; of a truth that it is true
   * @param given what is sure of all values where it comes out so
   */
  public record Outcome(Set<Path> reads, Optional<Object> constant, Sure given) {}
}
