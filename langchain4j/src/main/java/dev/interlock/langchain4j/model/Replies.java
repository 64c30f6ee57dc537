package dev.interlock.langchain4j.model;

import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessageSerializer;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What LangChain4j makes of a reply, as one of ours. */
final class Replies {
  private Replies() {}

  /**
   * Thinking and attributes as data to be handed back, then the text, then the calls. Calls that
   * the provider gave no id get one.
   *
   * @throws ModelException if there are calls that could not be read
   */
  static List<Reply.Part> parts(ChatResponse response, long question, String provider)
      throws ModelException {
    AiMessage message = response.aiMessage();
    List<Reply.Part> parts = new ArrayList<>();
    if (message.thinking() != null || !message.attributes().isEmpty()) {
      parts.add(new Reply.Opaque(provider, opaque(message)));
    }
    if (message.text() != null && !message.text().isEmpty()) {
      parts.add(new Reply.Text(message.text()));
    }
    for (ToolExecutionRequest call : message.toolExecutionRequests()) {
      String id = Objects.requireNonNullElse(call.id(), "");
      String arguments = Objects.requireNonNullElse(call.arguments(), "");
      parts.add(
          new Reply.Call(
              id.isEmpty() ? "q%d-%d".formatted(question, parts.size()) : id,
              Objects.requireNonNullElse(call.name(), ""),
              arguments.isBlank() ? "{}" : arguments));
    }
    if (response.metadata().finishReason() == FinishReason.TOOL_EXECUTION
        && message.toolExecutionRequests().isEmpty()) {
      throw none("the model endpoint said that the reply calls tools, and none could be read");
    }
    return parts;
  }

  /** What is neither text nor calls, as LangChain4j itself would store it. */
  private static String opaque(AiMessage message) {
    return ChatMessageSerializer.messageToJson(
        message.toBuilder().text(null).toolExecutionRequests(List.of()).build());
  }

  /**
   * Why the model stopped. A reason that LangChain4j has no word for is taken as cut off.
   *
   * @param always whether there must be a reason
   * @throws ModelException if there must be one and is none
   */
  static Reply.Stop stop(ChatResponse response, List<Reply.Part> parts, boolean always)
      throws ModelException {
    @Nullable FinishReason reason = response.metadata().finishReason();
    if (reason == null && always) {
      throw none(
          "the reply ended without a reason to stop that is known: it is taken to have broken off");
    }
    boolean calls = parts.stream().anyMatch(Reply.Call.class::isInstance);
    return switch (reason == null ? FinishReason.STOP : reason) {
      case STOP, TOOL_EXECUTION -> calls ? Reply.Stop.CALLS : Reply.Stop.END;
      case LENGTH, OTHER -> Reply.Stop.LENGTH;
      case CONTENT_FILTER -> Reply.Stop.DECLINED;
    };
  }

  private static ModelException none(String why) {
    return new ModelException(why, true, null, null);
  }

  /** Of tokens from a cache only OpenAI's format tells; what is not told is estimated. */
  static Reply.Usage usage(
      ChatResponse response, Price price, Question question, List<Reply.Part> parts) {
    @Nullable TokenUsage told = response.metadata().tokenUsage();
    if (told == null || told.inputTokenCount() == null || told.outputTokenCount() == null) {
      return price.estimate(question, parts);
    }
    long input = Math.max(0, told.inputTokenCount());
    long cached = Math.clamp(cached(told), 0, input);
    return price.usage(input - cached, cached, Math.max(0, told.outputTokenCount()));
  }

  private static long cached(TokenUsage told) {
    if (told instanceof OpenAiTokenUsage openAi && openAi.inputTokensDetails() != null) {
      @Nullable Integer cached = openAi.inputTokensDetails().cachedTokens();
      return cached == null ? 0 : cached;
    }
    return 0;
  }
}
