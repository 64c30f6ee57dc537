package dev.interlock.core.load;

import com.google.common.base.Splitter;
import com.google.re2j.Pattern;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Label;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Names of tools, globs and classes, expanded. */
final class Selector {
  private static final Set<String> CLASSES = Set.of("all", "reads", "writes", "external");

  private Selector() {}

  /** The tools that a key selects, less those of {@code except}. */
  static List<String> expand(Draft draft, MappingReader keys, String key) {
    List<String> selected = expand(draft, keys.words(key));
    List<String> left = new ArrayList<>(selected);
    left.removeAll(expand(draft, keys.words("except")));
    if (keys.has("except") && left.equals(selected)) {
      String beside = "tools that `" + key + "` selects";
      draft.reader.noEffect(keys, "except", "a selector", beside);
    }
    return List.copyOf(left);
  }

  /** The tools selected, each once, in document order. */
  private static List<String> expand(Draft draft, List<Node.Scalar> words) {
    Set<String> selected = new LinkedHashSet<>();
    for (Node.Scalar word : words) {
      String text = word.text();
      if (CLASSES.contains(text)) {
        draft.tools.forEach((tool, effect) -> {
          boolean matches =
              switch (text) {
                case "reads" -> effect == EffectClass.READ;
                case "writes" -> effect != EffectClass.READ;
                case "external" ->
                    draft.labels.getOrDefault(tool, List.of()).contains(Label.EXTERNAL);
                default -> true;
              };
          if (matches) {
            selected.add(tool);
          }
        });
      } else if (text.contains("*")) {
        glob(draft, word, selected);
      } else if (draft.tools.containsKey(text)) {
        selected.add(text);
      } else {
        draft.reader.unknown(
            word.mark(), LoadCode.UNKNOWN_NAME, "tool", text, draft.tools.keySet());
      }
    }
    return draft.tools.keySet().stream().filter(selected::contains).toList();
  }

  private static void glob(Draft draft, Node.Scalar word, Set<String> selected) {
    StringBuilder regex = new StringBuilder();
    for (String literal : Splitter.on('*').split(word.text())) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(literal));
    }
    Pattern pattern = Pattern.compile(regex.toString());
    List<String> matched =
        draft.tools.keySet().stream().filter(tool -> pattern.matcher(tool).matches()).toList();
    if (matched.isEmpty()) {
      draft.reader.report(
          word.mark(),
          LoadCode.UNKNOWN_NAME,
          "the glob `" + word.text() + "`, which matches no tool",
          "a glob that matches one of " + Reader.list(draft.tools.keySet()),
          null);
    }
    selected.addAll(matched);
  }
}
