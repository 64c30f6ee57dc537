package dev.interlock.agent;

import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Trees that the SDK parsed, numbers exact, as the values of {@link Json}. */
final class ExactTree {
  private ExactTree() {}

  /** A JSON Schema. A null in a list is left out: no argument is ever null. */
  static Map<String, Object> schema(Map<String, Object> tree) {
    return Json.object((Map<?, ?>) value(tree, true, Json.MAX_DEPTH));
  }

  /**
   * A result.
   *
   * @throws JsonException if it is not JSON that Interlock reads
   */
  static Object result(Object tree) {
    return value(tree, false, Json.MAX_DEPTH);
  }

  private static Object value(Object tree, boolean lenient, int depth) {
    if (depth == 0) {
      throw new JsonException("more than %d levels".formatted(Json.MAX_DEPTH));
    }
    return switch (tree) {
      case String text -> text;
      case Boolean bool -> bool;
      case Integer number -> number.longValue();
      case Long number -> number;
      case BigInteger number -> Json.number(new BigDecimal(number));
      case BigDecimal number -> Json.number(number);
      case List<?> list -> {
        List<Object> items = new ArrayList<>();
        for (Object item : list) {
          if (item != null) {
            items.add(value(item, lenient, depth - 1));
          } else if (!lenient) {
            throw new JsonException("null inside a list, expected a value");
          }
        }
        yield Collections.unmodifiableList(items);
      }
      case Map<?, ?> map -> {
        Map<String, Object> members = new LinkedHashMap<>();
        for (Map.Entry<?, ? extends @Nullable Object> member : map.entrySet()) {
          Object value = member.getValue();
          if (value != null) {
            members.put(String.valueOf(member.getKey()), value(value, lenient, depth - 1));
          }
        }
        yield Collections.unmodifiableMap(members);
      }
      default -> throw new JsonException(tree.getClass().getName() + ", expected JSON");
    };
  }
}
