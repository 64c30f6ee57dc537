package dev.interlock.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.interlock.core.prompt.ChatModel.Deltas;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the events of a stream together to the message that the Messages API would have answered
 * whole: read from their own text, since the SDK would make doubles of fractions.
 */
final class Events {
  private static final String DATA = "data:";

  private final Deltas deltas;
  private final Map<Integer, StringBuilder> inputs = new HashMap<>();
  private ObjectNode message = Trees.NODES.objectNode();
  private ArrayNode content = Trees.NODES.arrayNode();
  private boolean stopped;

  private Events(Deltas deltas) {
    this.deltas = deltas;
  }

  /** What a stream said went wrong. */
  static final class ErrorEvent extends Exception {
    private static final long serialVersionUID = 1L;

    ErrorEvent(String message) {
      super(message);
    }
  }

  /**
   * Reads a stream to its end, and tells its texts.
   *
   * @return null if it ended before the message did, or is no stream
   * @throws JsonProcessingException if an event is not JSON
   * @throws ErrorEvent if it holds an error
   */
  static @Nullable JsonNode read(InputStream body, Deltas deltas) throws IOException, ErrorEvent {
    Events events = new Events(deltas);
    BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(DATA)) { // each event's type stands in its data too
        events.take(Trees.read(line.substring(DATA.length())));
      }
    }
    return events.stopped ? events.message() : null;
  }

  private JsonNode message() {
    return message.set("content", content);
  }

  private void take(JsonNode event) throws ErrorEvent {
    int index = event.path("index").asInt();
    switch (event.path("type").asText()) {
      case "message_start" -> {
        if (event.path("message") instanceof ObjectNode start) {
          message = start.deepCopy();
        }
      }
      case "content_block_start" -> {
        if (index == content.size() && event.path("content_block") instanceof ObjectNode block) {
          content.add(block.deepCopy());
          if (!block.path("text").asText().isEmpty()) {
            deltas.text(block.path("text").asText());
          }
        }
      }
      case "content_block_delta" -> {
        if (content.get(index) instanceof ObjectNode block) {
          add(index, block, event.path("delta"));
        }
      }
      case "content_block_stop" -> {
        StringBuilder input = inputs.remove(index);
        if (input != null && content.get(index) instanceof ObjectNode block) {
          block.set("input", input(input.toString()));
        }
      }
      case "message_delta" -> {
        if (event.path("delta") instanceof ObjectNode delta) {
          message.setAll(delta);
        }
        if (event.path("usage") instanceof ObjectNode usage) {
          message.withObject("/usage").setAll(usage); // counted from the beginning
        }
      }
      case "message_stop" -> stopped = true;
      case "error" -> throw new ErrorEvent(event.path("error").path("message").asText());
      default -> {} // pings, and what is not known yet
    }
  }

  private void add(int index, ObjectNode block, JsonNode delta) {
    switch (delta.path("type").asText()) {
      case "text_delta" -> {
        String text = delta.path("text").asText();
        append(block, "text", text);
        if (!text.isEmpty()) {
          deltas.text(text);
        }
      }
      case "input_json_delta" ->
          inputs
              .computeIfAbsent(index, i -> new StringBuilder())
              .append(delta.path("partial_json").asText());
      case "thinking_delta" -> append(block, "thinking", delta.path("thinking").asText());
      case "signature_delta" -> append(block, "signature", delta.path("signature").asText());
      case "citations_delta" -> block.withArray("/citations").add(delta.path("citation"));
      default -> {} // not known yet
    }
  }

  private static void append(ObjectNode block, String key, String more) {
    block.put(key, block.path(key).asText() + more);
  }

  /** The arguments; what is not JSON stays the text it is, and makes the reply faulty. */
  private static JsonNode input(String json) {
    try {
      return json.isBlank() ? Trees.NODES.objectNode() : Trees.read(json);
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(json);
    }
  }
}
