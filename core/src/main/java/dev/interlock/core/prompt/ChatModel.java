package dev.interlock.core.prompt;

import dev.interlock.core.machine.Document;
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

  /**
   * Whether it can be shown a document, by media type and size. Of one that it cannot see it is
   * told the name, type and size.
   */
  default boolean sees(Document document) {
    return false;
  }

  /**
   * As the other one, and tells the reply's texts while they are written. A model that cannot,
   * which is what this does, tells nothing.
   */
  default Reply ask(Question question, Deltas deltas) throws ModelException, InterruptedException {
    return ask(question);
  }

  /** What a question is likely to take whose reply never came. Nothing is asked. */
  default Reply.Usage estimate(Question question) {
    return Price.NONE.estimate(question);
  }

  /**
   * Takes what a model writes, piece by piece, before there is a reply. It is for watching only:
   * what counts is the reply.
   */
  @FunctionalInterface
  interface Deltas {
    /** Takes nothing. */
    Deltas NONE = text -> {};

    /**
     * More text for the user, in order. Returns at once, throws nothing.
     *
     * @param text not empty; it may end anywhere
     */
    void text(String text);
  }

  /** Why there was no reply. */
  final class ModelException extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean retryable;
    private final @Nullable Duration retryAfter;
    private final boolean overflow;

    /**
     * @param retryable whether the same question may be answered later
     * @param retryAfter how long the provider asks to wait, or null
     */
    public ModelException(
        String message,
        boolean retryable,
        @Nullable Duration retryAfter,
        @Nullable Throwable cause) {
      this(message, retryable, retryAfter, cause, false);
    }

    private ModelException(
        String message,
        boolean retryable,
        @Nullable Duration retryAfter,
        @Nullable Throwable cause,
        boolean overflow) {
      super(message, cause);
      this.retryable = retryable;
      this.retryAfter = retryAfter;
      this.overflow = overflow;
    }

    /** The question is longer than the model reads. */
    public static ModelException overflow(String message, @Nullable Throwable cause) {
      return new ModelException(message, false, null, cause, true);
    }

    /** Whether it was that the question is longer than the model reads. */
    public boolean overflow() {
      return overflow;
    }

    public boolean retryable() {
      return retryable;
    }

    public @Nullable Duration retryAfter() {
      return retryAfter;
    }
  }
}
