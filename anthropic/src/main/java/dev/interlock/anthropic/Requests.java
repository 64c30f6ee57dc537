package dev.interlock.anthropic;

import com.anthropic.core.JsonField;
import com.anthropic.core.JsonValue;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.ThinkingConfigAdaptive;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * A question as the Messages API takes it: user and assistant alternate, results stand first in the
 * message after their calls, no text is empty, and what stays the same is marked for the cache (the
 * tools, the system text, and the conversation so far).
 */
final class Requests {
  private static final String PROVIDER = AnthropicModel.PROVIDER;

  private static final Set<String> CACHEABLE = Set.of("text", "tool_use", "tool_result");

  private Requests() {}

  /**
   * @param thinking whether the model may think as much as it sees fit
   */
  static MessageCreateParams of(Question question, String model, long maxTokens, boolean thinking) {
    MessageCreateParams.Builder params =
        MessageCreateParams.builder()
            .model(model)
            .maxTokens(maxTokens)
            .messages(field(messages(question.messages())));
    if (!question.system().isBlank()) {
      ObjectNode system = cached(text(question.system()));
      params.system(field(Trees.NODES.arrayNode().add(system)));
    }
    if (!question.tools().isEmpty()) {
      params.tools(field(tools(question.tools())));
    }
    if (thinking) {
      params.thinking(ThinkingConfigAdaptive.builder().build());
    }
    return params.build();
  }

  /** A raw value is taken in place of any typed one. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T> JsonField<T> field(JsonNode tree) {
    JsonValue value = Trees.value(tree);
    return value;
  }

  private static ArrayNode tools(List<Question.ToolSpec> specs) {
    ArrayNode tools = Trees.NODES.arrayNode();
    for (Question.ToolSpec spec : specs) {
      ObjectNode tool = tools.addObject();
      tool.put("name", spec.name());
      tool.put("description", spec.description());
      tool.set("input_schema", Trees.of(spec.schema()));
    }
    cached((ObjectNode) tools.get(tools.size() - 1));
    return tools;
  }

  private static ArrayNode messages(List<Question.Message> messages) {
    List<Turn> turns = new ArrayList<>();
    for (Question.Message message : messages) {
      switch (message) {
        case Question.Said said -> {
          List<ObjectNode> rest = turn(turns, "user").rest;
          said.documents().forEach(one -> rest.add(document(one)));
          rest.addAll(texts(said.texts()));
        }
        case Question.Results results ->
            turn(turns, "user").results.addAll(results(results.results()));
        case Question.Replied replied -> {
          List<ObjectNode> parts = parts(replied.parts());
          if (!parts.isEmpty()) { // nothing that this provider can be handed back
            turn(turns, "assistant").rest.addAll(parts);
          }
        }
      }
    }
    turns.removeIf(turn -> turn.results.isEmpty() && turn.rest.isEmpty());
    cacheConversation(turns);
    ArrayNode all = Trees.NODES.arrayNode();
    for (Turn turn : turns) {
      ArrayNode content = all.addObject().put("role", turn.role).putArray("content");
      content.addAll(turn.results);
      content.addAll(turn.rest);
    }
    return all;
  }

  /**
   * Marks the last block that the next question will begin with too: the very last text is the
   * status, which is made anew each time, and what is handed back must not be touched.
   */
  private static void cacheConversation(List<Turn> turns) {
    List<ObjectNode> blocks = new ArrayList<>();
    for (Turn turn : turns) {
      blocks.addAll(turn.results);
      blocks.addAll(turn.rest);
    }
    blocks.removeIf(block -> !CACHEABLE.contains(block.path("type").asText()));
    if (!blocks.isEmpty()) {
      cached(blocks.get(Math.max(0, blocks.size() - 2)));
    }
  }

  /** What one side says before the other does. */
  private record Turn(String role, List<ObjectNode> results, List<ObjectNode> rest) {}

  /** The last one if it is that side's, else a new one. */
  private static Turn turn(List<Turn> turns, String role) {
    if (turns.isEmpty() || !turns.getLast().role.equals(role)) {
      turns.add(new Turn(role, new ArrayList<>(), new ArrayList<>()));
    }
    return turns.getLast();
  }

  private static ObjectNode document(Attachment attachment) {
    String mediaType = attachment.document().mediaType();
    boolean pdf = mediaType.equals(MediaType.PDF.word());
    ObjectNode block = Trees.NODES.objectNode().put("type", pdf ? "document" : "image");
    block
        .putObject("source")
        .put("type", "base64")
        .put("media_type", mediaType)
        .put("data", Base64.getEncoder().encodeToString(attachment.bytes()));
    return block;
  }

  private static List<ObjectNode> texts(List<String> texts) {
    return texts.stream().filter(text -> !text.isBlank()).map(Requests::text).toList();
  }

  private static ObjectNode text(String text) {
    return Trees.NODES.objectNode().put("type", "text").put("text", text);
  }

  private static List<ObjectNode> results(List<Question.Result> results) {
    List<ObjectNode> blocks = new ArrayList<>();
    for (Question.Result result : results) {
      ObjectNode block = Trees.NODES.objectNode();
      block.put("type", "tool_result").put("tool_use_id", result.call());
      if (!result.text().isBlank()) {
        block.put("content", result.text());
      }
      if (result.error()) {
        block.put("is_error", true);
      }
      blocks.add(block);
    }
    return blocks;
  }

  private static List<ObjectNode> parts(List<Reply.Part> parts) {
    List<ObjectNode> blocks = new ArrayList<>();
    for (Reply.Part part : parts) {
      switch (part) {
        case Reply.Text text -> blocks.addAll(texts(List.of(text.text())));
        case Reply.Call call -> blocks.add(call(call));
        case Reply.Opaque opaque -> {
          if (opaque.provider().equals(PROVIDER)) {
            blocks.add(object(opaque.data()));
          }
        }
      }
    }
    return blocks;
  }

  private static ObjectNode call(Reply.Call call) {
    ObjectNode block = Trees.NODES.objectNode();
    block.put("type", "tool_use").put("id", call.id()).put("name", call.tool());
    block.set("input", object(call.arguments()));
    return block;
  }

  /** An object as it was; what another model wrote in place of one is shown as text in one. */
  private static ObjectNode object(String json) {
    try {
      if (Trees.read(json) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      // shown as what it is
    }
    return Trees.NODES.objectNode().put("malformed", json);
  }

  private static ObjectNode cached(ObjectNode block) {
    block.putObject("cache_control").put("type", "ephemeral");
    return block;
  }
}
