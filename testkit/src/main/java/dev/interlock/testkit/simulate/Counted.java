package dev.interlock.testkit.simulate;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Counts by name, which add up to the same in whatever order. */
final class Counted<K extends Comparable<K>> {
  private final Map<K, Long> counts = new TreeMap<>();

  void add(K name) {
    add(name, 1);
  }

  void add(K name, long times) {
    counts.merge(name, times, Long::sum);
  }

  void add(Counted<K> other) {
    other.counts.forEach(this::add);
  }

  long of(K name) {
    return counts.getOrDefault(name, 0L);
  }

  /** By name. */
  Map<K, Long> all() {
    return counts;
  }

  /** Those with the highest count first. */
  List<Map.Entry<K, Long>> most() {
    return counts.entrySet().stream()
        .sorted(Map.Entry.<K, Long>comparingByValue(Comparator.reverseOrder()))
        .collect(Collectors.toList());
  }
}
