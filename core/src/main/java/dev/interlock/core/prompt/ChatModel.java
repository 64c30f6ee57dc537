package dev.interlock.core.prompt;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A language model. It proposes; nothing it answers takes effect by itself. */
public interface ChatModel {
  /**
   * Asks once and waits for the whole reply. Does not retry: retries belong to the engine.
   * Interrupting the thread abandons the question.
   *
   * @throws ModelException if there is no reply
   * @throws InterruptedException if the question was abandoned
   */
  Reply ask(Question question) throws ModelException, InterruptedException;

  /** Why there was no reply. */
  final class ModelException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean retryable;
    private final @Nullable Duration retryAfter;

    /**
     * @param retryable whether the same question may be answered later
     * @param retryAfter how long the provider asks to wait, or null
     */
    public ModelException(
        String message,
        boolean retryable,
        @Nullable Duration retryAfter,
        @Nullable Throwable cause) {
      super(message, cause);
      this.retryable = retryable;
      this.retryAfter = retryAfter;
    }

    public boolean retryable() {
      return retryable;
    }

    public @Nullable Duration retryAfter() {
      return retryAfter;
    }
  }
}
