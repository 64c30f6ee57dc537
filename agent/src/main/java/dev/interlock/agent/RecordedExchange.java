package dev.interlock.agent;

import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.Reply;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A line of a recording: what was asked, as hashes, and the reply, as it was.
 *
 * <pre>
 * {"asked":{"messages":["…"],"state":"Act","system":"…","tools":"…"},
 *  "reply":{"model":"…","parts":[{"text":"Yes."},{"arguments":"{}","call":"record","id":"c1"}],
 *   "stop":"CALLS","usage":{"cost":"0.1","input":30,"output":5}}}
 * </pre>
 */
record RecordedExchange(RecordedModel.Asked asked, Reply reply) {
  String write() {
    Reply.Usage usage = reply.usage();
    return Json.write(
        Map.of(
            "asked",
            Map.of(
                "state", asked.state(),
                "system", asked.system(),
                "tools", asked.tools(),
                "messages", asked.messages()),
            "reply",
            Map.of(
                "model", reply.model(),
                "stop", reply.stop().name(),
                "parts", reply.parts().stream().map(RecordedExchange::part).toList(),
                "usage",
                    Map.of(
                        "input", usage.input(),
                        "output", usage.output(),
                        "cost", usage.cost().toPlainString()))));
  }

  static Map<String, Object> part(Reply.Part part) {
    return switch (part) {
      case Reply.Text(String text) -> Map.of("text", text);
      case Reply.Call call ->
          Map.of("call", call.tool(), "id", call.id(), "arguments", call.arguments());
      case Reply.Opaque opaque -> Map.of("opaque", opaque.provider(), "data", opaque.data());
    };
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if something is missing or is something else
   */
  static RecordedExchange read(String line) {
    Map<String, Object> whole = Json.parseObject(line);
    Map<String, Object> asked = object(whole, "asked");
    Map<String, Object> reply = object(whole, "reply");
    Map<String, Object> usage = object(reply, "usage");
    List<String> messages = new ArrayList<>();
    list(asked, "messages").forEach(it -> messages.add(String.valueOf(it)));
    List<Reply.Part> parts = new ArrayList<>();
    for (Object part : list(reply, "parts")) {
      if (!(part instanceof Map<?, ?> members)) {
        throw new IllegalArgumentException("a part is no object");
      }
      parts.add(part(Json.object(members)));
    }
    return new RecordedExchange(
        new RecordedModel.Asked(
            text(asked, "state"), text(asked, "system"), text(asked, "tools"), messages),
        new Reply(
            parts,
            Reply.Stop.valueOf(text(reply, "stop")),
            text(reply, "model"),
            new Reply.Usage(
                number(usage, "input"),
                number(usage, "output"),
                new BigDecimal(text(usage, "cost")))));
  }

  private static Reply.Part part(Map<String, Object> part) {
    if (part.containsKey("text")) {
      return new Reply.Text(text(part, "text"));
    }
    if (part.containsKey("opaque")) {
      return new Reply.Opaque(text(part, "opaque"), text(part, "data"));
    }
    return new Reply.Call(text(part, "id"), text(part, "call"), text(part, "arguments"));
  }

  private static Map<String, Object> object(Map<String, Object> from, String key) {
    if (from.get(key) instanceof Map<?, ?> members) {
      return Json.object(members);
    }
    throw new IllegalArgumentException("no `" + key + "`");
  }

  private static List<?> list(Map<String, Object> from, String key) {
    if (from.get(key) instanceof List<?> items) {
      return items;
    }
    throw new IllegalArgumentException("no list `" + key + "`");
  }

  private static String text(Map<String, Object> from, String key) {
    if (from.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("no text `" + key + "`");
  }

  private static long number(Map<String, Object> from, String key) {
    if (from.get(key) instanceof Long number) {
      return number;
    }
    throw new IllegalArgumentException("no number `" + key + "`");
  }
}
