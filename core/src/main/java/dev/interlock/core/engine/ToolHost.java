package dev.interlock.core.engine;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where tools are: MCP servers, Java methods. Thread-safe. */
public interface ToolHost extends AutoCloseable {
  /**
   * The tools that a server offers now, for locking.
   *
   * @throws ToolHostException if the server is not configured or does not answer
   */
  List<Offered> offered(String server);

  /**
   * Calls once and waits for the answer, at most {@code call.timeout()}. Does not retry: retries
   * belong to the engine. Never throws for what a tool does. Interrupting the thread abandons the
   * call, which gives {@link Answer.Unknown} or {@link Answer.Failed}.
   */
  Answer call(ToolCall call);

  /**
   * As {@link #call(ToolCall)}, and passes on what the tool tells of its progress meanwhile, from
   * any thread. A host that learns of none passes nothing on.
   */
  default Answer call(ToolCall call, Consumer<Progress> told) {
    return call(call);
  }

  /**
   * Waits until what a tool needs has started, at most as long as the host allows a start, and says
   * nothing of failures: the call does. What may be repeated has its time-out from then on.
   */
  default void ready(String tool) throws InterruptedException {}

  @Override
  void close();

  /**
   * A tool as its server describes it now.
   *
   * @param name {@code SERVER.TOOL}
   * @param inputSchema JSON Schema, in the types of {@link dev.interlock.core.json.Json}
   * @param inProcess whether it is a method of this application: then its wording may change
   *     without drift
   * @param hinted the class that its server hints at, not believed but compared; null if it hints
   *     at none
   */
  record Offered(
      String name,
      String description,
      Map<String, Object> inputSchema,
      boolean inProcess,
      @Nullable EffectClass hinted) {
    public Offered(
        String name, String description, Map<String, Object> inputSchema, boolean inProcess) {
      this(name, description, inputSchema, inProcess, null);
    }

    /** A tool of a server outside this process. */
    public Offered(String name, String description, Map<String, Object> inputSchema) {
      this(name, description, inputSchema, false, null);
    }
  }

  /**
   * A call to carry out.
   *
   * @param tool {@code SERVER.TOOL}
   * @param arguments in the types of {@link dev.interlock.core.json.Json}; sent in canonical form
   * @param key the idempotency key, the same at each attempt
   * @param lockedHash of the tool that the instance is pinned to; another one is drift
   */
  record ToolCall(
      String tool,
      Map<String, Object> arguments,
      String key,
      String instance,
      Principal caller,
      Duration timeout,
      String lockedHash) {}

  /**
   * How far a call is, as its tool tells it. It settles nothing, and the call has no more time for
   * it.
   *
   * @param total what {@code done} will be in the end, or null if the tool does not know
   * @param message in one sentence, cut to {@link #MAX_PROGRESS} characters; may be empty
   */
  record Progress(Decimal done, @Nullable Decimal total, String message) {
    public Progress {
      message = message.substring(0, Math.min(message.length(), MAX_PROGRESS));
    }
  }

  /** What came of a call. */
  sealed interface Answer {
    /**
     * The tool answered.
     *
     * @param text the result as text, at most {@link #MAX_RESULT} bytes in UTF-8
     * @param structured the result as JSON text, or null if the tool gave only text
     */
    record Returned(String text, @Nullable String structured) implements Answer {}

    /**
     * The call had no effect, or the tool answered that it failed.
     *
     * @param retryable whether the same call may succeed later
     * @param retryAfter how long the tool asks to wait, or null
     */
    record Failed(String why, boolean retryable, @Nullable Duration retryAfter) implements Answer {}

    /** It may or may not have happened: silence, a connection broken after sending, a 5xx. */
    record Unknown(String why) implements Answer {}

    /** The tool is no longer the one that was locked; nothing was sent. */
    record Drifted(String what) implements Answer {}
  }

  /** The largest result of a call, in bytes; a larger one is an answer that could not be read. */
  int MAX_RESULT = 4 << 20;

  /** The longest message of a call's progress, in characters. */
  int MAX_PROGRESS = 500;

  /** A server that cannot be asked what it offers. */
  final class ToolHostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ToolHostException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
