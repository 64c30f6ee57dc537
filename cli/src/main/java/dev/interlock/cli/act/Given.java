package dev.interlock.cli.act;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of a command line. */
public final class Given {
  private Given() {}

  /** Values for fields: a text as it is where the field takes one, else as JSON. */
  public static Map<String, Object> fields(Machine machine, Map<String, String> given) {
    Map<String, Object> values = new LinkedHashMap<>();
    given.forEach((field, text) -> values.put(field, value(machine.context().get(field), text)));
    return values;
  }

  private static Object value(@Nullable Field field, String text) {
    boolean textual =
        field != null && !field.many() && field.type().fit(text) instanceof Type.Fit.Fits;
    if (textual) {
      return text;
    }
    try {
      return Json.parse(text);
    } catch (JsonException e) {
      return text; // the machine says what it expected
    }
  }

  /** A JSON value. */
  public static Object json(String what, String text) {
    try {
      return Json.parse(text);
    } catch (JsonException e) {
      throw Failure.of(
          what + " that is not JSON: " + e.getMessage(),
          "a JSON value",
          "put a text in double quotes inside single ones: '\"text\"'",
          ExitCode.USAGE);
    }
  }
}
