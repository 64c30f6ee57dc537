package dev.interlock.langchain4j.model;

import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.PdfFileContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A question as LangChain4j takes it. Texts that follow one another are one message, a blank line
 * between them: not every endpoint takes a list. Of a tool's schema its properties go out as they
 * are; of the object itself only what is required, and definitions, since LangChain4j has no place
 * for more.
 */
final class Requests {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final int HASH = 16;

  private Requests() {}

  /**
   * @param provider whose data is handed back
   */
  static ChatRequest of(Question question, String provider) {
    List<ChatMessage> messages = new ArrayList<>();
    if (!question.system().isBlank()) {
      messages.add(SystemMessage.from(question.system()));
    }
    Map<String, String> tools = new HashMap<>();
    for (Question.Message message : question.messages()) {
      switch (message) {
        case Question.Said said -> said(messages, said);
        case Question.Replied(List<Reply.Part> parts) -> {
          replied(messages, parts, provider);
          for (Reply.Part part : parts) {
            if (part instanceof Reply.Call call) {
              tools.put(call.id(), name(call.tool()));
            }
          }
        }
        case Question.Results results ->
            results.results().forEach(result -> messages.add(result(result, tools)));
      }
    }
    return ChatRequest.builder()
        .messages(messages)
        .toolSpecifications(question.tools().stream().map(Requests::tool).toList())
        .build();
  }

  private static void said(List<ChatMessage> messages, Question.Said said) {
    List<Content> contents = new ArrayList<>();
    String text =
        said.texts().stream()
            .filter(it -> !it.isBlank())
            .collect(Collectors.joining("\n\n"))
            .strip();
    if (!messages.isEmpty() && messages.getLast() instanceof UserMessage before) {
      messages.removeLast(); // what stood between them could not be handed back
      contents.addAll(before.contents());
      if (contents.getLast() instanceof TextContent last && !text.isEmpty()) {
        contents.removeLast();
        text = last.text() + "\n\n" + text;
      }
    }
    if (!text.isEmpty()) {
      contents.add(TextContent.from(text));
    }
    said.documents().forEach(document -> contents.add(content(document)));
    if (!contents.isEmpty()) {
      messages.add(UserMessage.from(contents));
    }
  }

  private static Content content(Attachment document) {
    String mediaType = document.document().mediaType();
    String bytes = Base64.getEncoder().encodeToString(document.bytes());
    return mediaType.equals(MediaType.PDF.word())
        ? PdfFileContent.from(bytes, mediaType)
        : ImageContent.from(bytes, mediaType);
  }

  private static void replied(List<ChatMessage> messages, List<Reply.Part> parts, String provider) {
    AiMessage.Builder message = AiMessage.builder();
    List<String> texts = new ArrayList<>();
    List<ToolExecutionRequest> calls = new ArrayList<>();
    for (Reply.Part part : parts) {
      switch (part) {
        case Reply.Text(String text) -> texts.add(text);
        case Reply.Call call ->
            calls.add(
                ToolExecutionRequest.builder()
                    .id(call.id())
                    .name(name(call.tool()))
                    .arguments(object(call.arguments()))
                    .build());
        case Reply.Opaque(String whose, String data) -> {
          if (whose.equals(provider)
              && ChatMessageDeserializer.messageFromJson(data) instanceof AiMessage was) {
            message = was.toBuilder();
          }
        }
      }
    }
    String text = String.join("", texts);
    if (!text.isBlank() || !calls.isEmpty()) {
      messages.add(message.text(text.isBlank() ? null : text).toolExecutionRequests(calls).build());
    }
  }

  private static ChatMessage result(Question.Result result, Map<String, String> tools) {
    String text = result.text().isBlank() ? "(nothing)" : result.text();
    return ToolExecutionResultMessage.builder()
        .id(result.call())
        .toolName(tools.getOrDefault(result.call(), "unknown"))
        .text(text)
        .isError(result.error())
        .build();
  }

  /** What a model called that is no name is handed back as one, each as another. */
  static String name(String tool) {
    return NAME.matcher(tool).matches() ? tool : "no-name-" + Json.sha256(tool).substring(0, HASH);
  }

  /** An object as it was; what is none is shown as text in one: not every client passes it on. */
  private static String object(String arguments) {
    try {
      Json.parseObject(arguments);
      return arguments;
    } catch (JsonException e) {
      return Json.write(Map.of("malformed", arguments));
    }
  }

  private static ToolSpecification tool(Question.ToolSpec spec) {
    JsonObjectSchema.Builder schema = JsonObjectSchema.builder();
    members(spec.schema(), "properties")
        .forEach((name, value) -> schema.addProperty(name, JsonRawSchema.from(Json.write(value))));
    if (spec.schema().get("required") instanceof List<?> names) {
      schema.required(names.stream().map(String::valueOf).toList());
    }
    if (spec.schema().get("additionalProperties") instanceof Boolean allowed) {
      schema.additionalProperties(allowed);
    }
    Map<String, Object> definitions = members(spec.schema(), "$defs");
    if (!definitions.isEmpty()) {
      schema.definitions(
          definitions.entrySet().stream()
              .collect(
                  Collectors.toMap(
                      Map.Entry::getKey, it -> JsonRawSchema.from(Json.write(it.getValue())))));
    }
    return ToolSpecification.builder()
        .name(spec.name())
        .description(spec.description())
        .parameters(schema.build())
        .build();
  }

  private static Map<String, Object> members(Map<String, Object> schema, String key) {
    return schema.get(key) instanceof Map<?, ?> map ? Json.object(map) : Map.of();
  }
}
