package dev.interlock.core.counterexample;

import com.github.curiousoddman.rgxgen.RgxGen;
import com.github.curiousoddman.rgxgen.iterators.StringIterator;
import com.google.re2j.Pattern;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values of a form that is asked for: the plainest one. */
public final class Formed {
  private static final int MAX_PATTERN = 200;
  private static final int MAX_ITEMS = 20;
  private static final int MAX_DEPTH = 8;

  /** How often a pattern repeats something at most, of those that are tried. */
  private static final Pattern MUCH = Pattern.compile("[0-9]{3,}[,}]|\\}\\)*\\{");

  private Formed() {}

  /** A text in which a pattern is found; empty if none is known. Pure. */
  public static Optional<String> text(Pattern pattern) {
    String source = pattern.pattern();
    if (source.length() > MAX_PATTERN || MUCH.matcher(source).find()) {
      return Optional.empty();
    }
    try {
      StringIterator texts = RgxGen.parse(source).iterateUnique();
      return texts.hasNext()
          ? Optional.of(texts.next()).filter(text -> pattern.matcher(text).find())
          : Optional.empty();
    } catch (RuntimeException e) { // what it does not know of RE2's syntax
      return Optional.empty();
    }
  }

  /**
   * A value with all members that its type has.
   *
   * @param some those that it shall have so, of an object or of the items of a list; null for any
   */
  static Object whole(Type type, @Nullable Object some) {
    return switch (type) {
      case Type.Struct(Map<String, Type> properties) -> {
        Map<?, ?> given = some instanceof Map<?, ?> map ? map : Map.of();
        Map<String, Object> all = new TreeMap<>();
        properties.forEach((name, of) -> all.put(name, whole(of, given.get(name))));
        yield all;
      }
      case Type.ListOf(Type items) ->
          some instanceof List<?> list && !list.isEmpty()
              ? list.stream().map(item -> whole(items, item)).toList()
              : List.of(whole(items, null));
      default -> some == null ? plain(type) : some;
    };
  }

  private static Object plain(Type type) {
    return switch (type) {
      case Type.Time time ->
          switch (time.kind()) {
            case DATE -> "2026-01-05";
            case TIMESTAMP -> "2026-01-05T09:00:00Z";
            case DURATION -> "PT1H";
          };
      case Type.Opaque t -> Map.of();
      case Type.MapOf t -> Map.of();
      default -> value(type.schema()).orElse(Map.of());
    };
  }

  /** A value that a JSON Schema is likely to take: what it requires, and no more. Pure. */
  static Optional<Object> value(Map<?, ?> schema) {
    return value(schema, 0);
  }

  private static Optional<Object> value(Map<?, ?> schema, int depth) {
    if (schema.get("const") != null) {
      return Optional.of(schema.get("const"));
    }
    if (schema.get("enum") instanceof List<?> options && !options.isEmpty()) {
      return Optional.ofNullable(options.getFirst());
    }
    return depth > MAX_DEPTH
        ? Optional.empty()
        : switch (String.valueOf(schema.get("type"))) {
          case "boolean" -> Optional.of(true);
          case "integer", "number" -> Optional.of(number(schema));
          case "string" -> string(schema);
          case "array" -> array(schema, depth);
          case "object" -> object(schema, depth);
          default -> Optional.empty();
        };
  }

  private static Object number(Map<?, ?> schema) {
    if (schema.get("minimum") != null) {
      return schema.get("minimum");
    }
    if (schema.get("exclusiveMinimum") instanceof Number least) {
      return least.longValue() + 1;
    }
    return schema.get("maximum") == null ? 1L : schema.get("maximum");
  }

  private static Optional<Object> string(Map<?, ?> schema) {
    if (schema.get("pattern") instanceof String pattern) {
      return text(Pattern.compile(pattern)).map(text -> text);
    }
    int length = schema.get("minLength") instanceof Long least ? least.intValue() : 1;
    return Optional.of("a".repeat(Math.clamp(length, 1, MAX_PATTERN)));
  }

  private static Optional<Object> array(Map<?, ?> schema, int depth) {
    long least = schema.get("minItems") instanceof Long items ? items : 0;
    List<Object> list = new ArrayList<>();
    if (schema.get("items") instanceof Map<?, ?> items) {
      for (long i = 0; i < Math.min(least, MAX_ITEMS); i++) {
        value(items, depth + 1).ifPresent(list::add);
      }
    }
    return list.size() < least ? Optional.empty() : Optional.of(List.copyOf(list));
  }

  private static Optional<Object> object(Map<?, ?> schema, int depth) {
    Map<String, Object> members = new TreeMap<>();
    Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> map ? map : Map.of();
    for (Object name : schema.get("required") instanceof List<?> names ? names : List.of()) {
      if (properties.get(name) instanceof Map<?, ?> of) {
        value(of, depth + 1).ifPresent(value -> members.put(String.valueOf(name), value));
      }
    }
    return Optional.of(members);
  }
}
