package dev.interlock.core.machine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An argument named by its path, as in {@code args.order_id}.
 *
 * @param path the steps after {@code args}, at least one
 */
public record ArgRef(List<String> path) {
  /** The argument's value, or null if it is not given. */
  public @Nullable Object of(Map<String, Object> args) {
    Object value = args;
    for (String step : path) {
      Object next = value instanceof Map<?, ?> map ? map.get(step) : null;
      if (next == null) {
        return null;
      }
      value = next;
    }
    return value;
  }

  @Override
  public String toString() {
    return "args." + String.join(".", path);
  }
}
