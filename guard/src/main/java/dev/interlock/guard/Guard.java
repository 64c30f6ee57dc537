package dev.interlock.guard;

import dev.interlock.Interlock;
import dev.interlock.InterlockBuilder;
import dev.interlock.Outside;
import dev.interlock.RejectedException;
import dev.interlock.Session;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Principal;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.ContentType;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.observability.api.event.AiServiceCompletedEvent;
import dev.langchain4j.observability.api.listener.AiServiceListener;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderRequest;
import dev.langchain4j.service.tool.ToolProviderResult;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts a machine in front of a LangChain4j agent's tools, and leaves the agent its loop. For each
 * caller and chat memory there is an instance of the machine; what the user writes is a message to
 * it, and each call that the agent's model makes is a reply to the instance's open question. So
 * each is judged by the same rules as anywhere, and recorded in the same journal.
 *
 * <pre>{@code
 * var guard = Guard.open(Path.of("cases.db"), Path.of("it-access"), Map.of("it", tools), call -> signedIn());
 * var assistant = AiServices.builder(Assistant.class).chatModel(model)
 *     .toolProvider(guard).registerListener(guard).build();
 * }</pre>
 *
 * <p>Register it as listener too: that is how the machine learns that a loop is over and what was
 * answered. Make one for each machine of an engine: it ends what another left open. Thread-safe.
 */
public final class Guard
    implements ToolProvider, AiServiceListener<AiServiceCompletedEvent>, AutoCloseable {
  /** The most loops that are remembered while they run, and cases; what is used least goes. */
  private static final int MAX_LOOPS = 10_000;

  private static final String RUNNING = Instance.Status.RUNNING.word();

  private final Interlock interlock;
  private final Outside outside;
  private final String machine;
  private final LongAdder unjudged = new LongAdder();
  private final Function<InvocationContext, Principal> who;
  private final Map<UUID, Loop> loops = bounded();
  private final Map<String, Loop.Case> cases = bounded();

  private Guard(
      Interlock interlock,
      Outside outside,
      String machine,
      Function<InvocationContext, Principal> who) {
    this.interlock = interlock;
    this.outside = outside;
    this.machine = machine;
    this.who = who;
  }

  /**
   * A guard with an engine of its own, which it closes.
   *
   * @param store the database file
   * @param folder of the machine
   * @param tools the agent's, by the name that the machine's tools have before the dot
   * @param who as of {@link #of}
   */
  public static Guard open(
      Path store, Path folder, Map<String, ?> tools, Function<InvocationContext, Principal> who) {
    InterlockBuilder builder = Interlock.open(store).guarded(folder);
    tools.forEach(builder::tools);
    Interlock opened = builder.open();
    return of(opened, opened.machines().getFirst(), who);
  }

  /**
   * A guard.
   *
   * @param machine one that the engine was opened with as {@code guarded}
   * @param who for whom an agent is called: whoever the application has authenticated, never what a
   *     message says. Asked once for each message, on the thread that calls the agent
   * @throws IllegalArgumentException if there is no such machine, or it is not guarded
   */
  public static Guard of(
      Interlock interlock, String machine, Function<InvocationContext, Principal> who) {
    Guard guard = new Guard(interlock, interlock.outside(machine), machine, who);
    guard.endWhatIsLeft();
    return guard;
  }

  private static <K, V> Map<K, V> bounded() {
    return Collections.synchronizedMap(
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > MAX_LOOPS;
          }
        });
  }

  /** The tools may be others after each call. */
  @Override
  public boolean isDynamic() {
    return true;
  }

  /**
   * The tools that the machine shows now; at the first request of a message, that message is sent.
   *
   * @throws RejectedException if the message is not taken for another reason than that the instance
   *     is over: its tools are none then
   */
  @Override
  public ToolProviderResult provideTools(ToolProviderRequest request) {
    InvocationContext context = request.invocationContext();
    Loop loop = loops.get(context.invocationId());
    if (loop == null) {
      loop = begin(context, request.userMessage());
    }
    ToolProviderResult.Builder tools = ToolProviderResult.builder();
    Loop now = loop;
    loop.tools()
        .forEach((specification, name) -> tools.add(specification, new Executor(now, name)));
    return tools.build();
  }

  private Loop begin(InvocationContext context, UserMessage message) {
    Principal caller = who.apply(context);
    String id = instance(caller, context.chatMemoryId());
    Session session = interlock.as(caller);
    if (session.get(id).isEmpty()) {
      session.start(machine, id, Map.of());
    }
    Loop loop = loop(caller, id, context.invocationId().toString(), text(message));
    loop.begin();
    loops.put(context.invocationId(), loop);
    return loop;
  }

  private Loop loop(Principal caller, String id, String message, String text) {
    Loop.Case its = cases.computeIfAbsent(id, key -> new Loop.Case());
    return new Loop(interlock, outside, unjudged, caller, id, its, message, text);
  }

  /** Loops that a process before this one left open. */
  private void endWhatIsLeft() {
    Principal nobody = new Principal("guard", List.of(Principal.OPERATOR));
    interlock
        .as(nobody)
        .list(new Store.Filter(machine, null, RUNNING, null, null, MAX_LOOPS))
        .forEach(row -> loop(nobody, row.instance(), "", "").abandon());
  }

  /** One for each caller and memory; what either is called does not show in it. */
  private String instance(Principal caller, @Nullable Object memory) {
    String hash = Json.hash(List.of(caller.id(), String.valueOf(memory)));
    return machine + "-" + hash.substring(0, 24);
  }

  private static String text(UserMessage message) {
    return message.contents().stream()
        .filter(content -> content.type() == ContentType.TEXT)
        .map(content -> ((TextContent) content).text())
        .collect(Collectors.joining("\n"));
  }

  /** The id of the instance that guards a caller's conversation, if it has begun. */
  public Optional<String> instanceOf(Principal caller, Object chatMemoryId) {
    String id = instance(caller, chatMemoryId);
    return interlock.as(caller).get(id).map(view -> view.instance().id());
  }

  /** The engine, to look, to approve, to resolve. */
  public Interlock interlock() {
    return interlock;
  }

  /** Closes the engine. */
  @Override
  public void close() {
    interlock.close();
  }

  /** What was refused, or would have been, by rule; see {@link GuardReport}. */
  public GuardReport report() {
    return GuardReport.of(interlock, machine, unjudged.sum());
  }

  @Override
  public Class<AiServiceCompletedEvent> getEventClass() {
    return AiServiceCompletedEvent.class;
  }

  /** A loop is over: what was answered is what the model said last. */
  @Override
  public void onEvent(AiServiceCompletedEvent event) {
    Loop loop = loops.remove(event.invocationContext().invocationId());
    if (loop != null) {
      loop.end(event.result().map(String::valueOf).orElse(""));
    }
  }

  /** Hands a call in. */
  private record Executor(Loop loop, String tool) implements ToolExecutor {
    @Override
    public String execute(ToolExecutionRequest request, Object memoryId) {
      return loop.call(tool, request).text();
    }

    @Override
    public ToolExecutionResult executeWithContext(
        ToolExecutionRequest request, InvocationContext context) {
      Loop.Answer answer = loop.call(tool, request);
      return ToolExecutionResult.builder()
          .isError(answer.error())
          .resultText(answer.text())
          .build();
    }
  }
}
