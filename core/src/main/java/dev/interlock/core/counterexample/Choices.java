package dev.interlock.core.counterexample;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Some values by name, each chosen from several, in any combination. */
final class Choices {
  private final List<String> names = new ArrayList<>();
  private final List<List<Optional<Object>>> options = new ArrayList<>();

  /**
   * One more.
   *
   * @param some what it may be, the most promising first; empty where it is left out
   */
  void add(String name, List<Optional<Object>> some) {
    names.add(name);
    options.add(some);
  }

  /** The combinations, those that differ least from the most promising one first. */
  List<Map<String, Object>> first(int most) {
    List<Map<String, Object>> all = new ArrayList<>();
    if (options.stream().anyMatch(List::isEmpty)) {
      return all;
    }
    Deque<Picked> open = new ArrayDeque<>(List.of(new Picked(new int[names.size()], 0)));
    while (!open.isEmpty() && all.size() < most) {
      Picked picked = open.removeFirst();
      all.add(values(picked.places()));
      for (int i = picked.changed(); i < names.size(); i++) {
        if (picked.places()[i] + 1 < options.get(i).size()) {
          int[] next = picked.places().clone();
          next[i]++;
          open.addLast(new Picked(next, i));
        }
      }
    }
    return all;
  }

  /**
   * A combination.
   *
   * @param changed the last that differs: those before it are changed no more, so that none comes
   *     twice
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Picked(int[] places, int changed) {}

  private Map<String, Object> values(int[] places) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < places.length; i++) {
      String name = names.get(i);
      options.get(i).get(places[i]).ifPresent(value -> values.put(name, value));
    }
    return values;
  }
}
