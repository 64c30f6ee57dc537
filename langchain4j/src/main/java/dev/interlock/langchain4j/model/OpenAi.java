package dev.interlock.langchain4j.model;

import dev.interlock.core.machine.MediaType;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Price;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model behind an endpoint that speaks OpenAI's Chat Completions, through LangChain4j, with a
 * bounded HTTP client of our own and LangChain4j's retries off.
 *
 * <p>Arguments arrive as text and are exact. The format has one text and a list of calls: whatever
 * order the model gave them, the text comes first. Tried against an HTTP stub that speaks the
 * published format; it has not been run against a service.
 */
public final class OpenAi {
  private String model = "";
  private @Nullable String key;
  private @Nullable String url;
  private int maxTokens = 4096;
  private boolean streaming = true;
  private Duration timeout = Duration.ofMinutes(5);
  private @Nullable Price price;
  private Set<MediaType> sees = Set.of();

  private OpenAi() {}

  public static OpenAi builder() {
    return new OpenAi();
  }

  /** The model's id, as the endpoint spells it. */
  public OpenAi model(String id) {
    model = id;
    return this;
  }

  /** What is sent as a bearer; OpenAI itself needs one. */
  public OpenAi key(@Nullable String apiKey) {
    key = apiKey;
    return this;
  }

  /** What stands before {@code /chat/completions}; by default, or with null, OpenAI's own. */
  public OpenAi url(@Nullable String base) {
    url = base;
    return this;
  }

  /**
   * The most tokens of a reply; by default 4096. OpenAI's own service is told by its newer name,
   * {@code max_completion_tokens}, any other by the one that all know, {@code max_tokens}.
   */
  public OpenAi maxTokens(int most) {
    maxTokens = most;
    return this;
  }

  /**
   * Whether replies are asked for as a stream, so that they can be watched; by default they are.
   */
  public OpenAi streaming(boolean it) {
    streaming = it;
    return this;
  }

  /** The longest that one question may take; by default five minutes. */
  public OpenAi timeout(Duration most) {
    timeout = Objects.requireNonNull(most);
    return this;
  }

  /** Which documents the model is shown; by default none, since an endpoint does not say. */
  public OpenAi sees(Set<MediaType> types) {
    sees = Set.copyOf(types);
    return this;
  }

  /** What is added to the cost of a case; by default, or with null, nothing that is known. */
  public OpenAi price(@Nullable Price perMillion) {
    price = perMillion;
    return this;
  }

  /**
   * A model of these settings.
   *
   * @throws IllegalStateException if {@code model} is missing, or {@code key} for OpenAI itself
   */
  public ChatModel build() {
    if (model.isBlank() || (url == null && (key == null || key.isBlank()))) {
      throw new IllegalStateException(
          "found no %s for an OpenAI model, expected one; set it in `model` of interlock.yaml"
              .formatted(model.isBlank() ? "model id" : "key"));
    }
    Map<String, Price> prices = price == null ? Map.of() : Map.of(model, price);
    return (streaming ? streamed(prices) : whole(prices)).seeing(sees);
  }

  private LangChain4jModel whole(Map<String, Price> prices) {
    OpenAiChatModel whole =
        OpenAiChatModel.builder()
            .httpClientBuilder(new Http.Settings(timeout))
            .baseUrl(url)
            .apiKey(key)
            .modelName(model)
            .maxTokens(url == null ? null : maxTokens)
            .maxCompletionTokens(url == null ? maxTokens : null)
            .maxRetries(0)
            .build();
    return LangChain4jModel.openAi(
        (request, deltas) -> whole.chat(request), whole.defaultRequestParameters(), prices);
  }

  private LangChain4jModel streamed(Map<String, Price> prices) {
    OpenAiStreamingChatModel streamed =
        OpenAiStreamingChatModel.builder()
            .httpClientBuilder(new Http.Settings(timeout))
            .baseUrl(url)
            .apiKey(key)
            .modelName(model)
            .maxTokens(url == null ? null : maxTokens)
            .maxCompletionTokens(url == null ? maxTokens : null)
            .build();
    return LangChain4jModel.openAi(
        (request, deltas) -> Stream.of(streamed, request, deltas),
        streamed.defaultRequestParameters(),
        prices);
  }
}
