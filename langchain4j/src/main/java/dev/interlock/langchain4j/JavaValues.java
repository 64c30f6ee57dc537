package dev.interlock.langchain4j;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Java values as values of {@link Json}: what applications have in their hands, as the core reads
 * it. Exact: what would be rounded is refused.
 */
public final class JavaValues {
  private JavaValues() {}

  /**
   * A text, boolean, whole number, {@code BigDecimal}, enum, time, {@code UUID}, record, collection
   * or map as a value. In maps and records, null and an empty {@code Optional} are left out.
   *
   * @throws JsonException if it is of another type (such as {@code double}), or holds one
   */
  public static Object json(Object value) {
    return Objects.requireNonNull(json(value, Json.MAX_DEPTH));
  }

  /** A map of such values. */
  public static Map<String, Object> object(Map<String, ?> values) {
    return map(values, Json.MAX_DEPTH);
  }

  /** A value as JSON's; null for what is absent. */
  private static @Nullable Object json(@Nullable Object value, int depth) {
    if (depth == 0) {
      throw new JsonException("more than %d levels".formatted(Json.MAX_DEPTH));
    }
    return switch (value) {
      case null -> null;
      case CharSequence text -> unicode(text.toString());
      case Boolean bool -> bool;
      case Byte number -> number.longValue();
      case Short number -> number.longValue();
      case Integer number -> number.longValue();
      case Long number -> number;
      case BigInteger number -> Json.number(new BigDecimal(number));
      case BigDecimal number -> Json.number(number);
      case Decimal number -> number;
      case Enum<?> constant -> constant.name();
      case Temporal time -> time.toString();
      case Duration duration -> duration.toString();
      case UUID id -> id.toString();
      case Optional<?> optional -> json(optional.orElse(null), depth);
      case Record members -> members(members, depth);
      case Collection<?> items -> items(items, depth);
      case Map<?, ?> map -> map(map, depth);
      case Double d -> throw new JsonException("a double, expected BigDecimal: it rounds");
      case Float f -> throw new JsonException("a float, expected BigDecimal: it rounds");
      default -> throw new JsonException(value.getClass().getName() + ", expected a record");
    };
  }

  private static String unicode(String text) {
    if (!Json.unicode(text)) {
      throw new JsonException("a text with half a character");
    }
    return text;
  }

  private static List<Object> items(Collection<?> items, int depth) {
    List<Object> written = new ArrayList<>();
    for (Object item : items) {
      Object value = json(item, depth - 1);
      if (value == null) {
        throw new JsonException("null inside a list, expected a value");
      }
      written.add(value);
    }
    return Collections.unmodifiableList(written);
  }

  private static Map<String, Object> map(Map<?, ?> map, int depth) {
    Map<String, Object> written = new LinkedHashMap<>();
    map.forEach((key, member) -> put(written, String.valueOf(json(key, 1)), member, depth));
    return written;
  }

  private static void put(
      Map<String, Object> written, String key, @Nullable Object member, int depth) {
    Object value = json(member, depth - 1);
    if (value != null) {
      written.put(key, value);
    }
  }

  private static Map<String, Object> members(Record record, int depth) {
    Map<String, Object> written = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      try {
        Method accessor = component.getAccessor();
        accessor.setAccessible(true);
        put(written, component.getName(), accessor.invoke(record), depth);
      } catch (InvocationTargetException e) {
        throw new JsonException("`%s`: %s".formatted(component.getName(), e.getCause()));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return written;
  }
}
