package dev.interlock.langchain4j;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.machine.Tool;
import dev.interlock.langchain4j.Shape.Misfit;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Tools that are methods of objects of this application: those that carry LangChain4j's
 * {@code @Tool}, of the object's class and of what it extends and implements. Thread-safe, if the
 * objects are: calls go in parallel, each on a virtual thread of its own, which is interrupted when
 * its time is over.
 *
 * <p>Parameters are {@link Shapes#KNOWN}; a {@link CallContext} and LangChain4j's
 * {@code @ToolMemoryId} (the instance) are no part of the schema. {@code double} is refused: it
 * rounds. What may be absent is {@code Optional}, {@code @Nullable}, or has {@code @P(required =
 * false)}. Results are texts, records, lists, maps and the types of parameters; {@code null} and an
 * empty {@code Optional} are "nothing", as text.
 *
 * <p>{@link ToolFailed} says that nothing happened. After anything else that is thrown, and after
 * silence, the outcome is unknown. What {@code @Tool} says of returning at once is not used: the
 * machine says what comes next.
 */
public final class JavaToolHost implements ToolHost {
  private final Map<String, Map<String, JavaMethod>> servers = new LinkedHashMap<>();
  private final Set<Running> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** A call in flight. */
  private record Running(Thread thread, CompletableFuture<Answer> answer) {
    void abandon(Answer instead) {
      answer.complete(instead);
      thread.interrupt();
    }
  }

  /**
   * A host of these objects, by the name that tools have before the dot.
   *
   * @throws UnfitToolsException if one has no {@code @Tool} method, or one that cannot be a tool
   */
  public JavaToolHost(Map<String, ?> objects) {
    List<String> problems = new ArrayList<>();
    objects.forEach((server, object) ->
        servers.put(server, methods(server, object, object.getClass(), problems)));
    if (!problems.isEmpty()) {
      throw new UnfitToolsException(problems);
    }
  }

  private static Map<String, JavaMethod> methods(
      String server, Object object, Class<?> type, List<String> problems) {
    Map<String, JavaMethod> methods = new LinkedHashMap<>();
    List<Method> annotated = Annotated.methods(type);
    for (Method method : annotated) {
      JavaMethod tool = JavaMethod.of(server, object, method, problems);
      if (tool != null && methods.putIfAbsent(tool.offered().name(), tool) != null) {
        problems.add(
            "found two methods of %s as the tool %s, expected one: give one a name, @Tool(name = \"…\")"
                .formatted(type.getSimpleName(), tool.offered().name()));
      }
    }
    if (annotated.isEmpty()) {
      problems.add(
          "found no method of %s with @Tool, expected one for each tool of the server `%s`"
              .formatted(type.getName(), server));
    }
    return methods;
  }

  /** Whether an object of that class has a method that carries {@code @Tool}. */
  public static boolean hasTools(Class<?> type) {
    return !Annotated.methods(type).isEmpty();
  }

  /** The names of the servers. */
  public Set<String> servers() {
    return Set.copyOf(servers.keySet());
  }

  @Override
  public List<Offered> offered(String server) {
    Map<String, JavaMethod> methods = servers.get(server);
    if (methods == null) {
      throw new ToolHostException(unbound(server), null);
    }
    return methods.values().stream().map(JavaMethod::offered).toList();
  }

  private String unbound(String server) {
    return "no object is bound to `%s`, expected one of %s"
        .formatted(server, new TreeSet<>(servers.keySet()));
  }

  @Override
  public Answer call(ToolCall call) {
    Instant deadline = Instant.now().plus(call.timeout());
    Map<String, JavaMethod> methods = servers.get(Tool.server(call.tool()));
    if (methods == null) {
      return new Answer.Failed(unbound(Tool.server(call.tool())), false, null);
    }
    JavaMethod method = methods.get(call.tool());
    if (method == null) {
      return new Answer.Drifted("no method is the tool " + call.tool() + " any more");
    }
    if (!method.hash().equals(call.lockedHash())) {
      return new Answer.Drifted(
          "%s is not as it was locked: its name or parameters (hash %.12s, locked %.12s)"
              .formatted(call.tool(), method.hash(), call.lockedHash()));
    }
    if (closed || !call.timeout().isPositive()) {
      String why = closed ? "the application is closing" : "its time was over";
      return new Answer.Failed(why + "; nothing was called", true, null);
    }
    try {
      return awaited(call, started(method, method.bind(call, deadline)));
    } catch (Misfit e) {
      return new Answer.Failed(
          "%s: %s; nothing was called".formatted(call.tool(), e.getMessage()), false, null);
    }
  }

  private Running started(JavaMethod method, @Nullable Object[] values) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .name(method.offered().name())
            .unstarted(() -> {
              try {
                answer.complete(method.invoke(values));
              } catch (Throwable e) { // also an Error: whoever waits must not wait for ever
                answer.completeExceptionally(e);
              }
            });
    Running it = new Running(thread, answer);
    running.add(it);
    if (closed) { // after it was added: either close sees it, or this does
      it.abandon(new Answer.Failed("the application is closing; nothing was called", true, null));
    } else {
      thread.start();
    }
    return it;
  }

  private Answer awaited(ToolCall call, Running it) {
    Duration timeout = call.timeout();
    try {
      return it.answer().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      it.abandon(new Answer.Unknown(""));
      return new Answer.Unknown("%s gave no answer within %s".formatted(call.tool(), timeout));
    } catch (InterruptedException e) {
      it.abandon(new Answer.Unknown(""));
      Thread.currentThread().interrupt();
      return new Answer.Unknown(call.tool() + " was abandoned before it answered");
    } catch (ExecutionException e) {
      return new Answer.Unknown("%s ended with %s".formatted(call.tool(), e.getCause()));
    } finally {
      running.remove(it);
    }
  }

  /** Interrupts what is in flight, which becomes unknown. */
  @Override
  public void close() {
    closed = true;
    running.forEach(it -> it.abandon(new Answer.Unknown("the application closed during the call")));
  }
}
