package dev.interlock.testkit.simulate;

import dev.interlock.core.json.Json;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Values on one line of YAML, as people would write them. */
final class Flow {
  /** What needs no quotes, wherever it stands, and is no other type's word. */
  private static final Pattern PLAIN =
      Pattern.compile("(?!(?i:true|false|null|y|n|yes|no|on|off)$)[A-Za-z_][A-Za-z0-9_.@/-]*");

  private Flow() {}

  static String of(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(it -> text(String.valueOf(it.getKey())) + ": " + of(it.getValue()))
              .collect(Collectors.joining(", ", "{", "}"));
      case List<?> list -> list.stream().map(Flow::of).collect(Collectors.joining(", ", "[", "]"));
      case String text -> text(text);
      default -> Json.write(value);
    };
  }

  private static String text(String text) {
    return PLAIN.matcher(text).matches() ? text : Json.write(text);
  }
}
