package dev.interlock.cli.tell;

import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Document;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Values as JSON and as people read them. */
final class Values {
  private Values() {}

  /** A value whose maps have text as keys: keyed fields may have numbers. */
  static Object plain(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        Map<String, Object> plain = new LinkedHashMap<>();
        map.forEach((key, member) -> plain.put(String.valueOf(key), plain(member)));
        yield plain;
      }
      case List<?> list -> list.stream().map(Values::plain).toList();
      default -> value;
    };
  }

  /** JSON on one line, documents by their names. */
  static String json(Object value) {
    return Json.write(plain(named(value)));
  }

  private static Object named(Object value) {
    Optional<Document> document = Document.of(value);
    return switch (value) {
      case Map<?, ?> map when document.isPresent() ->
          "%s (%s, %,d bytes)"
              .formatted(document.get().name(), document.get().mediaType(), document.get().size());
      case Map<?, ?> map -> {
        Map<Object, Object> members = new LinkedHashMap<>();
        map.forEach((key, member) -> members.put(key, named(member)));
        yield members;
      }
      case List<?> list -> list.stream().map(Values::named).toList();
      default -> value;
    };
  }

  /** A text as it is, anything else as JSON. */
  static String shown(Object value) {
    return value instanceof String text ? text : json(value);
  }

  /** A member, unless it is unset. */
  static void put(Map<String, Object> object, String name, @Nullable Object value) {
    if (value != null) {
      object.put(name, value);
    }
  }
}
