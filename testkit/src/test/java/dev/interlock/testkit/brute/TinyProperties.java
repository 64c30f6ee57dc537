package dev.interlock.testkit.brute;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Draws the properties of a tiny machine, once all else is drawn. */
final class TinyProperties {
  private final TinyText text;

  TinyProperties(TinyText text) {
    this.text = text;
  }

  List<Object> draw() {
    List<Object> all = new ArrayList<>();
    List<String> names = new ArrayList<>(text.states.subList(1, text.states.size()));
    text.tools.forEach(tool -> names.add(tool.name()));
    if (text.percent(40)) {
      String then = text.any(names);
      List<String> others = new ArrayList<>(names);
      others.add(text.states.getFirst());
      others.remove(then);
      Map<String, Object> property = new LinkedHashMap<>();
      property.put("name", "first things first");
      property.put("before", List.of(text.any(others), then));
      all.add(property);
    }
    List<String> ends = text.ends();
    if (!ends.isEmpty() && text.percent(40)) {
      Map<String, Object> property = new LinkedHashMap<>();
      property.put("name", "it ends");
      property.put("eventually", text.oneIn(2) ? ends : List.of(text.any(ends)));
      all.add(property);
    }
    if (text.percent(60)) {
      all.add(judged(names));
    }
    return all;
  }

  /** A property that only check and simulations judge. */
  private Map<String, Object> judged(List<String> names) {
    Map<String, Object> property = new LinkedHashMap<>();
    property.put("name", "judged");
    String about = text.any(names);
    List<String> others = new ArrayList<>(names);
    others.add(text.states.getFirst());
    others.remove(about);
    asked().forEach(role -> others.addAll(List.of("yes " + role, "yes " + role)));
    switch (text.random.nextInt(4)) {
      case 0 -> {
        property.put("never", about);
        if (text.percent(70)) {
          property.put("after", text.any(others));
        }
        condition(property, about);
      }
      case 1 -> {
        // more than two calls in one reply are not tried
        property.put("atMost", (long) text.random.nextInt(about.startsWith("t.") ? 2 : 3));
        property.put("of", about);
      }
      case 2 -> {
        property.put("before", List.of(text.any(others), about));
        condition(property, about);
      }
      default -> same(property, about);
    }
    return property;
  }

  private void condition(Map<String, Object> property, String about) {
    List<String> conditions = new ArrayList<>();
    text.tools.stream()
        .filter(tool -> tool.name().equals(about))
        .forEach(tool -> conditions.add(text.condition(tool)));
    text.fields.forEach(field -> conditions.add(text.atom(field)));
    text.fields.forEach(field -> conditions.add("has(context.%s)".formatted(field.name())));
    if (!conditions.isEmpty() && text.percent(50)) {
      property.put("if", text.any(conditions));
    }
  }

  /** Of two tools that have an argument in common, if there are such. */
  private void same(Map<String, Object> property, String about) {
    if (text.tools.size() == 2) {
      Set<String> both = new TreeSet<>(text.tools.getFirst().args().keySet());
      both.retainAll(text.tools.getLast().args().keySet());
      if (!both.isEmpty()) {
        property.put("before", List.of(text.tools.getFirst().name(), text.tools.getLast().name()));
        property.put("same", both.iterator().next());
        return;
      }
    }
    List<String> first = asked().stream().map(role -> "yes " + role).toList();
    property.put(
        "before", List.of(first.isEmpty() ? text.states.getFirst() : text.any(first), about));
  }

  /** The roles that are asked somewhere. */
  private Set<String> asked() {
    Set<String> roles = new TreeSet<>();
    if (text.kinds.contains("approval")) {
      roles.add("boss");
    }
    if (text.machine.get("rules") instanceof List<?> rules) {
      for (Object rule : rules) {
        if (rule instanceof Map<?, ?> keys && keys.get("ask") instanceof String role) {
          roles.add(role);
        }
      }
    }
    return roles;
  }
}
