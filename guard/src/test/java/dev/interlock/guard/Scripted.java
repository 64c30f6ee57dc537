package dev.interlock.guard;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A model of LangChain4j that says what a test scripts. */
final class Scripted implements ChatModel {
  private final List<AiMessage> replies = new CopyOnWriteArrayList<>();
  final List<ChatRequest> requests = new CopyOnWriteArrayList<>();

  /** The next reply: calls, each {@code name} and {@code arguments}. */
  Scripted calls(String... namesAndArguments) {
    List<ToolExecutionRequest> calls = new ArrayList<>();
    for (int i = 0; i < namesAndArguments.length; i += 2) {
      calls.add(
          ToolExecutionRequest.builder()
              .id("c" + i)
              .name(namesAndArguments[i])
              .arguments(namesAndArguments[i + 1])
              .build());
    }
    replies.add(AiMessage.from(calls));
    return this;
  }

  Scripted says(String text) {
    replies.add(AiMessage.from(text));
    return this;
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    requests.add(request);
    return ChatResponse.builder().aiMessage(replies.get(requests.size() - 1)).build();
  }

  /** What the model was shown with its request of that number, from 0. */
  List<String> tools(int request) {
    return requests.get(request).toolSpecifications().stream()
        .map(ToolSpecification::name)
        .toList();
  }

  /** Results of tools that the model has seen, oldest first. */
  List<String> results() {
    return requests.getLast().messages().stream()
        .filter(ToolExecutionResultMessage.class::isInstance)
        .map(message -> ((ToolExecutionResultMessage) message).text())
        .toList();
  }
}
