package dev.interlock.langchain4j;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a method gave back, as an answer. A method that came back has happened: also what cannot be
 * written is an answer, which says why.
 */
final class Results {
  /** What is answered where there is nothing to answer. */
  static final String DONE = "done";

  static final String NOTHING = "nothing";

  private Results() {}

  /**
   * A text is a text, anything else is JSON. A text that holds a JSON object or list is read as
   * such where a field is filled from it.
   *
   * @param nothing what is said of null
   */
  static Answer of(@Nullable Object result, String nothing) {
    Object value = result instanceof Optional<?> optional ? optional.orElse(null) : result;
    if (value == null) {
      return new Answer.Returned(nothing, null);
    }
    if (value instanceof CharSequence text) {
      String plain = text.toString();
      return Json.unicode(plain)
          ? returned(plain, misread(plain) ? Json.write(plain) : null)
          : answered("its text has half a character");
    }
    try {
      String written = Json.write(JavaValues.json(value));
      return returned(written, written);
    } catch (JsonException e) {
      return answered("its result cannot be written as JSON: " + e.getMessage());
    }
  }

  /** Whether a text would be taken for a number or a boolean: "0.10" and "42" are texts here. */
  private static boolean misread(String text) {
    try {
      Object value = Json.parse(text);
      return !(value instanceof Map || value instanceof List);
    } catch (JsonException e) {
      return false;
    }
  }

  private static Answer returned(String text, @Nullable String structured) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    return bytes <= ToolHost.MAX_RESULT
        ? new Answer.Returned(text, structured)
        : answered(
            ("its result of %,d bytes is not kept: at most %,d are (ToolHost.MAX_RESULT); ask for"
                    + " less, a page or a part")
                .formatted(bytes, ToolHost.MAX_RESULT));
  }

  private static Answer answered(String but) {
    return new Answer.Returned("The tool answered, but " + but, null);
  }
}
