package dev.interlock.agent;

import io.modelcontextprotocol.spec.McpClientTransport;
import org.jspecify.annotations.Nullable;

/**
 * How messages go to a server and come back.
 *
 * <p>The context of a request that is sent may hold an {@link Exchange}, which then tells how far
 * it got. An answer beyond {@link Inbox#MAX_MESSAGE} is not kept in memory. Where no answer comes
 * any more, an error is delivered in its place. Of notifications those of a call's progress and of
 * a changed list of tools are passed on to whoever asked; the others are dropped.
 */
sealed interface Wire extends McpClientTransport permits StdioTransport, HttpTransport {
  /** Whether it cannot be used any more. */
  boolean hasEnded();

  /** Whether nobody waits for an answer. */
  boolean isIdle();

  /**
   * What became of the server's process, as the end of a sentence that says that it ended; null
   * while it runs, or if there is none.
   */
  @Nullable String exit();

  /**
   * What the server wrote beside its answers, as the end of a sentence. It may be about anybody's
   * call, so it is for operators only.
   */
  String lastWords();

  /**
   * The server said who it is.
   *
   * @param tells whether it says when its tools change
   */
  default void opened(boolean tells) {}

  /** The server does not know this session any more. */
  default void forgotten() {}

  /** Whether it is heard now if the server says that its tools changed. */
  boolean hears();

  /** Stops waiting for an answer, and tells the server if it may have got the request. */
  void abandon(Exchange exchange);

  /** Ends it for good; waits for the end of what it started. */
  void stop();
}
