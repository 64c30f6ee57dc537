package dev.interlock.anthropic;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.LogLevel;
import com.anthropic.core.Timeout;
import com.anthropic.core.http.HttpResponse;
import com.anthropic.core.http.Interceptor;
import com.anthropic.errors.AnthropicException;
import com.anthropic.errors.AnthropicIoException;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.models.messages.MessageCreateParams;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Priced;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Anthropic's models through Anthropic's own SDK. Thread-safe.
 *
 * <p>Replies are streamed, unless told otherwise. Parts keep their order; thinking and other blocks
 * that are neither text nor calls are handed back unchanged. Arguments are the reply's own JSON,
 * numbers as they stand there. Tokens read from or written to the provider's cache count as input,
 * the former at their own price. The SDK's retries are off: what is worth a retry is said by {@link
 * ChatModel.ModelException}.
 *
 * <p>Tried against an HTTP stub that speaks the published wire format; it has not been run against
 * the service.
 */
public final class AnthropicModel implements Priced, AutoCloseable {
  /** The most bytes of a reply that are read. */
  public static final int MAX_REPLY = 8 << 20;

  /** The largest image in bytes: the service takes 5 MiB of base64. */
  public static final int MAX_IMAGE = (5 << 20) / 4 * 3;

  /** The provider's name in {@link Reply.Opaque}. */
  static final String PROVIDER = "anthropic";

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  private final AnthropicClient client;
  private final String model;
  private final long maxTokens;
  private final boolean thinking;
  private final boolean streaming;
  private final Duration timeout;
  private final boolean priced;
  private final Price price;

  private AnthropicModel(Builder settings) {
    this.model = settings.model;
    this.maxTokens = settings.maxTokens;
    this.thinking = settings.thinking;
    this.streaming = settings.streaming;
    this.timeout = settings.timeout;
    this.priced = settings.price != null;
    this.price = Objects.requireNonNullElse(settings.price, Price.NONE);
    AnthropicOkHttpClient.Builder options =
        AnthropicOkHttpClient.builder()
            .apiKey(settings.key)
            .maxRetries(0)
            .addInterceptor(
                Interceptor.syncOnly(
                    (http, request, opts) -> ErrorResponse.bounded(http.execute(request, opts))))
            .logLevel(LogLevel.OFF) // bodies hold what people said
            .timeout(
                Timeout.builder()
                    .connect(CONNECT_TIMEOUT)
                    .read(timeout)
                    .write(timeout)
                    .request(timeout)
                    .build());
    if (settings.url != null) {
      options.baseUrl(settings.url);
    }
    this.client = options.build();
  }

  private AnthropicModel(AnthropicModel other, Price price) {
    this.client = other.client;
    this.model = other.model;
    this.maxTokens = other.maxTokens;
    this.thinking = other.thinking;
    this.streaming = other.streaming;
    this.timeout = other.timeout;
    this.priced = true;
    this.price = price;
  }

  public static Builder builder() {
    return new Builder();
  }

  @Override
  public String name() {
    return model;
  }

  @Override
  public boolean priced() {
    return priced;
  }

  @Override
  public AnthropicModel priced(Map<String, Price> prices) {
    Price its = prices.get(model);
    return priced || its == null ? this : new AnthropicModel(this, its);
  }

  /** Images that the service takes, and PDFs. */
  @Override
  public boolean sees(Document document) {
    return document.mediaType().equals(MediaType.PDF.word())
        || (MediaType.of(document.mediaType()).isPresent() && document.size() <= MAX_IMAGE);
  }

  @Override
  public Reply ask(Question question) throws ModelException, InterruptedException {
    return ask(question, Deltas.NONE);
  }

  @Override
  public Reply ask(Question question, Deltas deltas) throws ModelException, InterruptedException {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    // An interrupt breaks a virtual thread's connection off; a platform thread would read on.
    Thread exchange =
        Thread.ofVirtual().name("anthropic").start(() -> complete(reply, question, deltas));
    try {
      return reply.get();
    } catch (InterruptedException e) {
      exchange.interrupt();
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ModelException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void complete(CompletableFuture<Reply> reply, Question question, Deltas deltas) {
    try {
      reply.complete(exchange(question, deltas));
    } catch (ModelException | RuntimeException | Error e) {
      reply.completeExceptionally(e); // to whoever asked
    }
  }

  private Reply exchange(Question question, Deltas deltas) throws ModelException {
    MessageCreateParams params = Requests.of(question, model, maxTokens, thinking);
    try (HttpResponse response =
        streaming
            ? client.messages().withRawResponse().createStreaming(params)
            : client.messages().withRawResponse().create(params)) {
      return streaming
          ? Replies.stream(response.body(), price, deltas)
          : Replies.read(response.body(), price);
    } catch (AnthropicServiceException e) {
      throw Failures.of(e);
    } catch (AnthropicIoException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ModelException(
          "the model endpoint gave no reply within %s: %s".formatted(timeout, cause),
          true,
          null,
          e);
    } catch (AnthropicException e) {
      throw new ModelException(
          "the question could not be put to the model: " + e.getMessage(), false, null, e);
    }
  }

  @Override
  public Reply.Usage estimate(Question question) {
    return price.estimate(question);
  }

  /** Lets go of connections. */
  @Override
  public void close() {
    client.close();
  }

  /** What a model needs to know; {@code model} and {@code key} have no default. */
  public static final class Builder {
    private String model = "";
    private String key = "";
    private long maxTokens = 4096;
    private boolean thinking;
    private boolean streaming = true;
    private @Nullable String url;
    private Duration timeout = Duration.ofMinutes(5);
    private @Nullable Price price;

    private Builder() {}

    /** The model's id, as Anthropic spells it. */
    public Builder model(String id) {
      model = id;
      return this;
    }

    public Builder key(String apiKey) {
      key = apiKey;
      return this;
    }

    /** The most tokens of a reply; by default 4096. */
    public Builder maxTokens(long most) {
      maxTokens = most;
      return this;
    }

    /** Whether the model is asked to think, as much as it sees fit; by default its own default. */
    public Builder thinking(boolean adaptive) {
      thinking = adaptive;
      return this;
    }

    /** Whether replies are asked for as a stream, so that they can be watched; by default so. */
    public Builder streaming(boolean it) {
      streaming = it;
      return this;
    }

    /** Where the service is; by default, or with null, Anthropic's. */
    public Builder url(@Nullable String base) {
      url = base;
      return this;
    }

    /** The longest that one question may take; by default five minutes. */
    public Builder timeout(Duration most) {
      timeout = Objects.requireNonNull(most);
      return this;
    }

    /** What is added to the cost of a case; by default, or with null, nothing that is known. */
    public Builder price(@Nullable Price perMillion) {
      price = perMillion;
      return this;
    }

    /**
     * A model of these settings.
     *
     * @throws IllegalStateException if {@code model} or {@code key} is missing
     */
    public AnthropicModel build() {
      if (model.isBlank() || key.isBlank()) {
        throw new IllegalStateException(
            "found no %s for Anthropic's model, expected one; set it in `model` of interlock.yaml"
                .formatted(model.isBlank() ? "model id" : "key"));
      }
      return new AnthropicModel(this);
    }
  }
}
