package dev.interlock.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.interlock.core.prompt.ChatModel.Deltas;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Reply;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
      return reply(Trees.read(json), price, json);
    } catch (JsonProcessingException e) {
      throw noMessage(json);
    }
  }

  /** As {@link #read}, of a stream, whose texts are told while they come. */
  static Reply stream(InputStream body, Price price, Deltas deltas) throws ModelException {
    Bounded bounded = new Bounded(body);
    try {
      @Nullable JsonNode message = Events.read(bounded, deltas);
      if (message == null) {
        throw noMessage(bounded.beginning());
      }
      return reply(message, price, bounded.beginning());
    } catch (Events.ErrorEvent e) {
      throw new ModelException(
          "the model endpoint broke the reply off: " + shown(String.valueOf(e.getMessage())),
          true,
          null,
          e);
    } catch (JsonProcessingException e) {
      throw noMessage(bounded.beginning());
    } catch (IOException e) {
      throw bounded.tooLong() ? tooLong() : broken(e);
    }
  }

  /** A stream of which no more is read than may be. */
  private static final class Bounded extends FilterInputStream {
    private final StringBuilder beginning = new StringBuilder();
    private int read;

    Bounded(InputStream in) {
      super(in);
    }

    String beginning() {
      return beginning.toString();
    }

    boolean tooLong() {
      return read > AnthropicModel.MAX_REPLY;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int got = super.read(into, offset, length);
      read += Math.max(0, got);
      if (tooLong()) {
        throw new IOException("more than is read");
      }
      if (got > 0 && beginning.length() < SHOWN) {
        beginning.append(new String(into, offset, got, StandardCharsets.UTF_8));
      }
      return got;
    }
  }

  private static String shown(String text) {
    return text.substring(0, Math.min(text.length(), SHOWN));
  }

  private static ModelException noMessage(String text) {
    return new ModelException(
        "the model endpoint answered with \"%s\", expected a message; look at its `url`"
            .formatted(shown(text)),
        true,
        null,
        null);
  }

  private static ModelException tooLong() {
    return new ModelException(
        "the model endpoint answered with more than %,d bytes (AnthropicModel.MAX_REPLY)"
                .formatted(AnthropicModel.MAX_REPLY)
            + ", the most that is read; look at its `url`",
        false,
        null,
        null);
  }

  private static ModelException broken(IOException e) {
    return new ModelException(
        "the connection to the model endpoint broke during the reply: " + e.getMessage(),
        true,
        null,
        e);
  }

  private static String text(InputStream body) throws ModelException {
    try {
      byte[] bytes = body.readNBytes(AnthropicModel.MAX_REPLY + 1);
      if (bytes.length > AnthropicModel.MAX_REPLY) {
        throw tooLong();
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private static Reply reply(JsonNode message, Price price, String text) throws ModelException {
    if (!message.path("content").isArray() || !message.path("stop_reason").isTextual()) {
      throw noMessage(text);
    }
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
