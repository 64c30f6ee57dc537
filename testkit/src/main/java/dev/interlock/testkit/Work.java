package dev.interlock.testkit;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Progress;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.engine.Watcher.Working;
import dev.interlock.core.engine.Watcher.Writing;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Prompt;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Sight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Effects that are to be carried out, now or at a time, and how each is. */
final class Work {
  /** The most effects carried out by one {@link #settle}; more is a loop that never rests. */
  static final int MAX_EFFECTS = 100_000;

  /** When a desk that failed is tried again. */
  static final Duration DESK_BACKOFF = Duration.ofMinutes(1);

  private final InMemoryEngine engine;
  private final InMemoryEngine.Parts parts;
  private final Deque<Item> now = new ArrayDeque<>();
  private final List<Due> later = new ArrayList<>();
  private long added;

  private record Item(Held held, Effect effect) {}

  private record Due(Instant at, long order, Item item) {}

  Work(InMemoryEngine engine, InMemoryEngine.Parts parts) {
    this.engine = engine;
    this.parts = parts;
  }

  void add(Held held, List<Effect> effects) {
    for (Effect effect : effects) {
      add(new Item(held, effect));
    }
  }

  /** What a process that starts finds to do. A marked write may have been sent: it is unknown. */
  void recover(Held held, List<Effect> pending) {
    for (Effect effect : pending) {
      if (effect instanceof Effect.Dispatch dispatch && held.marks.contains(dispatch.key())) {
        engine.report(
            held,
            new Occurrence.CallUnknown(
                clock(), dispatch.call(), "the engine stopped after it was sent"));
      } else {
        if (effect instanceof Effect.Ask(long number) && parts.model() != null) {
          Question open = question(held);
          if (Prompt.tooLong(held.machine, open).isEmpty()) {
            Reply.Usage lost = parts.model().estimate(open);
            engine.report(held, new Occurrence.ReplyLost(clock(), number, lost));
          }
        }
        add(new Item(held, effect));
      }
    }
  }

  void forget() {
    now.clear();
    later.clear();
  }

  /** When the next thing is due. */
  Optional<Instant> next() {
    return later.stream().map(Due::at).min(Comparator.naturalOrder());
  }

  void settle() {
    for (int i = 0; i < MAX_EFFECTS; i++) {
      Item item = now.poll();
      if (item == null) {
        return;
      }
      carryOut(item);
    }
    throw new IllegalStateException(
        "found more than %,d effects, expected an engine that comes to rest"
            .formatted(MAX_EFFECTS));
  }

  void until(Instant target) {
    settle();
    for (Optional<Due> due = due(target); due.isPresent(); due = due(target)) {
      later.remove(due.get());
      if (due.get().at().isAfter(clock())) {
        parts.clock().moveTo(due.get().at());
      }
      carryOut(due.get().item());
      settle();
    }
    parts.clock().moveTo(target);
  }

  private Optional<Due> due(Instant target) {
    return later.stream()
        .filter(due -> !due.at().isAfter(target))
        .min(Comparator.comparing(Due::at).thenComparingLong(Due::order));
  }

  private void add(Item item) {
    switch (item.effect()) {
      case Effect.SetTimer(String timer, Instant due) -> {
        cancel(item.held(), timer);
        later(due, item);
      }
      case Effect.CancelTimer(String timer) -> cancel(item.held(), timer);
      case Effect.Probe(int call, Instant deadline) ->
          later(deadline.plus(parts.settleAfter()), item);
      case Effect.AbandonQuestion abandoned -> item.held().question = null;
      case Effect.AbandonCall(int call) ->
          now.removeIf(other ->
              other.held() == item.held()
                  && other.effect() instanceof Effect.Dispatch dispatch
                  && dispatch.call() == call);
      case Effect.Ask ask -> now.add(item);
      case Effect.Dispatch dispatch -> now.add(item);
      case Effect.OpenTicket ticket -> now.add(item);
      case Effect.Notify notify -> now.add(item);
    }
  }

  private void later(Instant at, Item item) {
    later.add(new Due(at, added++, item));
  }

  private void cancel(Held held, String timer) {
    later.removeIf(due ->
        due.item().held() == held
            && due.item().effect() instanceof Effect.SetTimer(String id, Instant at)
            && id.equals(timer));
  }

  private void carryOut(Item item) {
    Held held = item.held();
    switch (item.effect()) {
      case Effect.Ask(long number) -> ask(held, number);
      case Effect.Dispatch dispatch -> engine.report(held, dispatch(held, dispatch));
      case Effect.Probe(int call, Instant deadline) -> probe(held, call);
      case Effect.SetTimer(String timer, Instant due) ->
          engine.report(held, new Occurrence.TimerFired(clock(), timer));
      case Effect.OpenTicket ticket -> open(item, ticket);
      case Effect.Notify(int number, String role, String text) ->
          notify(held.instance, number, role, text);
      case Effect.AbandonQuestion abandoned -> {}
      case Effect.AbandonCall abandoned -> {}
      case Effect.CancelTimer cancelled -> {}
    }
  }

  // ---- the model

  private void ask(Held held, long number) {
    Instance instance = held.instance;
    if (instance.turn() == null
        || !instance.turn().open()
        || instance.turn().question() != number) {
      return; // it was abandoned before it was asked
    }
    Question question = question(held);
    String tooLong = Prompt.tooLong(held.machine, question);
    if (!tooLong.isEmpty()) {
      engine.report(held, overflowed(question, tooLong));
      return;
    }
    held.question = question;
    held.questions.add(question);
    if (parts.model() != null) {
      engine.report(held, answer(held, parts.model(), question));
    }
  }

  private Question question(Held held) {
    Sight sight =
        new Sight(
            document -> parts.model() == null || parts.model().sees(document),
            hash ->
                Optional.ofNullable(held.documents.get(hash)).map(Attachment::bytes).orElse(null));
    return Prompt.question(held.machine, held.instance, held.transcript, held.results::get, sight);
  }

  private Occurrence.Reported answer(Held held, ChatModel model, Question question) {
    ModelException last = null;
    for (int attempt = 1; attempt <= Tool.Retry.DEFAULT.attempts(); attempt++) {
      Telling telling = new Telling(held, question, attempt);
      try {
        Reply reply = model.ask(question, telling).bounded();
        return new Occurrence.QuestionReplied(clock(), question.number(), reply);
      } catch (ModelException e) {
        telling.drop();
        last = e;
        if (!e.retryable()) {
          break;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a question was open", e);
      }
    }
    String why = Objects.requireNonNullElse(Objects.requireNonNull(last).getMessage(), "no reply");
    return last.overflow()
        ? overflowed(question, why)
        : new Occurrence.QuestionFailed(clock(), question.number(), why);
  }

  private Occurrence.Reported overflowed(Question question, String why) {
    return new Occurrence.QuestionOverflowed(
        clock(), question.number(), Price.tokens(question), why);
  }

  /** Passes on what one attempt writes. */
  private final class Telling implements ChatModel.Deltas {
    private final Held held;
    private final Question question;
    private final int attempt;
    private long length;

    Telling(Held held, Question question, int attempt) {
      this.held = held;
      this.question = question;
      this.attempt = attempt;
    }

    @Override
    public void text(String text) {
      engine.tell(held, new Writing(question.instance(), question.number(), attempt, length, text));
      length += text.length();
    }

    /** What it wrote is void. */
    void drop() {
      if (length > 0) {
        engine.tell(held, new Writing(question.instance(), question.number(), attempt, 0, ""));
      }
    }
  }

  // ---- tools

  private Occurrence.Reported dispatch(Held held, Effect.Dispatch dispatch) {
    Tool tool = held.machine.tool(dispatch.tool());
    if (!clock().isBefore(dispatch.deadline())) {
      return new Occurrence.CallFailed(
          clock(), dispatch.call(), "its deadline passed before it was sent");
    }
    if (tool.effect() == EffectClass.WRITE) {
      held.marks.add(dispatch.key());
    }
    Answer answer =
        call(
            held,
            tool,
            dispatch,
            progress ->
                engine.tell(held, new Working(held.instance.id(), dispatch.call(), progress)));
    return switch (answer) {
      case Answer.Returned(String text, String structured) -> {
        Call call =
            held.instance
                .liveCalls()
                .filter(live -> live.number() == dispatch.call())
                .findFirst()
                .orElse(null);
        yield call == null
            ? new Occurrence.CallFailed(clock(), dispatch.call(), "nothing waits for its result")
            : returned(call.number(), engine.project(held, call, text, structured));
      }
      case Answer.Failed failed ->
          new Occurrence.CallFailed(clock(), dispatch.call(), failed.why());
      case Answer.Unknown(String why) ->
          tool.effect() == EffectClass.READ
              ? new Occurrence.CallFailed(clock(), dispatch.call(), why)
              : new Occurrence.CallUnknown(clock(), dispatch.call(), why);
      case Answer.Drifted(String what) ->
          new Occurrence.CallDrifted(clock(), dispatch.call(), what);
    };
  }

  private Occurrence.Reported returned(int call, Result result) {
    return new Occurrence.CallReturned(clock(), call, result);
  }

  /** Calls, and repeats what may be repeated while the deadline lasts. */
  private Answer call(Held held, Tool tool, Effect.Dispatch dispatch, Consumer<Progress> told) {
    int attempts = tool.effect() == EffectClass.WRITE ? 1 : tool.retry().attempts();
    Duration left = Duration.between(clock(), dispatch.deadline());
    Duration backoff = tool.retry().backoff();
    for (int attempt = 1; ; attempt++) {
      Answer answer =
          parts
              .tools()
              .call(
                  new ToolCall(
                      tool.name(),
                      dispatch.args(),
                      dispatch.key(),
                      held.instance.id(),
                      held.instance.caller(),
                      left,
                      tool.locked().hash()),
                  told);
      Duration wait = wait(answer, backoff);
      if (attempt >= attempts || wait == null || wait.compareTo(left) >= 0) {
        return answer;
      }
      left = left.minus(wait);
      backoff = backoff.multipliedBy(2);
    }
  }

  /** How long to wait before the same call is tried again; null if that is of no use. */
  private static @Nullable Duration wait(Answer answer, Duration backoff) {
    return switch (answer) {
      case Answer.Failed(String why, boolean retryable, Duration after) ->
          retryable ? (after == null ? backoff : after) : null;
      case Answer.Unknown unknown -> backoff;
      case Answer.Returned returned -> null;
      case Answer.Drifted drifted -> null;
    };
  }

  private void probe(Held held, int number) {
    Call call =
        held.instance
            .liveCalls()
            .filter(live -> live.number() == number && live.stage() == Call.Stage.UNKNOWN)
            .findFirst()
            .orElse(null);
    if (call == null) {
      return; // somebody else settled it
    }
    String why = "";
    Boolean happened = null;
    switch (Projection.probe(held.machine, held.instance, call, clock())) {
      case Projection.Probing.Ask(String name, Map<String, Object> args) -> {
        Tool tool = held.machine.tool(name);
        Instant deadline = clock().plus(tool.timeout());
        Effect.Dispatch ask = new Effect.Dispatch(0, call.key() + "/probe", name, args, deadline);
        Answer answer = call(held, tool, ask, progress -> {});
        switch (answer) {
          case Answer.Returned(String text, String structured) -> {
            Evaluation said =
                Projection.happened(held.machine, held.instance, call, text, structured, clock());
            happened = said instanceof Evaluation.Value(Boolean yes) ? yes : null;
            why = text.isEmpty() && structured != null ? structured : text;
          }
          case Answer.Failed failed -> why = failed.why();
          case Answer.Unknown unknown -> why = unknown.why();
          case Answer.Drifted drifted -> why = drifted.what();
        }
      }
      case Projection.Probing.Impossible(String impossible) -> why = impossible;
    }
    engine.report(held, new Occurrence.CallProbed(clock(), number, happened, why));
  }

  // ---- the desk

  private void open(Item item, Effect.OpenTicket ticket) {
    Held held = item.held();
    String key = held.instance.id() + "/ticket/" + ticket.escalation();
    try {
      String id =
          parts
              .desk()
              .open(
                  new Desk.Ticket(
                      key,
                      held.instance.id(),
                      held.machine.name(),
                      ticket.state(),
                      ticket.from(),
                      ticket.reason(),
                      ticket.detail(),
                      ticket.bundle()));
      engine.report(held, new Occurrence.TicketOpened(clock(), ticket.escalation(), id));
    } catch (Desk.DeskException e) {
      later(clock().plus(DESK_BACKOFF), item);
    }
  }

  private void notify(Instance instance, int number, String role, String text) {
    String key = "%s/notice/%d/%s".formatted(instance.id(), number, role);
    try {
      parts.desk().notify(new Desk.Notice(key, instance.id(), role, text));
    } catch (Desk.DeskException e) {
      // Best effort, as the effect says: who must answer also finds it in the list.
    }
  }

  private Instant clock() {
    return parts.clock().instant();
  }
}
