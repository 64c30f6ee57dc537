package dev.interlock.core.prompt;

import dev.interlock.core.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A reply as it is written in scenarios and scripts: a text, or a list of parts.
 *
 * <pre>
 * Good morning.                                     # a text
 * - say: One moment.                                # parts, in order
 * - call: it.find_user                              # a tool of the machine, or a built-in
 *   with: {email: eve@example.com}
 * </pre>
 */
public final class Script {
  /** Between a word with the space after it, and the next. */
  private static final Pattern WORDS = Pattern.compile("(?<=\\s)(?=\\S)");

  private Script() {}

  /**
   * The reply that a value stands for.
   *
   * @param number of the question it answers; makes the ids of its calls
   * @throws IllegalArgumentException if it is not of that form, with a sentence for the author
   */
  public static Reply reply(Object value, long number) {
    List<Reply.Part> parts = new ArrayList<>();
    boolean calls = false;
    if (value instanceof String text) {
      parts.add(new Reply.Text(text));
    } else if (value instanceof List<?> list) {
      for (Object item : list) {
        Reply.Part part = part(item, number, parts.size());
        calls |= part instanceof Reply.Call;
        parts.add(part);
      }
    } else {
      throw new IllegalArgumentException("expected a text or a list of {say} and {call, with}");
    }
    Reply.Stop stop = calls ? Reply.Stop.CALLS : Reply.Stop.END;
    return new Reply(parts, stop, "scripted", Reply.Usage.NONE);
  }

  /** Tells the texts of a reply that is there already, word by word. */
  public static void tell(Reply reply, ChatModel.Deltas deltas) {
    for (Reply.Part part : reply.parts()) {
      if (part instanceof Reply.Text(String text)) {
        WORDS.splitAsStream(text).filter(word -> !word.isEmpty()).forEach(deltas::text);
      }
    }
  }

  private static Reply.Part part(Object item, long number, int index) {
    if (item instanceof Map<?, ?> map) {
      if (map.size() == 1 && map.get("say") instanceof String text) {
        return new Reply.Text(text);
      }
      boolean known = map.keySet().stream().allMatch(k -> k.equals("call") || k.equals("with"));
      Object with = map.containsKey("with") ? map.get("with") : Map.of();
      if (known && map.get("call") instanceof String tool && with instanceof Map<?, ?>) {
        return new Reply.Call("q%d-%d".formatted(number, index), tool, Json.write(with));
      }
    }
    throw new IllegalArgumentException("expected {say: TEXT} or {call: TOOL, with: {…}}");
  }
}
