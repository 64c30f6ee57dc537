package dev.interlock.testkit.scenario;

import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A field's value as a scenario writes it: a decimal may be a text, as forms and tools have it. */
final class Written {
  private Written() {}

  /** The value as the field holds it; what does not fit the field's type stays as it is. */
  static Object value(Field field, Object written) {
    return entry(field.key().size(), field.entryType(), written);
  }

  private static Object entry(int keys, Type type, Object written) {
    if (keys == 0) {
      return typed(type, written);
    }
    return written instanceof Map<?, ?> entries
        ? each(entries, entry -> entry(keys - 1, type, entry.getValue()))
        : written;
  }

  private static Object typed(Type type, Object written) {
    return switch (type) {
      case Type.Exact exact when exact.fit(written) instanceof Type.Fit.Fits(Object kept) -> kept;
      case Type.ListOf(Type items) when written instanceof List<?> list ->
          list.stream().map(item -> typed(items, item)).toList();
      case Type.MapOf(Type values) when written instanceof Map<?, ?> map ->
          each(map, entry -> typed(values, entry.getValue()));
      case Type.Struct(Map<String, Type> properties) when written instanceof Map<?, ?> map ->
          each(
              map,
              entry -> {
                Type property = properties.get(String.valueOf(entry.getKey()));
                return property == null ? entry.getValue() : typed(property, entry.getValue());
              });
      default -> written;
    };
  }

  private interface Read {
    Object value(Map.Entry<?, ?> entry);
  }

  private static Map<String, Object> each(Map<?, ?> map, Read read) {
    Map<String, Object> values = new LinkedHashMap<>();
    map.entrySet().forEach(entry -> values.put(String.valueOf(entry.getKey()), read.value(entry)));
    return values;
  }
}
