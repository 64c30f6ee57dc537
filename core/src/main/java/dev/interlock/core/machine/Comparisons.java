package dev.interlock.core.machine;

import java.util.Map;
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
 * @param equal of these, the ones that are equal, or the one an item of the other, whenever it is
 *     true
 * @param below of these, the ones of which the left is at most the right whenever it is true
 * @param said values that are looked for in what the caller typed
 * @param exact whether that is all that its outcome turns on; if not, it also does what no values
 *     are found for: arithmetic, patterns, macros, times
 */
public record Comparisons(
    Set<Path> reads,
    Map<Path, Set<Object>> constants,
    Map<Path, Set<Long>> sizes,
    Map<Path, Set<String>> beginnings,
    Set<Link> linked,
    Set<Link> equal,
    Set<Link> below,
    Set<Path> said,
    boolean exact) {

  /** Of an expression of which only the fields are known that it reads. */
  static Comparisons unknown(Set<String> fields) {
    Set<Path> reads =
        fields.stream().map(field -> Path.of(Path.CONTEXT, field)).collect(Collectors.toSet());
    return new Comparisons(
        reads, Map.of(), Map.of(), Map.of(), Set.of(), Set.of(), Set.of(), Set.of(), false);
  }

  /** Two values that are compared. */
  public record Link(Path left, Path right) {}
}
