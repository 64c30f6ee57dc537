package dev.interlock.testkit.junit;

import dev.interlock.core.decide.Occurrence.Answered;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Documents;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.load.Utf8;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Script;
import dev.interlock.langchain4j.JavaToolHost;
import dev.interlock.langchain4j.JavaValues;
import dev.interlock.langchain4j.ToolFailed;
import dev.interlock.testkit.InMemoryEngine;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.MemoryDesk;
import dev.interlock.testkit.ScriptedTools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A machine under test, anew for each test: one instance of it, on a deterministic engine in
 * memory, with a model that says what the test scripts, a clock that the test moves, and tools in
 * memory. Nothing waits, and nothing needs a key.
 *
 * <pre>{@code
 * @RegisterExtension
 * final InterlockExtension interlock =
 *     InterlockExtension.machine(Path.of("it-access")).tools("it", new DirectoryTools());
 * }</pre>
 *
 * <p>After a test that passed it warns where the test could not have failed ({@link Warning}): as
 * report entries and on standard error, or, {@link #strict}, as failures.
 */
public final class InterlockExtension implements BeforeEachCallback, AfterEachCallback {
  /** The id of the instance. */
  public static final String INSTANCE = "test";

  private static final Principal EYES = new Principal("test", List.of(Principal.OPERATOR));

  private final Path folder;
  private final Map<String, Object> objects = new LinkedHashMap<>();
  private final Map<String, Function<ToolCall, Object>> lambdas = new LinkedHashMap<>();
  private Principal caller = new Principal("ana@example.com");
  private boolean strict;
  private @Nullable Run run;

  /** What one test has. */
  private static final class Run {
    final Machine machine;
    final ScriptedTools tools = new ScriptedTools();
    final InMemoryEngine engine;
    final Deque<List<Object>> script = new ArrayDeque<>();
    final Asserted asserted = new Asserted();
    final ToolHost host;

    Run(Machine machine, ToolHost host) {
      this.machine = machine;
      this.host = host;
      tools.otherwise(host);
      engine =
          new InMemoryEngine(
              List.of(machine),
              new InMemoryEngine.Parts(new ManualClock(), null, tools, new MemoryDesk()));
    }
  }

  private InterlockExtension(Path folder) {
    this.folder = folder;
  }

  /** Of a folder with {@code machine.yaml}, and {@code tools.lock} if it has tools from outside. */
  public static InterlockExtension machine(Path folder) {
    return new InterlockExtension(folder);
  }

  /** Binds the tools {@code SERVER.*} to an object's methods with {@code @Tool}. */
  public InterlockExtension tools(String server, Object object) {
    objects.put(server, object);
    return this;
  }

  /**
   * Binds one tool, which {@code tools.lock} has, to a function. What it returns is a {@link
   * JavaValues}; {@link ToolFailed} says that the call failed, anything else that is thrown leaves
   * its outcome unknown.
   */
  public InterlockExtension tool(String name, Function<ToolCall, Object> answering) {
    lambdas.put(name, answering);
    return this;
  }

  /** Whom the instance acts for; {@code ana@example.com} without roles, if nothing is said. */
  public InterlockExtension caller(Principal it) {
    caller = it;
    return this;
  }

  /** A test that passes with warnings fails. */
  public InterlockExtension strict() {
    strict = true;
    return this;
  }

  // ---- the life of a test

  @Override
  public void beforeEach(ExtensionContext context) {
    begin();
  }

  /** Everything anew. */
  void begin() {
    JavaToolHost host = new JavaToolHost(objects);
    Run begun = new Run(load(host), host);
    lambdas.forEach((name, answering) -> begun.tools.answer(name, call -> of(answering, call)));
    run = begun;
  }

  private static ToolHost.Answer of(Function<ToolCall, Object> answering, ToolCall call) {
    try {
      Object result = answering.apply(call);
      return ScriptedTools.returned(result instanceof String ? result : JavaValues.json(result));
    } catch (ToolFailed e) {
      return new ToolHost.Answer.Failed(
          String.valueOf(e.getMessage()), e.retryable(), e.retryAfter());
    } catch (RuntimeException e) { // what a tool throws is its outcome: nobody knows it
      return new ToolHost.Answer.Unknown(String.valueOf(e));
    }
  }

  private Machine load(JavaToolHost host) {
    try {
      Path locked = folder.resolve("tools.lock");
      ToolLock.Read file =
          Files.exists(locked)
              ? ToolLock.read("tools.lock", text("tools.lock"))
              : new ToolLock.Read(ToolLock.EMPTY, List.of());
      List<Offered> offered = new ArrayList<>();
      objects.keySet().forEach(server -> offered.addAll(host.offered(server)));
      ToolLock.Read own = ToolLock.lock("tools.lock", offered);
      MachineLoader.Loaded loaded =
          MachineLoader.load(
              "machine.yaml", text("machine.yaml"), file.lock().with(objects.keySet(), own.lock()));
      List<Diagnostic> problems = new ArrayList<>(file.diagnostics());
      problems.addAll(own.diagnostics());
      problems.addAll(loaded.diagnostics());
      @Nullable Machine machine = loaded.machine();
      if (machine == null || !problems.isEmpty()) {
        throw new IllegalArgumentException(Diagnostic.format(problems));
      }
      return machine;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text(String file) throws IOException {
    return Utf8.read(file, Files.readAllBytes(folder.resolve(file))).orThrow();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    String all = end();
    if (context.getExecutionException().isEmpty() && !all.isEmpty()) {
      context.publishReportEntry("interlock", all);
      System.err.println(context.getDisplayName() + " " + all);
      if (strict) {
        throw new AssertionError(all);
      }
    }
  }

  /** Lets go of everything; gives the warnings, one a line. */
  private String end() {
    String all = String.join("\n", warnings().stream().map(Warning::toString).toList());
    run().host.close();
    run = null;
    return all;
  }

  private Run run() {
    if (run == null) {
      throw new IllegalStateException(
          "found no running test, expected the extension to be registered: @RegisterExtension");
    }
    return run;
  }

  // ---- what happens

  /** Starts the instance, without input. */
  public InterlockExtension start() {
    return start(Map.of());
  }

  /** Starts the instance with this input. */
  public InterlockExtension start(Map<String, ?> input) {
    return taken(
        run().engine.start(caller, run().machine.name(), INSTANCE, null, JavaValues.object(input)));
  }

  /** The caller writes. */
  public InterlockExtension user(String text) {
    return taken(run().engine.send(caller, INSTANCE, null, text));
  }

  /**
   * The caller fills in the state's form, with a text beside it or an empty one.
   *
   * @param form by field: one of {@link JavaValues} each; a document, or a list of them, as {@link
   *     dev.interlock.core.machine.Attachment}
   */
  public InterlockExtension user(String text, Map<String, ?> form) {
    return taken(
        run()
            .engine
            .send(
                caller,
                INSTANCE,
                null,
                text,
                JavaValues.object(Documents.beside(form)),
                Documents.among(form)));
  }

  /**
   * The model replies: to the question that is open, or to the next one.
   *
   * @param parts texts, and what {@link Parts} makes
   */
  public InterlockExtension model(Object... parts) {
    List<Object> reply =
        Arrays.stream(parts).map(it -> it instanceof String text ? Parts.say(text) : it).toList();
    run().script.add(reply);
    return settle();
  }

  /** The model cannot be reached: the open question fails after its retries. */
  public InterlockExtension modelFails(String why) {
    run().engine.fail(INSTANCE, why);
    return settle();
  }

  /** The caller sends an event; see {@link #event(Principal, String, Object)}. */
  public InterlockExtension event(String name) {
    return event(caller, name, null);
  }

  /** Somebody sends an event, with a payload or null. */
  public InterlockExtension event(Principal by, String name, @Nullable Object payload) {
    Object value = payload == null ? null : JavaValues.json(payload);
    return taken(run().engine.event(by, INSTANCE, null, name, value));
  }

  /** Time passes, and what becomes due happens. */
  public InterlockExtension tick(Duration by) {
    run().engine.tick(by);
    return settle();
  }

  /** Somebody says yes to the one thing that waits for an answer. */
  public InterlockExtension approve(Principal by) {
    return answer(by, Answered.APPROVED, Map.of());
  }

  /** Somebody says no to the one thing that waits for an answer. */
  public InterlockExtension reject(Principal by) {
    return answer(by, Answered.REJECTED, Map.of());
  }

  /** Somebody answers the one thing that waits for an answer. */
  public InterlockExtension answer(Principal by, String answer, Map<String, ?> form) {
    Map<Integer, String> waiting = new TreeMap<>();
    instance().parked().forEach(it -> waiting.put(it.number(), it.hash()));
    @Nullable Approval approval = instance().approval();
    if (approval != null) {
      waiting.put(approval.number(), approval.hash());
    }
    if (waiting.size() != 1) {
      throw new AssertionError(
          "found %s that wait for an answer, expected one: %s"
              .formatted(waiting.size(), Asserted.where(instance())));
    }
    var only = waiting.entrySet().iterator().next();
    return taken(
        run()
            .engine
            .answer(
                by,
                INSTANCE,
                null,
                new Engine.Answer(
                    only.getKey(), only.getValue(), answer, JavaValues.object(form))));
  }

  /** The process is killed and started again: only what is durable is left. */
  public InterlockExtension restart() {
    run().engine.restart();
    return settle();
  }

  private InterlockExtension taken(Acknowledgement acknowledgement) {
    if (acknowledgement instanceof Acknowledgement.Rejected(Rejection rejection)) {
      throw new AssertionError(
          "found it rejected, %s: %s".formatted(rejection.code(), rejection.message()));
    }
    return settle();
  }

  private InterlockExtension settle() {
    Run it = run();
    it.engine.settle();
    while (it.engine.open(INSTANCE).isPresent() && !it.script.isEmpty()) {
      long number = it.engine.open(INSTANCE).orElseThrow().number();
      it.engine.reply(INSTANCE, Script.reply(it.script.remove(), number));
      it.engine.settle();
    }
    return this;
  }

  // ---- what is seen

  /** What the instance should be; call it again after something happened. */
  public InstanceAssert assertThat() {
    return new InstanceAssert(view(), journal(), run().tools.arrived(), run().asserted);
  }

  /** The instance as it is now. */
  public Instance instance() {
    return view().instance();
  }

  private Engine.View view() {
    return run()
        .engine
        .get(EYES, INSTANCE)
        .orElseThrow(() -> new AssertionError("found no instance, expected start() before"));
  }

  /** All that happened. */
  public List<Entry> journal() {
    return run().engine.journal(EYES, INSTANCE, 0);
  }

  /** The engine, for what has no method here: {@code approve} of one of several, {@code resume}. */
  public InMemoryEngine engine() {
    return run().engine;
  }

  /** Why this test, as far as it ran, could not have failed; empty if it could. */
  public List<Warning> warnings() {
    Run it = run();
    boolean open = it.engine.open(INSTANCE).isPresent();
    return Warning.of(it.machine, journal(), it.asserted, it.script.size(), open);
  }
}
