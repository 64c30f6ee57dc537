package dev.interlock.testkit.cast;

import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Source;
import java.util.LinkedHashMap;
import java.util.Map;

/** What tools answer: mostly something that fits all the fields that it fills. */
public final class Answers {
  private Answers() {}

  /** An answer of a tool. */
  public static Object of(Machine machine, Hostile draw, String tool) {
    Map<String, Object> parts = new LinkedHashMap<>();
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Tools tools
          && tools.from().contains(tool)
          && tools.value() == null
          && !draw.slips(10)) {
        Object value =
            tools.append() ? draw.of(field.name(), field.type()) : Proposals.value(draw, field);
        if (tools.at().isEmpty() && !(value instanceof Map)) {
          return value;
        }
        Json.put(parts, tools.at(), value);
      }
    }
    return parts.isEmpty() ? draw.anything() : parts;
  }
}
