package dev.interlock.examples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A machine's text less one of its parts, which a path names: keys and numbers with {@code /}
 * between them, {@code *} for each. What leads to a state leads to another one instead.
 */
final class Without {
  private final Map<?, ?> machine;
  private boolean found;

  private Without(String text) {
    LoadSettings settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
    this.machine = (Map<?, ?>) new Load(settings).loadFromString(text);
  }

  static Map<?, ?> read(String text) {
    return new Without(text).machine;
  }

  /**
   * @throws IllegalArgumentException if nothing is there
   */
  static String part(String text, String path) {
    Without without = new Without(text);
    Object less = without.less(without.machine, List.of(path.split("/")));
    if (!without.found) {
      throw new IllegalArgumentException("there is no " + path);
    }
    DumpSettings settings = DumpSettings.builder().setSchema(new CoreSchema()).build();
    return new Dump(settings).dumpToString(less);
  }

  /** What stands there without the part, or null for nothing. */
  private @Nullable Object less(Object node, List<String> path) {
    if (path.isEmpty()) {
      found = true;
      return node instanceof String word && states().containsKey(word) ? other(word) : null;
    }
    String first = path.getFirst();
    List<String> rest = path.subList(1, path.size());
    if (node instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> {
        boolean here = first.equals("*") || first.equals(key);
        Object kept = here ? less(value, rest) : value;
        if (kept != null) {
          copy.put(key, kept);
        }
      });
      return copy;
    }
    if (node instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      for (int i = 0; i < list.size(); i++) {
        Object item = list.get(i);
        boolean here = first.equals("*") || first.equals(String.valueOf(i)) || first.equals(item);
        Object kept = here ? less(item, rest) : item;
        if (kept != null) {
          copy.add(kept);
        }
      }
      return copy;
    }
    return node;
  }

  private Map<?, ?> states() {
    return Objects.requireNonNull((Map<?, ?>) machine.get("states"));
  }

  /** Another end than the one that it led to. */
  private Object other(String target) {
    return states().entrySet().stream()
        .filter(state ->
            state.getValue() instanceof Map<?, ?> parts
                && "final".equals(parts.get("type"))
                && !target.equals(state.getKey()))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }
}
