package dev.interlock.temporal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Effects;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.Watcher.Working;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Tool.Retry;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Prompt;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Sight;
import dev.interlock.engine.Calls;
import dev.interlock.engine.CrashPoints;
import dev.interlock.engine.Live;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Retrying;
import dev.interlock.engine.Settings;
import dev.interlock.engine.Telling;
import dev.interlock.temporal.Payload.Found;
import dev.interlock.temporal.Payload.Sent;
import dev.interlock.temporal.Payload.Tried;
import dev.interlock.temporal.Payload.Work;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries effects out in the world, in a worker.
 *
 * <p>Promise: a write is sent only after its mark is durable, at most once. How often something is
 * tried is decided here, what lies between two attempts is Temporal's to wait for.
 */
final class Effector implements EffectActivities {
  private static final System.Logger LOG = System.getLogger(Effector.class.getName());

  /** The most attempts at one question, over all models, those included that were lost. */
  static final int MAX_ASK_ATTEMPTS = 100;

  /** The longest reply or result, as JSON in bytes, that travels through the server. */
  static final int MAX_TRAVEL = 1 << 20;

  /** The type of a failure: the journal has gone on otherwise, to the entry in its detail. */
  static final String RECORDED = "recorded";

  /** How long the store is waited for, and entries that another activity brings along. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The server takes no pause that is shorter. */
  private static final Duration SHORTEST = Duration.ofMillis(10);

  /** How often the server hears of an activity. */
  private static final Duration BEAT = Duration.ofSeconds(2);

  private final Journals journals;
  private final Store store;
  private final Ports ports;
  private final Settings settings;
  private final ExecutorService threads;
  private final Calls calls;
  private final Nearby nearby;
  private final Set<Thread> asking = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;

  Effector(
      Journals journals,
      Store store,
      Ports ports,
      Settings settings,
      ExecutorService threads,
      Nearby nearby) {
    this.journals = journals;
    this.store = store;
    this.ports = ports;
    this.settings = settings;
    this.threads = threads;
    this.calls = new Calls(ports.tools(), threads);
    this.nearby = nearby;
  }

  /** Brings the entries along; who is near hears of them before anything follows. */
  private Live brought(Work work) {
    Live live = waited(work);
    if (!work.entries().isEmpty()) {
      nearby.written(work.instance());
    }
    return live;
  }

  private Live waited(Work work) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return journals.bring(work);
      } catch (RecordedException e) {
        String[] news =
            work.entries().stream()
                .map(Entry::occurrence)
                .filter(Occurrence.Sent.class::isInstance)
                .map(it -> ((Occurrence.Sent) it).id())
                .filter(id -> !store.seen(work.instance(), id))
                .toArray(String[]::new);
        throw ApplicationFailure.newNonRetryableFailure(
            String.valueOf(e.getMessage()), RECORDED, e.newest(), work.seq(), news);
      } catch (
          StoreException e) { // also one that another activity has not brought to where this is
        if (System.nanoTime() > end) {
          throw unusable(e);
        }
        pause();
      }
    }
  }

  /** The same again later; what the store says of itself is for the log. */
  private static RuntimeException unusable(StoreException e) {
    LOG.log(Level.WARNING, "the store cannot be used; this is tried again", e);
    return again("the store could not be used", SHORTEST);
  }

  private static void pause() {
    try {
      Thread.sleep(SHORTEST);
    } catch (InterruptedException interrupted) {
      throw interrupted();
    }
  }

  /** What an attempt before this one has left. */
  private static <T extends Payload> T before(Class<T> type, T nothing) {
    return Activity.getExecutionContext().getHeartbeatDetails(type).orElse(nothing);
  }

  private static Beat beat(Payload before) {
    return new Beat(Activity.getExecutionContext(), BEAT, before);
  }

  private static <T extends Effect> T effect(Work work, Class<T> type) {
    return type.cast(Objects.requireNonNull(work.effect()));
  }

  /** The same again later. */
  private static RuntimeException again(String why, Duration pause) {
    return ApplicationFailure.newBuilder()
        .setMessage(why)
        .setType("again")
        .setNextRetryDelay(pause.compareTo(SHORTEST) < 0 ? SHORTEST : pause)
        .build();
  }

  private static RuntimeException interrupted() {
    return again("it was interrupted", SHORTEST);
  }

  @Override
  public Found flush(Work work) {
    return alive(() -> {
      brought(work);
      return Found.of();
    });
  }

  /** Does something while the server hears that it is under way. */
  @SuppressWarnings("try") // it only beats
  private static Found alive(Supplier<Found> what) {
    try (Beat beat = beat(Sent.NOTHING)) {
      return what.get();
    } catch (StoreException e) {
      throw unusable(e);
    }
  }

  // ---- questions

  /** Abandons questions: another worker asks them again. Everything else goes on to its end. */
  void drain() {
    draining = true;
    asking.forEach(Thread::interrupt);
  }

  @Override
  public Found ask(Work work) {
    asking.add(Thread.currentThread());
    try {
      if (draining) {
        throw interrupted();
      }
      Tried before = before(Tried.class, Tried.NOTHING);
      try (Beat beat = beat(before)) {
        return asked(work, before, beat);
      }
    } catch (StoreException e) {
      throw unusable(e);
    } finally {
      asking.remove(Thread.currentThread());
    }
  }

  private Found asked(Work work, Tried before, Beat beat) {
    Live live = brought(work);
    long number = effect(work, Effect.Ask.class).question();
    ChatModel model = ports.models().get(before.model());
    Question question = question(live, model);
    String tooLong = Prompt.tooLong(live.machine(), question);
    if (!tooLong.isEmpty()) {
      return found(before, overflowed(number, question, tooLong));
    }
    List<Reply.Usage> lost = before.lost();
    if (before.asking()) { // whoever asked may have been answered, and is not there to tell
      lost = new ArrayList<>(lost);
      lost.add(model.estimate(question));
    }
    Boolean overflow = before.overflow();
    Tried now = new Tried(before.model(), before.tries() + 1, before.whys(), true, lost, overflow);
    Telling telling =
        new Telling(
            work.instance(),
            number,
            Activity.getExecutionContext().getInfo().getAttempt(),
            writing -> nearby.passing(live, writing));
    String why;
    boolean more = true;
    Duration asked = null;
    try {
      beat.note(now);
      try {
        Reply reply =
            Retrying.within(
                threads, settings.questionTimeout(), () -> model.ask(question, telling));
        Occurrence.QuestionReplied replied =
            new Occurrence.QuestionReplied(Times.NONE, number, reply.bounded());
        int size = size(replied);
        if (size <= MAX_TRAVEL) {
          telling.end();
          return found(now, replied);
        }
        why = "a reply of %,d bytes, at most %,d travel".formatted(size, MAX_TRAVEL);
      } catch (TimeoutException e) {
        why = "no reply within " + settings.questionTimeout();
      } catch (ExecutionException e) {
        why = String.valueOf(e.getCause() == null ? e : e.getCause().getMessage());
        if (e.getCause() instanceof ModelException failure) {
          asked = failure.retryAfter();
          more = failure.retryable() && !Retrying.tooLong(asked);
          overflow = failure.overflow() ? Boolean.TRUE : overflow;
        }
      } finally {
        telling.drop();
      }
      Retry retry = settings.questionRetry();
      if (more && now.tries() < retry.attempts()) {
        beat.tell(new Tried(now.model(), now.tries(), now.whys(), false, lost, overflow));
        throw again(why, Retrying.pause(retry, now.tries(), asked));
      }
      List<String> whys = new ArrayList<>(now.whys());
      whys.add(why);
      if (now.model() + 1 < ports.models().size()) {
        beat.tell(new Tried(now.model() + 1, 0, whys, false, lost, overflow));
        throw again(why, SHORTEST);
      }
      String all = String.join("; the next model: ", whys);
      return found(
          now,
          overflow == null
              ? new Occurrence.QuestionFailed(Times.NONE, number, all)
              : overflowed(number, question, all));
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  private static Occurrence.Reported overflowed(long number, Question question, String why) {
    return new Occurrence.QuestionOverflowed(Times.NONE, number, Price.tokens(question), why);
  }

  private static int size(Occurrence occurrence) {
    return JournalJson.write(Occurrence.class, occurrence).getBytes(UTF_8).length;
  }

  private static Found found(Tried tried, Occurrence.Reported what) {
    List<Occurrence.Reported> all = new ArrayList<>();
    long question =
        switch (what) {
          case Occurrence.QuestionReplied it -> it.question();
          case Occurrence.QuestionFailed it -> it.question();
          case Occurrence.QuestionOverflowed it -> it.question();
          default -> throw new IllegalArgumentException(what.toString());
        };
    tried.lost().forEach(usage -> all.add(new Occurrence.ReplyLost(Times.NONE, question, usage)));
    all.add(what);
    return new Found(all);
  }

  private Question question(Live live, ChatModel model) {
    String id = live.instance().id();
    Function<String, @Nullable String> results = ref -> store.result(id, ref).orElse(null);
    Sight sight = new Sight(model::sees, hash -> store.document(id, hash).orElse(null));
    return Prompt.question(
        live.machine(), live.instance(), journals.transcript(live), results, sight);
  }

  // ---- calls

  @Override
  public Found call(Work work) {
    return sent(work, this::called);
  }

  /** Something that is sent to a tool, while the server hears that it is under way. */
  private interface Sending {
    Found send(Work work, Sent before, Beat beat) throws InterruptedException;
  }

  private static Found sent(Work work, Sending sending) {
    Sent before = before(Sent.class, Sent.NOTHING);
    try (Beat beat = beat(before)) {
      return sending.send(work, before, beat);
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (StoreException e) {
      throw unusable(e);
    }
  }

  private Found called(Work work, Sent before, Beat beat) throws InterruptedException {
    Effect.Dispatch effect = effect(work, Effect.Dispatch.class);
    Live live = brought(work);
    Tool tool = live.machine().tool(effect.tool());
    Found unsendable = tool.effect() == EffectClass.WRITE ? claimed(work, effect) : null;
    if (unsendable != null) {
      return unsendable;
    }
    CrashPoints.pass("before-send-of-" + tool.effect().word());
    Answer answer = attempt(live, tool, effect, before, beat);
    CrashPoints.pass("after-send-of-" + tool.effect().word());
    return switch (answer) {
      case Answer.Returned returned ->
          live.instance()
              .liveCalls()
              .filter(call -> call.number() == effect.call())
              .findFirst()
              .map(call -> returned(live, call, returned))
              .orElseGet(Found::of);
      case Answer.Failed failed -> failed(effect, failed.why());
      case Answer.Unknown unknown -> unknown(effect, unknown.why());
      case Answer.Drifted drifted ->
          Found.of(new Occurrence.CallDrifted(Times.NONE, effect.call(), drifted.what()));
    };
  }

  /**
   * Sets the mark of a write, durably, which only one activity ever does.
   *
   * @return why it is not sent, or null: then it is this one's to send
   */
  private @Nullable Found claimed(Work work, Effect.Dispatch effect) throws InterruptedException {
    while (true) {
      try {
        Mark mark = store.mark(work.instance(), effect.key()).orElse(null);
        if (mark == null && late(effect)) {
          mark = mark(work, effect, Mark.CLOSED);
        }
        if (mark != null) {
          return mark == Mark.CLOSED
              ? notSent(effect)
              : unknown(effect, "the worker stopped while it was under way");
        }
        CrashPoints.pass("before-mark");
        store.commit(
            List.of(new Store.Claim(work.instance(), effect.key(), ports.clock().instant())));
        CrashPoints.pass("after-mark");
        return late(effect) ? notSent(effect) : null;
      } catch (Store.ConflictException e) {
        // somebody else was first: whose mark it is, is looked up
      } catch (StoreException e) {
        if (late(effect)) {
          throw unusable(e);
        }
        Thread.sleep(SHORTEST);
      }
    }
  }

  private boolean late(Effect.Dispatch effect) {
    return !ports.clock().instant().isBefore(effect.deadline());
  }

  private Found returned(Live live, Call call, Answer.Returned answer) {
    String id = live.instance().id();
    Calls.Kept kept = Calls.Kept.of(live.machine(), id, live.key(), call, answer);
    for (int attempt = 1; ; attempt++) {
      try {
        if (!kept.beside().isEmpty()) {
          store.commit(kept.beside());
        }
        return Found.of(travelling(call.number(), kept.result()));
      } catch (Store.StoreException e) { // the tool has answered: that must not be lost
        try {
          Thread.sleep(Retrying.pause(new Retry(1, Duration.ofMillis(100)), attempt, null));
        } catch (InterruptedException interrupted) {
          throw interrupted();
        }
      }
    }
  }

  /** What the call returned; without its facts, as a misfit, if they are too much to travel. */
  static Occurrence.CallReturned travelling(int call, Result result) {
    var returned = new Occurrence.CallReturned(Times.NONE, call, result);
    int size = size(returned);
    if (size <= MAX_TRAVEL) {
      return returned;
    }
    String why = "it fills fields with %,d bytes, at most %,d travel".formatted(size, MAX_TRAVEL);
    return new Occurrence.CallReturned(
        Times.NONE,
        call,
        new Result(
            result.ref(), result.size(), result.preview(), result.complete(), List.of(), why));
  }

  private static Found failed(Effect.Dispatch effect, String why) {
    return Found.of(new Occurrence.CallFailed(Times.NONE, effect.call(), why));
  }

  private static Found notSent(Effect.Dispatch effect) {
    return failed(effect, "its time was over before it was sent");
  }

  private static Found unknown(Effect.Dispatch effect, String why) {
    return Found.of(new Occurrence.CallUnknown(Times.NONE, effect.call(), why));
  }

  /** Sets a mark where there is none, and tells which one there is. */
  private Mark mark(Work work, Effect.Dispatch effect, Mark mark) {
    store.commit(
        List.of(new Store.PutMark(work.instance(), effect.key(), mark, ports.clock().instant())));
    return store.mark(work.instance(), effect.key()).orElseThrow();
  }

  @Override
  public Found settle(Work work) {
    Effect.Dispatch effect = effect(work, Effect.Dispatch.class);
    return alive(() -> {
      brought(work);
      return mark(work, effect, Mark.CLOSED) == Mark.CLOSED
          ? failed(effect, "its worker was lost before it was sent")
          : unknown(effect, "the worker was lost while it was under way");
    });
  }

  /**
   * One attempt. A write has no other; anything else is tried by its policy, within its deadline,
   * with the same key, and at least once, also where there is a worker again only after the
   * deadline.
   */
  private Answer attempt(Live live, Tool tool, Effect.Dispatch effect, Sent before, Beat beat)
      throws InterruptedException {
    boolean write = tool.effect() == EffectClass.WRITE;
    int attempt = before.tries() + 1;
    boolean unsettled =
        before.unsettled() || (before.sending() && tool.effect() != EffectClass.READ);
    Sent now = new Sent(attempt, true, unsettled);
    if (tool.effect() == EffectClass.IDEMPOTENT) { // of a write the store's mark says as much
      beat.tell(now);
    } else {
      beat.note(now);
    }
    Instant deadline = write ? effect.deadline() : effect.deadline().plus(Calls.ready(ports, tool));
    Duration left = Duration.between(ports.clock().instant(), deadline);
    if (!left.isPositive() && (write || attempt > 1)) {
      String again = attempt > 1 ? " again" : "";
      return Calls.ended(unsettled, "its time was over before it was sent" + again);
    }
    Duration timeout = left.isPositive() ? left : tool.timeout();
    Answer answer = once(live, tool, effect, timeout);
    return switch (Calls.next(
        tool, attempt, unsettled, answer, ports.clock().instant(), deadline)) {
      case Calls.Next.Settled settled -> settled.answer();
      case Calls.Next.Again again -> {
        beat.tell(new Sent(attempt, false, again.unsettled()));
        throw again(again.why(), again.pause());
      }
    };
  }

  private Answer once(Live live, Tool tool, Effect.Dispatch effect, Duration timeout)
      throws InterruptedException {
    Instance instance = live.instance();
    return calls.once(
        Calls.call(instance, tool, effect, timeout),
        progress -> nearby.passing(live, new Working(instance.id(), effect.call(), progress)));
  }

  @Override
  public Found probe(Work work) {
    return sent(work, this::probed);
  }

  private Found probed(Work work, Sent before, Beat beat) throws InterruptedException {
    Live live = brought(work);
    int number = effect(work, Effect.Probe.class).call();
    Optional<Call> call =
        live.instance()
            .liveCalls()
            .filter(each -> each.number() == number && each.stage() == Call.Stage.UNKNOWN)
            .findFirst();
    if (call.isEmpty()) {
      return Found.of(); // somebody else settled it
    }
    Instant now = ports.clock().instant();
    Calls.Probed found =
        switch (Projection.probe(live.machine(), live.instance(), call.get(), now)) {
          case Projection.Probing.Impossible(String why) -> new Calls.Probed(null, why);
          case Projection.Probing.Ask ask -> {
            Tool tool = live.machine().tool(ask.tool());
            Effect.Dispatch effect =
                new Effect.Dispatch(
                    0,
                    call.get().key() + "/probe",
                    ask.tool(),
                    ask.args(),
                    now.plus(tool.timeout()));
            yield Calls.Probed.of(
                live.machine(),
                live.instance(),
                call.get(),
                attempt(live, tool, effect, before, beat),
                ports.clock().instant());
          }
        };
    return Found.of(new Occurrence.CallProbed(Times.NONE, number, found.happened(), found.why()));
  }

  // ---- people

  @Override
  public Found openTicket(Work work) {
    return alive(() -> {
      Live live = brought(work);
      for (Effect owed : owed(live)) {
        if (owed instanceof Effect.OpenTicket ticket) {
          String opened = ports.open(work.instance(), live.machine().name(), ticket);
          return Found.of(new Occurrence.TicketOpened(Times.NONE, ticket.escalation(), opened));
        }
      }
      return Found.of(); // it was resumed at once
    });
  }

  private static List<Effect> owed(Live live) {
    return Effects.pending(live.machine(), live.instance());
  }

  @Override
  public Found tell(Work work) {
    return alive(() -> {
      Live live = brought(work);
      Effect.Notify told = effect(work, Effect.Notify.class);
      for (Effect owed : owed(live)) {
        if (owed instanceof Effect.Notify notice
            && notice.number() == told.number()
            && notice.role().equals(told.role())) {
          ports.tell(work.instance(), notice);
        }
      }
      return Found.of();
    });
  }
}
