package dev.interlock.bench.kill;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What was found, of one store or of several. */
final class Verdict {
  /** What must not be. */
  enum Wrong {
    /** Something that was acknowledged is not there, or is there otherwise. */
    LOST,
    /** A write went out again, or a message was taken again. */
    DOUBLED,
    /** An instance did not come to the place where it had to end. */
    STUCK,
    /** A chain, or what derives from it, does not verify; or an engine ended or complained. */
    BROKEN,
    /** A journal says of a call what its server does not know. */
    UNTRUE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Wrong, Long> wrong = new EnumMap<>(Wrong.class);
  private final Map<String, Long> counts = new LinkedHashMap<>();
  private final Set<String> points = new TreeSet<>();
  private final List<String> findings = new ArrayList<>();

  void finds(Wrong kind, String finding) {
    wrong.merge(kind, 1L, Long::sum);
    findings.add(kind.word() + ": " + finding);
  }

  void counts(String what, long more) {
    counts.merge(what, more, Long::sum);
  }

  /** It was killed there. */
  void passes(String point) {
    points.add(point);
  }

  void add(Verdict other) {
    other.wrong.forEach((kind, more) -> wrong.merge(kind, more, Long::sum));
    other.counts.forEach(this::counts);
    points.addAll(other.points);
    findings.addAll(other.findings);
  }

  boolean sound() {
    return wrong.isEmpty();
  }

  long of(Wrong kind) {
    return wrong.getOrDefault(kind, 0L);
  }

  long of(String what) {
    return counts.getOrDefault(what, 0L);
  }

  Set<String> points() {
    return Set.copyOf(points);
  }

  /** What must not be, a sentence each. */
  List<String> findings() {
    return List.copyOf(findings);
  }

  /** All that was counted, by its name. */
  Map<String, Object> counted() {
    Map<String, Object> all = new LinkedHashMap<>(counts);
    for (Wrong kind : Wrong.values()) {
      all.put(kind.word(), of(kind));
    }
    all.put("points", (long) points.size());
    return all;
  }
}
