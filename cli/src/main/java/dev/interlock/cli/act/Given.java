package dev.interlock.cli.act;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values of a command line. */
public final class Given {
  private Given() {}

  /**
   * Words {@code NAME=VALUE}, each name once. A failure says nothing of a value, which may be
   * secret.
   *
   * @param option that takes them
   * @param form of its words
   */
  static Map<String, String> pairs(String option, String form, List<String> words) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw Failure.of(
            option + (equals < 0 ? " without a =" : " without a name before its ="),
            option + " " + form,
            "put what has blanks in quotes: '" + form + "'",
            ExitCode.USAGE);
      }
      String name = word.substring(0, equals);
      if (pairs.put(name, word.substring(equals + 1)) != null) {
        throw Failure.of(
            option + " " + name + " twice",
            "each name once",
            "several values of a list are one in JSON: " + option + " '" + name + "=[1, 2]'",
            ExitCode.USAGE);
      }
    }
    return pairs;
  }

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
