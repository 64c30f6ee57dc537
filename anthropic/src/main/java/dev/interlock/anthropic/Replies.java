package dev.interlock.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A reply of the Messages API, read from its own text: the SDK would make doubles of fractions.
 * What is neither text nor a call is kept as it is, to be handed back.
 */
final class Replies {
  private static final int SHOWN = 200;

  private Replies() {}

  static Reply read(InputStream body, Price price) throws ModelException {
    String json = text(body);
    try {
      JsonNode message = Trees.read(json);
      if (message.path("content").isArray() && message.path("stop_reason").isTextual()) {
        return reply(message, price);
      }
    } catch (JsonProcessingException e) {
      // said below, as for JSON that is no message
    }
    String shown = json.substring(0, Math.min(json.length(), SHOWN));
    throw new ModelException(
        "the model endpoint answered with \"%s\", expected a message; look at its `url`"
            .formatted(shown),
        true,
        null,
        null);
  }

  private static String text(InputStream body) throws ModelException {
    try {
      byte[] bytes = body.readNBytes(AnthropicModel.MAX_REPLY + 1);
      if (bytes.length > AnthropicModel.MAX_REPLY) {
        throw new ModelException(
            "the model endpoint answered with more than %,d bytes (AnthropicModel.MAX_REPLY)"
                    .formatted(AnthropicModel.MAX_REPLY)
                + ", the most that is read; look at its `url`",
            false,
            null,
            null);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ModelException(
          "the connection to the model endpoint broke during the reply: " + e.getMessage(),
          true,
          null,
          e);
    }
  }

  private static Reply reply(JsonNode message, Price price) {
    List<Reply.Part> parts = new ArrayList<>();
    message.get("content").forEach(block -> parts.add(part(block)));
    return new Reply(
        parts,
        stop(message.get("stop_reason").textValue()),
        message.path("model").asText(),
        usage(message.path("usage"), price));
  }

  private static Reply.Part part(JsonNode block) {
    return switch (block.path("type").asText()) {
      case "text" -> new Reply.Text(block.path("text").asText());
      case "tool_use" ->
          new Reply.Call(
              block.path("id").asText(),
              block.path("name").asText(),
              block.path("input").toString());
      default -> new Reply.Opaque(AnthropicModel.PROVIDER, block.toString());
    };
  }

  private static Reply.Stop stop(String reason) {
    return switch (reason) {
      case "tool_use" -> Reply.Stop.CALLS;
      case "max_tokens", "model_context_window_exceeded", "pause_turn" -> Reply.Stop.LENGTH;
      case "refusal" -> Reply.Stop.DECLINED;
      default -> Reply.Stop.END; // end_turn, stop_sequence
    };
  }

  private static Reply.Usage usage(JsonNode usage, Price price) {
    long read =
        usage.path("input_tokens").asLong() + usage.path("cache_creation_input_tokens").asLong();
    long cached = usage.path("cache_read_input_tokens").asLong();
    long written = usage.path("output_tokens").asLong();
    return price.usage(read, cached, written);
  }
}
