package dev.interlock.testkit;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Script;
import dev.interlock.engine.Machines;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The machine of {@link EngineContract}, and the world around it. */
public final class ContractMachine {
  /** Of every tool of the machine. */
  public static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** What an engine of the contract is told. */
  public static final Duration SETTLE_AFTER = Duration.ofSeconds(30);

  /** The machine file. */
  public static final String TEXT =
      """
      machine: contract
      version: 1
      tools:
        d.find: {effect: read, set: {email: caller.id}, timeout: PT5S, retry: {attempts: 3, backoff: PT0.001S}}
        d.by_key: {effect: read, timeout: PT5S, retry: {attempts: 2, backoff: PT0.001S}}
        d.note: {effect: idempotent, timeout: PT5S, retry: {attempts: 3, backoff: PT0.001S}}
        d.mail: {effect: write, timeout: PT5S, secret: [text]}
        d.lend: {effect: write, timeout: PT5S}
        d.order:
          effect: write
          timeout: PT5S
          probe: {call: d.by_key, with: {key: call.key}, happened: result.found}
      context:
        topic: {type: string, source: input, default: help}
        person: {type: object, properties: {id: {type: string}}, source: tool, from: d.find}
        done: {type: boolean, source: agent}
        pin:  {type: string, source: user, secret: true}
        home: {type: string, source: user, pii: true}
        photo:    {type: document, source: user, mediaTypes: [image/png], maxBytes: 6000000}
        papers:   {type: document, source: user, many: true, mediaTypes: [application/pdf]}
        passport: {type: document, source: user, secret: true}
        badge:    {type: document, source: user, pii: true}
      events:
        stop: {by: [caller]}
      rules:
        - rule: lending needs a manager
          for: [d.lend]
          ask: manager
          shows: [photo]
          expires: P1D
      budgets: {turns: 5000, toolCalls: 5000, errors: 10}
      history: {window: 100000, keep: 2}
      initial: Work
      states:
        Work:
          goal: Help.
          tools: all
          record: [done, pin, home, photo, papers, passport, badge]
          transitions: [{target: Done, requires: [done]}]
          idle: {P2D: Escalate}
        Done: {type: final}
        Stopped: {type: final, outcome: withdrawn}
        Escalate: {type: escalation, resume: [Work]}
      anywhere:
        on: {stop: Stopped}
        over: {default: Escalate}
      """;

  /** A machine with an error: no run comes to an end. */
  static final String BROKEN =
      """
      machine: broken
      version: 1
      initial: Work
      states:
        Work:  {goal: Help., otherwise: Again}
        Again: {goal: Help on., otherwise: Work}
        Done:  {type: final}
      anywhere:
        over: {default: Done}
      """;

  /** The one argument of each tool. */
  private static final Map<String, String> TOOLS =
      Map.of(
          "d.find", "email",
          "d.by_key", "key",
          "d.note", "text",
          "d.mail", "text",
          "d.lend", "item",
          "d.order", "item");

  private static final String LOCK = lock("", "");
  private static final String NO_TOOLS = ToolLock.lock("tools.lock", List.of()).lock().write();

  private ContractMachine() {}

  /** The text of {@code tools.lock}. */
  public static String lock() {
    return LOCK;
  }

  /** The text of {@code tools.lock} once that tool describes itself in other words. */
  public static String lock(String tool, String description) {
    List<Offered> offered =
        TOOLS.entrySet().stream()
            .map(each -> {
              String name = each.getKey();
              return new Offered(
                  name,
                  name.equals(tool) ? description : "Does " + name,
                  Map.of(
                      "type",
                      "object",
                      "properties",
                      Map.of(each.getValue(), Map.of("type", "string"))));
            })
            .toList();
    return ToolLock.lock("tools.lock", offered).lock().write();
  }

  /** The machine, loaded anew. */
  public static Machine machine() {
    return compile(TEXT, lock());
  }

  /** What an engine of the contract starts instances of: the machine, and one with an error. */
  public static Machines machines() {
    return new Machines(
        List.of(
            new Machines.Definition(machine(), TEXT, lock()),
            new Machines.Definition(compile(BROKEN, NO_TOOLS), BROKEN, NO_TOOLS)),
        stored -> compile(stored.text(), stored.lock()));
  }

  /** A machine of its text and lock, as a store has them. */
  public static Machine compile(String text, String lock) {
    MachineLoader.Loaded loaded =
        MachineLoader.load("machine.yaml", text, ToolLock.read("tools.lock", lock).lock());
    if (loaded.machine() == null) {
      throw new IllegalArgumentException(Diagnostic.format(loaded.diagnostics()));
    }
    return loaded.machine();
  }

  /** What an engine under test reaches. It survives the engine. */
  public record World(ManualClock clock, Model model, ScriptedTools tools, MemoryDesk desk) {
    public World() {
      this(new ManualClock(), new Model(), new ScriptedTools(), new MemoryDesk());
    }
  }

  /** A model that says what a test told it to, by instance, and sees PNGs. Thread-safe. */
  public static final class Model implements ChatModel {
    private final Map<String, Deque<Object>> scripts = new HashMap<>();
    private final Map<String, Map<Long, Question>> questions = new HashMap<>();

    private record Failure(String why, boolean retryable, String written) {}

    private record Overflow(String why) {}

    /**
     * What it answers one after the other: a reply, also as {@link Script} has them, or a failure.
     */
    public synchronized void script(String instance, Object... replies) {
      scripts.put(instance, new ArrayDeque<>(Arrays.asList(replies)));
    }

    /** A failure in the place of a reply. */
    Object fails(String why, boolean retryable) {
      return new Failure(why, retryable, "");
    }

    /** In the place of a reply that the question is too long. */
    Object overflows() {
      return new Overflow("prompt is too long");
    }

    /** A failure after something was written. */
    Object breaksOff(String written) {
      return new Failure("it broke off", true, written);
    }

    /** How many questions were asked of an instance, each counted once. */
    synchronized int asked(String instance) {
      return questions.getOrDefault(instance, Map.of()).size();
    }

    /** What it was asked of an instance. */
    public synchronized Question question(String instance, long number) {
      return Objects.requireNonNull(
          questions.getOrDefault(instance, Map.of()).get(number), "question " + number);
    }

    @Override
    public boolean sees(Document document) {
      return document.mediaType().equals(MediaType.PNG.word());
    }

    @Override
    public Reply ask(Question question) throws ModelException {
      return ask(question, Deltas.NONE);
    }

    @Override
    public synchronized Reply ask(Question question, Deltas deltas) throws ModelException {
      Reply reply = reply(question, deltas);
      Script.tell(reply, deltas);
      return reply;
    }

    private Reply reply(Question question, Deltas deltas) throws ModelException {
      questions
          .computeIfAbsent(question.instance(), id -> new HashMap<>())
          .put(question.number(), question);
      Object next = scripts.getOrDefault(question.instance(), new ArrayDeque<>()).poll();
      return switch (next) {
        case null ->
            throw new ModelException(
                "no reply is scripted for question %d of %s"
                    .formatted(question.number(), question.instance()),
                false,
                null,
                null);
        case Failure(String why, boolean retryable, String written) -> {
          if (!written.isEmpty()) {
            deltas.text(written);
          }
          throw new ModelException(why, retryable, null, null);
        }
        case Overflow(String why) -> throw ModelException.overflow(why, null);
        case Reply reply -> reply;
        default -> Script.reply(next, question.number());
      };
    }
  }
}
