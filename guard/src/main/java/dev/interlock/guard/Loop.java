package dev.interlock.guard;

import dev.interlock.Interlock;
import dev.interlock.Outside;
import dev.interlock.RejectedException;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.UserText;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One message of a user to an agent, until the agent has answered. */
final class Loop {
  /** The longest that a call is waited for: an unknown one is settled by its probe or a person. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final Duration LOOK = Duration.ofMillis(20);
  private static final String MODEL = "langchain4j-agent";
  private static final Principal WATCHER = new Principal("guard", List.of(Principal.OPERATOR));

  /** Stands for what has no text. */
  private static final String NOTHING = "…";

  private final Interlock interlock;
  private final Outside outside;
  private final LongAdder unjudged;
  private final Principal caller;
  private final String instance;
  private final Case its;
  private final String message;
  private final String text;
  private int sent;

  /**
   * @param unjudged counts calls that went past the machine
   * @param its what it shares with the other loops of the instance
   * @param message its id
   * @param text what the user wrote
   */
  Loop(
      Interlock interlock,
      Outside outside,
      LongAdder unjudged,
      Principal caller,
      String instance,
      Case its,
      String message,
      String text) {
    this.interlock = interlock;
    this.outside = outside;
    this.unjudged = unjudged;
    this.caller = caller;
    this.instance = instance;
    this.its = its;
    this.message = message;
    this.text = text.isBlank() ? NOTHING : text;
  }

  /**
   * What the loops of one instance share. One at a time goes on: a message, a call with what it
   * came to, an answer. So the question that one of them answers is not gone meanwhile.
   */
  static final class Case {
    private final ReentrantLock lock = new ReentrantLock(true);

    /** How many texts of the conversation the agent has been told; -1: not known yet. */
    private int told = -1;

    /** Whether this thread may go on; unlock it then. */
    private boolean enter() {
      try {
        return lock.tryLock(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  /**
   * What a call came to.
   *
   * @param error whether it did not succeed
   */
  record Answer(String text, boolean error) {}

  // ---- the message

  /** Sends what the user wrote; a loop that was left open before ends first. */
  void begin() {
    if (!its.enter()) {
      throw new IllegalStateException(
          "the message was not sent: another call of this conversation is under way");
    }
    try {
      if (its.told < 0) {
        its.told = toldBefore();
      }
      Optional<Question> left = outside.question(instance);
      try {
        send();
      } catch (RejectedException e) {
        if (e.rejection().code() != Rejection.Code.ENDED) {
          throw e;
        }
      }
      left.ifPresent(question -> end(question, NOTHING));
      Optional<Question> unused = open();
    } finally {
      its.lock.unlock();
    }
  }

  /** With the same id it is taken once. */
  private void send() {
    String id = sent == 0 ? message : message + "/" + sent;
    sent++;
    Acknowledgement unused = interlock.as(caller).send(instance, id, text);
  }

  /** The agent has answered. */
  void end(String said) {
    if (its.enter()) {
      try {
        open().ifPresent(question -> end(question, said));
      } finally {
        its.lock.unlock();
      }
    }
  }

  /** Ends what a process before this one left open. */
  void abandon() {
    outside.question(instance).ifPresent(question -> end(question, NOTHING));
  }

  private void end(Question question, String said) {
    boolean unused =
        reply(question, new Reply.Text(said.isBlank() ? NOTHING : said), Reply.Stop.END);
  }

  // ---- tools

  /** What the agent's model is shown, with the machine's name of each. */
  Map<ToolSpecification, String> tools() {
    Map<ToolSpecification, String> tools = new LinkedHashMap<>();
    Machine machine = view().machine();
    question()
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

  private Optional<Question> question() {
    if (!its.enter()) {
      return Optional.empty();
    }
    try {
      return open();
    } finally {
      its.lock.unlock();
    }
  }

  /** Proposes a call to the machine, and waits until it is settled. */
  Answer call(String tool, ToolExecutionRequest request) {
    String arguments =
        request.arguments() == null || request.arguments().isBlank() ? "{}" : request.arguments();
    if (!its.enter()) {
      return new Answer("Not called: another call of this conversation is under way.", true);
    }
    Optional<Answer> judged;
    try {
      judged = judged(new Reply.Call(UUID.randomUUID().toString(), tool, arguments));
    } finally {
      its.lock.unlock();
    }
    return judged.orElseGet(() -> closed(tool, arguments));
  }

  /** What became of a call; empty if the instance takes none. */
  private Optional<Answer> judged(Reply.Call call) {
    for (Optional<Question> open = open(); open.isPresent(); open = open()) {
      long question = open.get().number();
      if (reply(open.get(), call, Reply.Stop.CALLS)) {
        await(() -> after(view().instance().turn(), question));
        Answer answer = told(call.id());
        return Optional.of(
            underWay(call.id(), question).map(it -> more(answer, it)).orElse(answer));
      }
      // a timer, an event or an operator was faster
    }
    return Optional.empty();
  }

  /** The number of a call that was waited for in vain. */
  private Optional<Integer> underWay(String id, long question) {
    Turn turn = view().instance().turn();
    return turn == null || after(turn, question)
        ? Optional.empty()
        : turn.calls().stream().filter(call -> call.id().equals(id)).map(Call::number).findFirst();
  }

  private static Answer more(Answer answer, int number) {
    return new Answer(
        "%s\nIt may have been carried out, do not repeat it: `recall` opens later what came of no. %d."
            .formatted(answer.text(), number),
        true);
  }

  /**
   * The open question, once there is one; empty if there will be none. Where another loop has ended
   * it, this one's message is sent again.
   */
  private Optional<Question> open() {
    AtomicReference<Optional<Question>> open = new AtomicReference<>(Optional.empty());
    int before = sent;
    await(() -> {
      open.set(outside.question(instance));
      return open.get().isPresent()
          || (view().instance().turn() == null && !(sent == before && again()));
    });
    return open.get();
  }

  /** Whether the instance takes messages and only waits for one: then it is sent. */
  private boolean again() {
    View view = view();
    boolean waits =
        view.instance().status() == Instance.Status.WAITING
            && view.machine().state(view.instance().state()) instanceof State.Agent;
    try {
      if (waits) {
        send();
      }
      return waits;
    } catch (RejectedException e) {
      return false;
    }
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

  /** What the machine tells of a call, and what else it has to tell the agent. */
  private Answer told(String call) {
    List<String> texts = new ArrayList<>();
    boolean error = true; // of a reply that could not be used there is no result, but a notice
    int count = 0;
    for (Question.Message message : outside.told(instance)) {
      switch (message) {
        case Question.Replied replied -> {}
        case Question.Said(List<String> more, var documents) -> {
          for (String one : more) {
            if (count++ >= its.told && UserText.forged(one)) { // only the machine has the mark
              texts.add(one);
            }
          }
        }
        case Question.Results(List<Question.Result> results) -> {
          for (Question.Result result : results) {
            if (result.call().equals(call)) {
              error = result.error();
              texts.addFirst(result.text());
            }
          }
        }
      }
    }
    its.told = count;
    return new Answer(String.join("\n", texts), error);
  }

  /** How many texts there were when the agent last said or called something. */
  private int toldBefore() {
    int count = 0;
    int before = 0;
    for (Question.Message message : outside.told(instance)) {
      if (message instanceof Question.Said(List<String> texts, var documents)) {
        count += texts.size();
      } else if (message instanceof Question.Replied(List<Reply.Part> parts)
          && !parts.equals(List.of(new Reply.Text(NOTHING)))) {
        before = count;
      }
    }
    return before;
  }

  // ---- where the instance takes no calls

  private Answer closed(String tool, String arguments) {
    View view = view();
    Machine machine = view.machine();
    if (machine.observes() && view.instance().turn() == null) {
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
    Tool it = known.get();
    Map<String, Object> given;
    try {
      given = Json.parseObject(arguments);
    } catch (JsonException e) {
      return new Answer(String.valueOf(e.getMessage()), true);
    }
    unjudged.increment();
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

  private void await(BooleanSupplier until) {
    long end = System.nanoTime() + LIMIT.toNanos();
    Semaphore heard = new Semaphore(0);
    AutoCloseable watching = interlock.as(WATCHER).watch(instance, entry -> heard.release());
    try {
      while (!until.getAsBoolean() && System.nanoTime() < end) {
        boolean unused = heard.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        heard.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(watching);
    }
  }

  private static void close(AutoCloseable watching) {
    try {
      watching.close();
    } catch (Exception e) {
      throw new IllegalStateException(e); // to stop watching cannot fail
    }
  }
}
