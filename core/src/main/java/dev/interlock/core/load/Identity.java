package dev.interlock.core.load;

import dev.interlock.core.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a machine is known by: the SHA-256 of what its file says, whatever it looks like. Comments,
 * style, the order of the format's keys and 1.0 for 1 make no difference; the order of lists, and
 * of what the author names (states, tools, fields, answers, timers), does, since it may show.
 */
final class Identity {
  /** Of the format; another one makes another identity of the same file. */
  static final long FORMAT = 1;

  /** Keys under which the author chooses the names. */
  private static final Set<String> NAMED =
      Set.of(
          "tools",
          "set",
          "with",
          "context",
          "properties",
          "events",
          "states",
          "on",
          "after",
          "idle",
          "answers");

  private Identity() {}

  static String of(Node root) {
    return Json.hash(Map.of("format", FORMAT, "machine", normal(root.value())));
  }

  private static Object normal(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, Object> members = new LinkedHashMap<>();
        Json.object(map)
            .forEach((key, member) ->
                members.put(
                    key,
                    NAMED.contains(key) && member instanceof Map<?, ?> named
                        ? ordered(named)
                        : normal(member)));
        yield members;
      }
      case List<?> list -> {
        List<Object> items = new ArrayList<>();
        list.forEach(item -> items.add(normal(item)));
        yield items;
      }
      default -> value;
    };
  }

  private static Object ordered(Map<?, ?> named) {
    List<Object> members = new ArrayList<>();
    Json.object(named).forEach((name, body) -> members.add(List.of(name, normal(body))));
    return members;
  }
}
