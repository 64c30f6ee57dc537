package dev.interlock.langchain4j;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A tool's word that it failed and that <b>nothing happened</b>. Its message is what the model is
 * told. Whatever else a tool throws leaves it open whether the call had its effect: a read is tried
 * again, a write is unknown until somebody looks.
 */
public final class ToolFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final boolean retryable;
  private final @Nullable Duration retryAfter;

  /** Failed for good: the same call would fail again. */
  public ToolFailed(String why) {
    this(why, false, null);
  }

  private ToolFailed(String why, boolean retryable, @Nullable Duration retryAfter) {
    super(why);
    this.retryable = retryable;
    this.retryAfter = retryAfter;
  }

  /**
   * Failed for now: the same call may succeed later. The engine tries a read or an idempotent tool
   * again by its policy, a write never.
   *
   * @param retryAfter how long to wait, or null for the policy's backoff
   */
  public static ToolFailed forNow(String why, @Nullable Duration retryAfter) {
    return new ToolFailed(why, true, retryAfter);
  }

  /** Whether the same call may succeed later. */
  public boolean retryable() {
    return retryable;
  }

  /** How long to wait before it is tried again, or null. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
