package dev.interlock.build;

import dev.interlock.core.json.Json;
import java.util.Collection;
import java.util.Map;

/** A tree as JSON, in the order it was said: of what the author names, the order counts. */
final class Written {
  private Written() {}

  static String of(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    switch (value) {
      case Map<?, ?> map -> {
        String before = "{";
        for (Map.Entry<?, ?> member : map.entrySet()) {
          out.append(before);
          Json.write(member.getKey(), out);
          out.append(": ");
          write(member.getValue(), out);
          before = ", ";
        }
        out.append(map.isEmpty() ? "{}" : "}");
      }
      case Collection<?> items -> {
        String before = "[";
        for (Object item : items) {
          out.append(before);
          write(item, out);
          before = ", ";
        }
        out.append(items.isEmpty() ? "[]" : "]");
      }
      default -> Json.write(value, out);
    }
  }
}
