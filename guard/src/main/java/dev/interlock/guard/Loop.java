package dev.interlock.guard;

import dev.interlock.Interlock;
import dev.interlock.Outside;
import dev.interlock.RejectedException;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One message of a user to an agent, until the agent has answered. */
final class Loop {
  /** The longest that a call is waited for: an unknown one is settled by its probe or a person. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final Duration LOOK = Duration.ofMillis(20);
  private static final String MODEL = "langchain4j-agent";
  private static final Principal WATCHER = new Principal("guard", List.of(Principal.OPERATOR));

  private final Interlock interlock;
  private final Outside outside;
  private final LongAdder unjudged;
  private final Principal caller;
  private final String instance;

  /**
   * @param unjudged counts calls that went past the machine
   */
  Loop(
      Interlock interlock, Outside outside, LongAdder unjudged, Principal caller, String instance) {
    this.interlock = interlock;
    this.outside = outside;
    this.unjudged = unjudged;
    this.caller = caller;
    this.instance = instance;
  }

  /**
   * What a call came to.
   *
   * @param error whether it did not succeed
   */
  record Answer(String text, boolean error) {}

  // ---- the message

  /** Sends what the user wrote; a loop that was left open before ends first. */
  void begin(String id, String text) {
    Optional<Question> left = outside.question(instance);
    try {
      Acknowledgement unused = interlock.as(caller).send(instance, id, text.isBlank() ? "…" : text);
    } catch (RejectedException e) {
      if (e.rejection().code() != Rejection.Code.ENDED) {
        throw e;
      }
    }
    left.ifPresent(question -> reply(question, new Reply.Text("…"), Reply.Stop.END));
    Optional<Question> unused = open();
  }

  /** The agent has answered. */
  void end(String said) {
    outside
        .question(instance)
        .ifPresent(question ->
            reply(question, new Reply.Text(said.isBlank() ? "…" : said), Reply.Stop.END));
  }

  // ---- tools

  /** What the agent's model is shown, with the machine's name of each. */
  Map<ToolSpecification, String> tools() {
    Machine machine = view().machine();
    Map<ToolSpecification, String> tools = new LinkedHashMap<>();
    outside
        .question(instance)
        .ifPresent(question ->
            question
                .tools()
                .forEach(spec -> tools.put(Specifications.of(machine, spec), spec.name())));
    if (machine.observes()) {
      machine
          .tools()
          .values()
          .forEach(tool -> {
            ToolSpecification whole = Specifications.whole(machine, tool);
            tools.keySet().removeIf(it -> it.name().equals(whole.name()));
            tools.put(whole, tool.modelName());
          });
    }
    return tools;
  }

  /** Proposes a call to the machine, and waits until it is settled. One at a time. */
  synchronized Answer call(String tool, ToolExecutionRequest request) {
    String arguments =
        request.arguments() == null || request.arguments().isBlank() ? "{}" : request.arguments();
    Reply.Call call = new Reply.Call(UUID.randomUUID().toString(), tool, arguments);
    for (Optional<Question> open = open(); open.isPresent(); open = open()) {
      long question = open.get().number();
      if (reply(open.get(), call, Reply.Stop.CALLS)) {
        View unused = await(it -> after(it.turn(), question));
        return told(call.id());
      }
      // another loop of the same conversation was faster
    }
    return closed(tool, arguments);
  }

  /** The open question, once there is one; empty if there will be none. */
  private Optional<Question> open() {
    View unused = await(it -> it.turn() == null || it.turn().open());
    return outside.question(instance);
  }

  private static boolean after(@Nullable Turn turn, long question) {
    return turn == null
        || turn.kind() != Turn.Kind.QUESTION
        || (turn.question() != question && turn.open());
  }

  private boolean reply(Question question, Reply.Part part, Reply.Stop stop) {
    return outside.reply(
        instance, question.number(), new Reply(List.of(part), stop, MODEL, Reply.Usage.NONE));
  }

  /** What the machine tells of a call, and what else has happened since. */
  private Answer told(String call) {
    List<String> texts = new ArrayList<>();
    boolean error = true; // of a reply that could not be used there is no result, but a notice
    for (Question.Message message : outside.told(instance)) {
      switch (message) {
        case Question.Replied replied -> texts.clear();
        case Question.Said(List<String> more, var documents) -> texts.addAll(more);
        case Question.Results(List<Question.Result> results) -> {
          for (Question.Result result : results) {
            if (result.call().equals(call)) {
              error = result.error();
              texts.add(result.text());
            }
          }
        }
      }
    }
    return new Answer(String.join("\n", texts), error);
  }

  // ---- where the instance takes no calls

  private Answer closed(String tool, String arguments) {
    View view = view();
    Machine machine = view.machine();
    if (machine.observes()) {
      return unjudged(machine, tool, arguments);
    }
    return new Answer(
        "Nothing can be called now: the case is %s, in %s."
            .formatted(view.instance().status().word(), view.instance().state()),
        true);
  }

  /** Of an instance that is over, or that a person must look at first: the agent goes on. */
  private Answer unjudged(Machine machine, String tool, String arguments) {
    Optional<Tool> known =
        machine.tools().values().stream().filter(it -> it.modelName().equals(tool)).findFirst();
    if (known.isEmpty()) {
      return new Answer("Nothing was recorded: the case is over.", true);
    }
    unjudged.increment();
    Tool it = known.get();
    Map<String, Object> given;
    try {
      given = Json.parseObject(arguments);
    } catch (JsonException e) {
      return new Answer(String.valueOf(e.getMessage()), true);
    }
    String key = instance + "/unjudged/" + UUID.randomUUID();
    ToolHost.ToolCall call =
        new ToolHost.ToolCall(
            it.name(), given, key, instance, caller, it.timeout(), it.locked().hash());
    return switch (outside.unjudged(call)) {
      case ToolHost.Answer.Returned(String text, var structured) -> new Answer(text, false);
      case ToolHost.Answer.Failed(String why, var again, var after) -> new Answer(why, true);
      case ToolHost.Answer.Unknown(String why) -> new Answer(why, true);
      case ToolHost.Answer.Drifted(String what) -> new Answer(what, true);
    };
  }

  // ---- waiting

  private View view() {
    return interlock.as(WATCHER).get(instance).orElseThrow();
  }

  private View await(Predicate<Instance> until) {
    long end = System.nanoTime() + LIMIT.toNanos();
    Semaphore heard = new Semaphore(0);
    AutoCloseable watching = interlock.as(WATCHER).watch(instance, entry -> heard.release());
    try {
      while (!until.test(view().instance()) && System.nanoTime() < end) {
        boolean unused = heard.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        heard.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(watching);
    }
    return view();
  }

  private static void close(AutoCloseable watching) {
    try {
      watching.close();
    } catch (Exception e) {
      throw new IllegalStateException(e); // to stop watching cannot fail
    }
  }
}
