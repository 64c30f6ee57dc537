package dev.interlock.anthropic;

import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Anthropic's models through Anthropic's own SDK. */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class AnthropicModel implements ChatModel, AutoCloseable {
  private AnthropicModel() {}

  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Reply ask(Question question) throws ModelException, InterruptedException {
    throw new UnsupportedOperationException("ask " + question);
  }

  @Override
  public void close() {}

  /** What a model needs to know; {@code model} and {@code key} have no default. */
  public static final class Builder {
    private Builder() {}

    /** The model's id, as Anthropic spells it. */
    public Builder model(String id) {
      return this;
    }

    public Builder key(String apiKey) {
      return this;
    }

    /** The most tokens of a reply; by default 4096. */
    public Builder maxTokens(long most) {
      return this;
    }

    /** Where the service is; by default, or with null, Anthropic's. */
    public Builder url(@Nullable String base) {
      return this;
    }

    /** The longest that one question may take; by default five minutes. */
    public Builder timeout(Duration most) {
      return this;
    }

    public AnthropicModel build() {
      return new AnthropicModel();
    }
  }
}
