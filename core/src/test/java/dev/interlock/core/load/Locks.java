package dev.interlock.core.load;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.json.Json;
import java.util.List;

/** Locked tools for tests. */
final class Locks {
  /** The tools of the access examples. */
  static final ToolLock IT =
      lock(
          offered("it.find_user", "email", "string"),
          offered("it.reset_password", "employee_id", "string"),
          offered("it.reset_by_key", "key", "string"),
          new Offered(
              "it.device_catalogue",
              "Devices.",
              Json.parseObject(
                  """
                  {"type": "object", "properties": {
                    "kind": {"type": "string"}, "most": {"type": "number"},
                    "count": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "size": {"type": "object", "properties": {"width": {"type": "number"}}},
                    "free": {}, "new": {"type": "boolean"}}}\
                  """)),
          offered("it.grant_device", "employee_id", "string", "device", "string"),
          offered("it.send_mail", "to", "string", "text", "string"));

  private Locks() {}

  static ToolLock lock(Offered... offered) {
    ToolLock.Read read = ToolLock.lock("tools.lock", List.of(offered));
    if (!read.diagnostics().isEmpty()) {
      throw new IllegalArgumentException(Diagnostic.format(read.diagnostics()));
    }
    return read.lock();
  }

  /** A tool with arguments, all required, as pairs of name and type. */
  static Offered offered(String name, String... arguments) {
    StringBuilder properties = new StringBuilder();
    StringBuilder required = new StringBuilder();
    String comma = "";
    for (int i = 0; i < arguments.length; i += 2) {
      properties.append(
          "%s\"%s\": {\"type\": \"%s\"}".formatted(comma, arguments[i], arguments[i + 1]));
      required.append("%s\"%s\"".formatted(comma, arguments[i]));
      comma = ", ";
    }
    return new Offered(
        name,
        "A tool.",
        Json.parseObject(
            "{\"type\": \"object\", \"properties\": {%s}, \"required\": [%s]}"
                .formatted(properties, required)));
  }
}
