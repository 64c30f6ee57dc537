package dev.interlock.core.check;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Comparisons;
import dev.interlock.core.machine.Comparisons.Link;
import dev.interlock.core.machine.Path;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the values at each place are compared with. Places that are compared with each other share
 * it. From it come values that tell all outcomes of these comparisons apart.
 */
final class Universe {
  /** The most places of one group for which values are told apart from each other. */
  private static final int MAX_FRESH = 6;

  /** The longest text that is made for the sake of its length. */
  private static final int MAX_LENGTH = 10_000;

  private final Map<String, String> parents = new HashMap<>();
  private final Map<String, Set<Object>> constants = new HashMap<>();
  private final Map<String, Set<String>> beginnings = new HashMap<>();
  private final Map<String, Set<Long>> sizes = new HashMap<>();
  private final Map<String, Set<String>> members = new HashMap<>();
  private final Set<String> places = new LinkedHashSet<>();
  private final Map<String, Object> fixed;

  /**
   * @param constants of the machine, by name
   */
  Universe(Map<String, Object> constants) {
    fixed = constants;
  }

  /** Takes in what an expression compares. */
  void add(Comparisons of) {
    of.reads().forEach(this::place);
    of.said().forEach(this::place);
    of.constants().forEach((path, values) -> place(path).addAll(values));
    of.beginnings()
        .forEach((path, texts) ->
            beginnings.computeIfAbsent(root(name(path)), p -> new LinkedHashSet<>()).addAll(texts));
    of.sizes()
        .forEach((path, counts) ->
            sizes.computeIfAbsent(name(path), p -> new TreeSet<>()).addAll(counts));
    for (Link link : of.linked()) {
      join(name(link.left()), name(link.right()));
    }
  }

  /** A value that a place is compared with, beside those in expressions. */
  void add(Path path, Object constant) {
    place(path).add(constant);
  }

  /** Takes in what alone a place may hold: what it is compared with is told apart by that, too. */
  void options(String place, Collection<?> options) {
    String root = root(place);
    if (members.getOrDefault(root, Set.of()).size() > 1) {
      constants.computeIfAbsent(root, p -> new LinkedHashSet<>()).addAll(options);
    }
  }

  /** Notes a place, with what is read on the way to it. */
  private Set<Object> place(Path path) {
    return constants.computeIfAbsent(root(name(path)), p -> new LinkedHashSet<>());
  }

  private String name(Path path) {
    Path here = new Path(path.root(), List.of());
    for (Path.Step step : path.steps()) {
      if (step instanceof Path.Step.Entry(Path key)) {
        join(name(key), name(here.then(new Path.Step.Any())));
      }
      here = here.then(step);
    }
    String name = path.place();
    if (places.add(name)) {
      parents.put(name, name);
      members.put(name, new LinkedHashSet<>(Set.of(name)));
      if (path.root().equals("constants")) {
        constants.computeIfAbsent(name, p -> new LinkedHashSet<>()).addAll(fixed(path));
      }
    }
    return name;
  }

  /** What a place of the machine's constants holds. */
  private List<Object> fixed(Path path) {
    List<Object> found = List.of(fixed);
    for (Path.Step step : path.steps()) {
      List<Object> next = new ArrayList<>();
      for (Object value : found) {
        switch (step) {
          case Path.Step.Member(String name) when value instanceof Map<?, ?> map -> {
            Object member = map.get(name);
            if (member != null) {
              next.add(member);
            }
          }
          case Path.Step.Any() when value instanceof List<?> list -> next.addAll(list);
          case Path.Step.Any() when value instanceof Map<?, ?> map -> next.addAll(map.keySet());
          case Path.Step.Entry(Path key) when value instanceof Map<?, ?> map ->
              next.addAll(map.values());
          case Path.Step.Entry(Path key) when value instanceof List<?> list -> next.addAll(list);
          default -> {}
        }
      }
      found = next;
    }
    return found;
  }

  private String root(String name) {
    String parent = parents.getOrDefault(name, name);
    return parent.equals(name) ? name : root(parent);
  }

  private void join(String left, String right) {
    String a = root(left);
    String b = root(right);
    if (!a.equals(b)) {
      parents.put(b, a);
      moved(constants, a, b);
      moved(beginnings, a, b);
      moved(members, a, b);
    }
  }

  private static <T> void moved(Map<String, Set<T>> map, String to, String from) {
    Set<T> values = map.remove(from);
    if (values != null) {
      map.computeIfAbsent(to, p -> new LinkedHashSet<>()).addAll(values);
    }
  }

  /** Whether anything at or below a place is read. */
  boolean reads(String place) {
    return places.stream()
        .anyMatch(it ->
            it.equals(place)
                || (it.startsWith(place)
                    && (it.charAt(place.length()) == '.' || it.charAt(place.length()) == '[')));
  }

  /** The sizes that the size of a place is compared with. */
  Set<Long> sizes(String place) {
    return sizes.getOrDefault(place, Set.of());
  }

  /** Texts at a place: each that is compared with, and enough others. */
  List<String> texts(String place) {
    Set<String> texts = new LinkedHashSet<>();
    String root = root(place);
    for (Object constant : constants.getOrDefault(root, Set.of())) {
      if (constant instanceof String text) {
        texts.add(text);
      }
    }
    Set<String> begins = beginnings.getOrDefault(root, Set.of());
    for (String beginning : begins) {
      texts.add(beginning + "~");
    }
    for (long size : sizes(place)) {
      for (long length = Math.max(0, size - 1);
          length <= Math.min(size + 1, MAX_LENGTH);
          length++) {
        texts.add("x".repeat((int) length));
        for (String beginning : begins) {
          if (beginning.length() <= length) {
            texts.add(beginning + "x".repeat((int) length - beginning.length()));
          }
        }
      }
    }
    for (int i = 0; i < fresh(root); i++) {
      texts.add("other" + (i == 0 ? "" : i + 1));
    }
    return List.copyOf(texts);
  }

  /** Whether the texts at a place stand for all: in length, in beginning, beside each other. */
  boolean exactTexts(String place) {
    return few(place)
        && sizes(place).stream().allMatch(size -> size < MAX_LENGTH)
        && (sizes(place).isEmpty() || members.getOrDefault(root(place), Set.of("")).size() == 1);
  }

  /** Whether no more places are compared with each other than values are told apart for. */
  boolean few(String place) {
    return members.getOrDefault(root(place), Set.of("")).size() <= MAX_FRESH;
  }

  /** Numbers at a place: each that is compared with, and enough between, below and above them. */
  List<BigDecimal> numbers(String place, boolean whole) {
    String root = root(place);
    TreeSet<BigDecimal> marks = new TreeSet<>();
    for (Object constant : constants.getOrDefault(root, Set.of())) {
      switch (constant) {
        case Long number -> marks.add(BigDecimal.valueOf(number));
        case Decimal number -> marks.add(number.value());
        default -> {}
      }
    }
    if (marks.isEmpty()) {
      marks.add(BigDecimal.ZERO);
    }
    TreeSet<BigDecimal> all = new TreeSet<>();
    int fresh = fresh(root);
    for (BigDecimal mark : marks) {
      if (!whole || mark.stripTrailingZeros().scale() <= 0) {
        all.add(mark);
      }
      @Nullable BigDecimal next = marks.higher(mark);
      for (int i = 1; i <= fresh; i++) {
        all.add(between(mark, next, i, fresh, whole));
        if (marks.lower(mark) == null) {
          all.add(floor(mark).subtract(BigDecimal.valueOf(i)));
        }
      }
    }
    return List.copyOf(all);
  }

  private static BigDecimal between(
      BigDecimal low, @Nullable BigDecimal high, int i, int count, boolean whole) {
    BigDecimal up = floor(low).add(BigDecimal.valueOf(i));
    if (high == null || up.compareTo(high) < 0) {
      return up;
    }
    return whole // there is no room for more
        ? floor(low)
        : low.add(
            high.subtract(low)
                .multiply(BigDecimal.valueOf(i))
                .divide(BigDecimal.valueOf(count + 1L), MathContext.DECIMAL128));
  }

  private static BigDecimal floor(BigDecimal number) {
    return number.setScale(0, RoundingMode.FLOOR);
  }

  private int fresh(String root) {
    return Math.min(MAX_FRESH, members.getOrDefault(root, Set.of("")).size());
  }
}
