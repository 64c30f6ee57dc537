package dev.interlock.core.decide;

import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.prompt.Reply;
import java.util.HashSet;
import java.util.Set;

/** What makes a reply unusable. */
final class Faults {
  private Faults() {}

  /** Why a reply cannot be used, or empty if it can. */
  static String of(Reply reply) {
    if (reply.stop() == Reply.Stop.LENGTH) {
      return "it was cut off";
    }
    if (reply.stop() == Reply.Stop.TOO_LONG) {
      return "it went over %,d characters in %,d parts"
          .formatted(Reply.MAX_LENGTH, Reply.MAX_PARTS);
    }
    if (reply.stop() == Reply.Stop.DECLINED) {
      return "the model would not answer";
    }
    boolean empty = true;
    Set<String> ids = new HashSet<>();
    for (Reply.Part part : reply.parts()) {
      switch (part) {
        case Reply.Text(String text) -> {
          if (!Json.unicode(text)) {
            return "its text has half a character (an unpaired surrogate)";
          }
          empty &= text.isBlank();
        }
        case Reply.Call call -> {
          empty = false;
          if (call.id().isEmpty() || !ids.add(call.id())) {
            return "two of its calls have the same id, or one has none";
          }
          String malformed = malformed(call);
          if (!malformed.isEmpty()) {
            return malformed;
          }
        }
        case Reply.Opaque o -> {}
      }
    }
    return empty ? "it was empty" : "";
  }

  private static String malformed(Reply.Call call) {
    try {
      Json.parseObject(call.arguments());
      return "";
    } catch (JsonException e) {
      return e.outOfRange()
          ? ""
          : "the arguments of a call are not a JSON object: " + e.getMessage();
    }
  }
}
