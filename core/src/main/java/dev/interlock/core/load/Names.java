package dev.interlock.core.load;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names that a machine file declares, so that every use of one is checked where it stands.
 *
 * @param tools in document order
 */
record Names(
    Reader reader,
    Map<String, dev.interlock.core.machine.LockedTool> tools,
    Map<String, dev.interlock.core.machine.EffectClass> effects,
    Set<String> fields,
    Set<String> states,
    Set<String> events) {

  /** The names as they stand, each checked against what is declared. */
  List<String> all(List<Node.Scalar> words, String kind, Set<String> known) {
    List<String> names = new ArrayList<>();
    for (Node.Scalar word : words) {
      if (check(word, kind, known)) {
        names.add(word.text());
      }
    }
    return List.copyOf(new LinkedHashSet<>(names));
  }

  boolean check(Node.Scalar word, String kind, Set<String> known) {
    return check(word.mark(), word.text(), kind, known);
  }

  boolean check(Mark mark, String name, String kind, Set<String> known) {
    if (known.contains(name)) {
      return true;
    }
    reader.unknown(mark, "unknown-" + kind, kind, name, known);
    return false;
  }

  /**
   * The tools that selectors mean, in document order: names, globs, {@code reads}, {@code writes},
   * {@code all}.
   */
  List<String> selected(List<Node.Scalar> words) {
    Set<String> chosen = new LinkedHashSet<>();
    for (Node.Scalar word : words) {
      String text = word.text();
      List<String> matched = tools.keySet().stream().filter(name -> matches(text, name)).toList();
      if (matched.isEmpty()) {
        reader.unknown(word.mark(), "unknown-tool", "tool", text, tools.keySet());
      }
      chosen.addAll(matched);
    }
    return tools.keySet().stream().filter(chosen::contains).toList();
  }

  private boolean matches(String selector, String tool) {
    boolean reads = dev.interlock.core.machine.EffectClass.READ.equals(effects.get(tool));
    return switch (selector) {
      case "all" -> true;
      case "reads" -> reads;
      case "writes" -> !reads;
      default ->
          selector.endsWith("*")
              ? tool.startsWith(selector.substring(0, selector.length() - 1))
              : selector.equals(tool);
    };
  }
}
