package dev.interlock.core.machine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A tool as this machine may use it.
 *
 * @param name {@code SERVER.TOOL}
 * @param modelName how it is spelled to the model: {@code [a-zA-Z0-9_-]{1,64}}, unique in a machine
 * @param timeout from acceptance to the last moment at which an answer is awaited
 * @param set arguments that the machine fills, by argument
 * @param labels what it brings in or carries out, in document order
 * @param forgets the fields that go stale when it is dispatched
 * @param secret arguments whose values nobody is shown
 * @param locked the pinned name, description and schema
 */
public record Tool(
    String name,
    String modelName,
    EffectClass effect,
    Duration timeout,
    Retry retry,
    Map<String, Expression> set,
    @Nullable Probe probe,
    List<Label> labels,
    List<String> forgets,
    Set<String> secret,
    LockedTool locked) {

  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  /** The server of a tool, by the tool's name: what stands before the dot, or all if none does. */
  public static String server(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /**
   * How often a read or an idempotent call is tried, and how a probe and a question are.
   *
   * @param attempts 1 means no retry
   * @param backoff before the second attempt; doubled each time, with jitter
   */
  public record Retry(int attempts, Duration backoff) {
    public static final Retry DEFAULT = new Retry(3, Duration.ofMillis(500));
  }

  /**
   * Settles an unknown outcome by asking.
   *
   * @param call a tool of effect class {@code read}
   * @param with its arguments, over {@code call.args}, {@code call.key}, {@code call.dispatchedAt}
   * @param happened over {@code result} and the same
   */
  public record Probe(String call, Map<String, Expression> with, Expression happened) {}
}
