package dev.interlock.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.langchain4j.model.LangChain4jModel;
import dev.interlock.langchain4j.model.OpenAi;
import dev.interlock.testkit.ChatModelContract;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Any object of LangChain4j's. */
class LangChain4jModelTest extends ChatModelContract {
  /** Says one thing, and keeps what it was asked. */
  private static final class Said
      implements dev.langchain4j.model.chat.ChatModel, StreamingChatModel {
    final List<List<ChatMessage>> asked = new ArrayList<>();
    private final @Nullable ChatResponse response;
    private final @Nullable RuntimeException failure;

    Said(@Nullable ChatResponse response, @Nullable RuntimeException failure) {
      this.response = response;
      this.failure = failure;
    }

    @Override
    public synchronized @Nullable ChatResponse doChat(ChatRequest request) {
      asked.add(request.messages());
      if (failure != null) {
        throw failure;
      }
      return response;
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
      Thread.startVirtualThread(() -> {
        if (failure != null) {
          handler.onError(failure);
          return;
        }
        String text = Objects.requireNonNull(response).aiMessage().text();
        text.codePoints().forEach(c -> handler.onPartialResponse(Character.toString(c)));
        handler.onCompleteResponse(response);
      });
    }

    @Override
    public ChatRequestParameters defaultRequestParameters() {
      return ChatRequestParameters.builder().modelName("object-1").build();
    }

    @Override
    public List<ChatModelListener> listeners() {
      return List.of();
    }

    @Override
    public ModelProvider provider() {
      return ModelProvider.OTHER;
    }

    @Override
    public Set<Capability> supportedCapabilities() {
      return Set.of();
    }
  }

  private static ChatModel saying(AiMessage message, @Nullable FinishReason reason) {
    return whole(new Said(response(message, reason), null));
  }

  private static ChatModel whole(Said object) {
    dev.langchain4j.model.chat.ChatModel model = object;
    return LangChain4jModel.of(model, Map.of());
  }

  private static ChatModel streamed(Said object) {
    StreamingChatModel model = object;
    return LangChain4jModel.of(model, Map.of());
  }

  private static ChatResponse response(AiMessage message, @Nullable FinishReason reason) {
    return ChatResponse.builder().aiMessage(message).finishReason(reason).build();
  }

  @Override
  protected ChatModel greeting() {
    return saying(AiMessage.from("Good morning."), null);
  }

  @Override
  protected ChatModel calling() {
    return saying(
        AiMessage.from(
            "One moment.And another.",
            List.of(
                call(null, "it__find_user", Json.write(ARGUMENTS)), call(null, "record", null))),
        FinishReason.TOOL_EXECUTION);
  }

  private static ToolExecutionRequest call(
      @Nullable String id, String name, @Nullable String arguments) {
    return ToolExecutionRequest.builder().id(id).name(name).arguments(arguments).build();
  }

  @Override
  protected ChatModel failing() {
    return whole(new Said(null, new InvalidRequestException("the context is too long")));
  }

  @Override
  protected String findUser() {
    return "it__find_user";
  }

  @Override
  protected boolean keepsOrder() {
    return false;
  }

  @Test
  void streamIsToldPieceByPieceAndEndsWithTheReply() throws Exception {
    ChatModel model =
        streamed(new Said(response(AiMessage.from("Grüß 🦊"), FinishReason.STOP), null));
    List<String> told = new ArrayList<>();

    Reply reply = model.ask(question("a"), told::add);

    assertThat(told).containsExactly("G", "r", "ü", "ß", " ", "🦊");
    assertThat(reply.parts()).containsExactly(new Reply.Text("Grüß 🦊"));
    assertThat(reply.model()).isEqualTo("object-1");
  }

  @Test
  void streamWithoutAReasonToStopHasBrokenOff() {
    ChatModel model = streamed(new Said(response(AiMessage.from("Good"), null), null));

    assertThatThrownBy(() -> model.ask(question("a")))
        .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.retryable()).isTrue());
  }

  @Test
  void whatLangChain4jCallsRetriableIs() {
    for (boolean stream : new boolean[] {true, false}) {
      Said object = new Said(null, new RateLimitException("slow down"));
      ChatModel model = stream ? streamed(object) : whole(object);

      assertThatThrownBy(() -> model.ask(question("a")))
          .isInstanceOfSatisfying(ModelException.class, e -> assertThat(e.retryable()).isTrue())
          .hasMessageContaining("slow down");
    }
  }

  @Test
  void nullIsNoReply() {
    assertThatThrownBy(() -> whole(new Said(null, null)).ask(question("a")))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void reasonWithoutAWordIsCutOff() throws Exception {
    Reply reply = saying(AiMessage.from("Good"), FinishReason.OTHER).ask(question("a"));

    assertThat(reply.stop()).isEqualTo(Reply.Stop.LENGTH);
  }

  @Test
  void thinkingAndAttributesAreHandedBackToTheSameModelOnly() throws Exception {
    AiMessage said =
        AiMessage.builder()
            .text("One moment.")
            .thinking("hm")
            .attributes(Map.of("signature", "abc"))
            .toolExecutionRequests(List.of(call("c1", "record", "{}")))
            .build();
    Said same = new Said(response(said, FinishReason.TOOL_EXECUTION), null);
    Reply reply = whole(same).ask(question("a"));

    Question next = after(reply);
    whole(same).ask(next);
    assertThat(same.asked.getLast()).contains(said);

    Endpoint endpoint = Endpoint.answering(500, "{}");
    try (endpoint) {
      ChatModel other = OpenAi.builder().model("m").url(endpoint.url()).build();
      assertThatThrownBy(() -> other.ask(next)).isInstanceOf(ModelException.class);
    }
    assertThat(endpoint.requests.take().body())
        .contains("One moment.")
        .doesNotContain("hm\"")
        .doesNotContain("abc");
  }

  private static Question after(Reply reply) {
    Question first = question("a");
    return new Question(
        "a",
        2,
        first.state(),
        first.system(),
        first.tools(),
        List.of(
            first.messages().getFirst(),
            new Question.Replied(reply.parts()),
            new Question.Results(List.of(new Question.Result("c1", "done", false)))));
  }

  @Test
  void priceIsFoundByEitherName() throws Exception {
    ChatResponse response =
        ChatResponse.builder()
            .aiMessage(AiMessage.from("Yes."))
            .modelName("object-1-today")
            .tokenUsage(new TokenUsage(1_000_000, 1))
            .build();
    for (String name : List.of("object-1", "object-1-today")) {
      dev.langchain4j.model.chat.ChatModel object = new Said(response, null);
      Price price = new Price(BigDecimal.TWO, BigDecimal.ONE, BigDecimal.ONE);
      Reply reply = LangChain4jModel.of(object, Map.of(name, price)).ask(question("a"));

      assertThat(reply.model()).isEqualTo("object-1-today");
      assertThat(reply.usage().cost()).isEqualByComparingTo("2.000001");
    }
  }
}
