package dev.interlock.testkit;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tools in memory: canned answers, failures among them, and a log of what arrived. Thread-safe.
 *
 * <p>A tool without an answer of its own is called on the host given as {@code otherwise}; without
 * one it fails for good, with a sentence that says what to add.
 */
public final class ScriptedTools implements ToolHost {
  private final Map<String, Function<ToolCall, Answer>> answers = new LinkedHashMap<>();
  private final Map<String, List<Progress>> progress = new LinkedHashMap<>();
  private final Map<String, Offered> offered = new LinkedHashMap<>();
  private final List<ToolCall> arrived = new ArrayList<>();
  private @Nullable ToolHost otherwise;

  /** These answers, in order; the last one repeats. */
  public ScriptedTools answer(String tool, List<Answer> inOrder) {
    if (inOrder.isEmpty()) {
      throw new IllegalArgumentException("found no answer for " + tool + ", expected at least one");
    }
    List<Answer> left = new ArrayList<>(inOrder);
    return answer(tool, call -> left.size() > 1 ? left.removeFirst() : left.getFirst());
  }

  /** What that function makes of each call. It runs one call at a time. */
  public synchronized ScriptedTools answer(String tool, Function<ToolCall, Answer> answering) {
    answers.put(tool, answering);
    return this;
  }

  /** One result for every call: a text as it is, any other value as JSON. */
  public ScriptedTools answer(String tool, Object result) {
    return answer(tool, List.of(returned(result)));
  }

  /** What that tool tells of each call's progress before it answers. */
  public synchronized ScriptedTools tells(String tool, Progress... inOrder) {
    progress.put(tool, List.of(inOrder));
    return this;
  }

  /** Where tools without an answer of their own are called. Closed with this one. */
  public synchronized ScriptedTools otherwise(ToolHost host) {
    otherwise = host;
    return this;
  }

  /** A tool that {@link #offered(String)} shows. */
  public synchronized ScriptedTools offer(Offered tool) {
    offered.put(tool.name(), tool);
    return this;
  }

  /** A result: a text as it is, any other value as JSON, both structured and as text. */
  public static Answer returned(Object result) {
    if (result instanceof String text) {
      return new Answer.Returned(text, null);
    }
    String json = Json.write(result);
    return new Answer.Returned(json, json);
  }

  /** A failure that a retry does not mend. */
  public static Answer failed(String why) {
    return new Answer.Failed(why, false, null);
  }

  /** A failure that is worth a retry. */
  public static Answer busy(String why) {
    return new Answer.Failed(why, true, null);
  }

  /** Every call that arrived here, also those passed on, in the order of arrival. */
  public synchronized List<ToolCall> arrived() {
    return List.copyOf(arrived);
  }

  /** Those of one tool. */
  public List<ToolCall> arrived(String tool) {
    return arrived().stream().filter(call -> call.tool().equals(tool)).toList();
  }

  @Override
  public synchronized List<Offered> offered(String server) {
    List<Offered> own =
        offered.values().stream().filter(tool -> tool.name().startsWith(server + ".")).toList();
    return own.isEmpty() && otherwise != null ? otherwise.offered(server) : own;
  }

  @Override
  public Answer call(ToolCall call) {
    return call(call, progress -> {});
  }

  @Override
  public synchronized Answer call(ToolCall call, Consumer<Progress> told) {
    arrived.add(call);
    progress.getOrDefault(call.tool(), List.of()).forEach(told);
    Function<ToolCall, Answer> own = answers.get(call.tool());
    if (own != null) {
      return own.apply(call);
    }
    return Optional.ofNullable(otherwise)
        .map(host -> readyCall(host, call, told))
        .orElseGet(() -> failed(call.tool() + " has no canned answer and no server is there"));
  }

  private static Answer readyCall(ToolHost host, ToolCall call, Consumer<Progress> told) {
    try {
      host.ready(call.tool()); // its start is none of the call's time
      return host.call(call, told);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Failed("abandoned before anything was sent", true, null);
    }
  }

  @Override
  public synchronized void close() {
    if (otherwise != null) {
      otherwise.close();
    }
  }
}
