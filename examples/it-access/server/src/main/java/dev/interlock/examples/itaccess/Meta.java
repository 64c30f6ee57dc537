package dev.interlock.examples.itaccess;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the client says about a call beside its arguments. A client other than Interlock may leave
 * it out; a part that is missing is empty.
 *
 * @param key the idempotency key: the same at each attempt of one call
 * @param instance which case the call belongs to
 * @param caller for whom the case runs
 */
record Meta(String key, String instance, String caller) {
  private static final String PREFIX = "interlock/";

  static Meta of(@Nullable Map<String, Object> meta) {
    Map<String, Object> given = meta == null ? Map.of() : meta;
    return new Meta(text(given, "idempotencyKey"), text(given, "instance"), text(given, "caller"));
  }

  private static String text(Map<String, Object> meta, String name) {
    Object value = meta.get(PREFIX + name);
    if (value instanceof Map<?, ?> principal) {
      value = principal.get("id");
    }
    return value == null ? "" : value.toString();
  }
}
