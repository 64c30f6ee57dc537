package dev.interlock.local;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Progress;
import dev.interlock.core.engine.Watcher.Passing;
import dev.interlock.core.engine.Watcher.Working;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Call.Stage;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Tool.Retry;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Prompt;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Sight;
import dev.interlock.core.prompt.Transcript;
import dev.interlock.engine.Calls;
import dev.interlock.engine.CrashPoints;
import dev.interlock.engine.Live;
import dev.interlock.engine.Loading;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Retrying;
import dev.interlock.engine.Settings;
import dev.interlock.local.Flights.Flight;
import dev.interlock.local.Flights.Kind;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Carries effects out, and reports what came of each.
 *
 * <p>Promise: a write is sent only after its mark is durable, at most once.
 */
final class Carrier {
  /** The most notices to desks under way at once; what is beyond is not told, but in lists. */
  static final int MAX_NOTICES = 1_000;

  /** After so many a notice is given up: what waits is in lists all the same. */
  private static final int NOTICE_ATTEMPTS = 3;

  private static final System.Logger LOG = System.getLogger(Carrier.class.getName());

  private final Store store;
  private final Loading loading;
  private final Ports ports;
  private final Settings settings;
  private final Committer committer;
  private final Timers timers;
  private final BiConsumer<Live, Passing> watchers;
  private final Flights flights;
  private final Semaphore notices = new Semaphore(MAX_NOTICES);

  Carrier(
      Store store,
      Loading loading,
      Ports ports,
      Settings settings,
      Committer committer,
      Timers timers,
      BiConsumer<Live, Passing> watchers) {
    this.store = store;
    this.loading = loading;
    this.ports = ports;
    this.flights = new Flights(committer);
    this.settings = settings;
    this.committer = committer;
    this.timers = timers;
    this.watchers = watchers;
  }

  /** Takes effects up as they arise. Returns at once. */
  void carry(Live live, List<Effect> effects) {
    effects.forEach(effect -> carry(live, effect, false));
  }

  /** Takes up what an engine before this one may have begun. Returns at once. */
  void recover(Live live, List<Effect> effects) {
    effects.forEach(effect -> carry(live, effect, true));
  }

  private void carry(Live live, Effect effect, boolean recovered) {
    Instance instance = live.instance();
    String id = instance.id();
    switch (effect) {
      case Effect.Ask(long question) -> {
        if (!ports.outside().contains(live.machine().name())) {
          flights.begin(
              id + "/q" + question,
              Kind.PLACED,
              flight -> ask(flight, live, question, recovered),
              why -> failed(id, question, why));
        }
      }
      case Effect.AbandonQuestion(long question) -> flights.abandon(id + "/q" + question);
      case Effect.Dispatch dispatch -> {
        boolean write = live.machine().tool(dispatch.tool()).effect() != EffectClass.READ;
        call(instance, dispatch.call(), Stage.DISPATCHED)
            .ifPresent(call ->
                flights.begin(
                    id + "/c" + dispatch.call(),
                    write ? Kind.AWAITED : Kind.PLACED,
                    flight -> dispatch(flight, live, call, dispatch, recovered),
                    why -> unknown(id, call, why)));
      }
      case Effect.AbandonCall(int call) -> flights.abandon(id + "/c" + call);
      case Effect.Probe(int number, Instant deadline) ->
          call(instance, number, Stage.UNKNOWN)
              .ifPresent(call ->
                  flights.begin(
                      id + "/p" + number,
                      Kind.ASIDE,
                      flight -> probe(flight, live, call, deadline),
                      why -> probed(id, call, new Calls.Probed(null, why))));
      case Effect.SetTimer(String timer, Instant due) -> timers.set(id, due);
      case Effect.CancelTimer
              c -> {} // the row holds the timers there are; a wake in vain is harmless
      case Effect.OpenTicket ticket ->
          flights.begin(
              id + "/t" + ticket.escalation(),
              Kind.ASIDE,
              flight -> open(live, ticket),
              why -> null);
      case Effect.Notify notice ->
          flights.begin(
              id + "/n" + notice.number() + "/" + notice.role(),
              Kind.ASIDE,
              flight -> notify(id, notice),
              why -> null);
    }
  }

  boolean busy(String instance) {
    return flights.busy(instance);
  }

  /** The call, if it still stands so: the same step may have withdrawn it again. */
  private static Optional<Call> call(Instance instance, int number, Stage stage) {
    return instance
        .liveCalls()
        .filter(call -> call.number() == number && call.stage() == stage)
        .findFirst();
  }

  /** Interrupts what may be abandoned, and waits for the rest. */
  void close(@Nullable Duration limit) {
    flights.close(limit);
  }

  // ---- questions

  /** The open question of an instance. */
  Question question(Live live, Sight sight) {
    return Prompt.question(
        live.machine(), live.instance(), transcript(live), results(live.instance().id()), sight);
  }

  /** What the model would be told, without where the instance stands now. */
  List<Question.Message> conversation(Live live) {
    return Prompt.conversation(
        live.machine(), live.instance(), transcript(live), results(live.instance().id()));
  }

  private Transcript transcript(Live live) {
    String id = live.instance().id();
    Transcript known = live.transcript();
    if (known != null) {
      return known;
    }
    Transcript read = loading.transcript(id, live.instance().seq());
    committer.remember(id, live.instance().seq(), read);
    return read;
  }

  private Function<String, @Nullable String> results(String id) {
    return ref -> store.result(id, ref).orElse(null);
  }

  private Submission.@Nullable Happened ask(
      Flight flight, Live live, long number, boolean recovered) throws InterruptedException {
    String id = live.instance().id();
    Function<ChatModel, Question> questions =
        model ->
            question(live, new Sight(model::sees, hash -> store.document(id, hash).orElse(null)));
    if (recovered) { // its engine may have been answered, and is not there to tell
      ChatModel first = ports.models().getFirst();
      Question open = questions.apply(first);
      if (Prompt.tooLong(live.machine(), open).isEmpty()) { // else nobody was asked
        Reply.Usage lost = first.estimate(open);
        flights.record(
            Submission.happened(id, (now, at) -> new Occurrence.ReplyLost(at, number, lost)));
      }
    }
    Asking asking =
        new Asking(
            flight,
            settings,
            ports.models(),
            live,
            number,
            questions,
            writing -> watchers.accept(live, writing),
            asked ->
                switch (asked) {
                  case Asking.Asked.Replied(Reply reply) ->
                      Submission.happened(
                          id,
                          (now, at) -> new Occurrence.QuestionReplied(at, number, reply.bounded()));
                  case Asking.Asked.Failed(String why) -> failed(id, number, why);
                  case Asking.Asked.Overflowed(long tokens, String why) ->
                      Submission.happened(
                          id,
                          (now, at) -> new Occurrence.QuestionOverflowed(at, number, tokens, why));
                });
    return asking.ask();
  }

  private static Submission.Happened failed(String id, long question, String why) {
    return Submission.happened(id, (now, at) -> new Occurrence.QuestionFailed(at, question, why));
  }

  // ---- calls

  private Submission.@Nullable Happened dispatch(
      Flight flight, Live live, Call call, Effect.Dispatch effect, boolean recovered)
      throws InterruptedException {
    Tool tool = live.machine().tool(effect.tool());
    String id = live.instance().id();
    if (tool.effect() == EffectClass.WRITE) {
      Mark before = store.mark(id, effect.key()).orElse(null);
      if (before == Mark.DISPATCHED) {
        return unknown(id, call, "the engine stopped while it was under way");
      }
      boolean late = !ports.clock().instant().isBefore(effect.deadline());
      Mark wanted = before == Mark.CLOSED || late ? Mark.CLOSED : Mark.DISPATCHED;
      CrashPoints.pass("before-mark", effect.key());
      mark(id, effect.key(), wanted);
      CrashPoints.pass("after-mark", effect.key());
      if (wanted == Mark.CLOSED || !ports.clock().instant().isBefore(effect.deadline())) {
        return failed(id, call, "its time was over before it was sent");
      }
    }
    boolean mayHaveHappened = recovered && tool.effect() == EffectClass.IDEMPOTENT;
    CrashPoints.pass("before-send-of-" + tool.effect().word(), effect.key());
    Consumer<Progress> told =
        progress -> watchers.accept(live, new Working(id, call.number(), progress));
    Sending sending =
        new Sending(
            flight,
            ports,
            live,
            effect,
            told,
            answer -> {
              CrashPoints.pass("after-send-of-" + tool.effect().word(), effect.key());
              return came(live, call, answer);
            });
    return sending.send(mayHaveHappened);
  }

  private static Submission.Happened came(Live live, Call call, Answer answer) {
    String id = live.instance().id();
    return switch (answer) {
      case Answer.Returned returned -> returned(live, call, returned);
      case Answer.Failed failed -> failed(id, call, failed.why());
      case Answer.Unknown unknown -> unknown(id, call, unknown.why());
      case Answer.Drifted drifted ->
          Submission.happened(
              id, (now, at) -> new Occurrence.CallDrifted(at, call.number(), drifted.what()));
    };
  }

  /** Writes a mark until it is durable. */
  private void mark(String id, String key, Mark mark) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        Store.PutMark write = new Store.PutMark(id, key, mark, ports.clock().instant());
        committer.add(Submission.plain(write)).get();
        return;
      } catch (ExecutionException e) {
        if (flights.closing()) {
          throw new InterruptedException("the engine closes");
        }
        Thread.sleep(Retrying.pause(new Retry(1, Duration.ofMillis(100)), attempt, null));
      }
    }
  }

  private static Submission.Happened returned(Live live, Call call, Answer.Returned answer) {
    String id = live.instance().id();
    Calls.Kept kept = Calls.Kept.of(live.machine(), id, live.key(), call, answer);
    return Submission.happened(
        id,
        kept.beside(),
        (now, at) -> new Occurrence.CallReturned(at, call.number(), kept.result()));
  }

  private static Submission.Happened failed(String id, Call call, String why) {
    return Submission.happened(id, (now, at) -> new Occurrence.CallFailed(at, call.number(), why));
  }

  private static Submission.Happened unknown(String id, Call call, String why) {
    return Submission.happened(id, (now, at) -> new Occurrence.CallUnknown(at, call.number(), why));
  }

  private Submission.@Nullable Happened probe(Flight flight, Live live, Call call, Instant deadline)
      throws InterruptedException {
    Instant due = deadline.plus(settings.settleAfter());
    while (ports.clock().instant().isBefore(due)) {
      Duration left = Duration.between(ports.clock().instant(), due);
      Duration check = settings.clockCheck();
      Thread.sleep(left.compareTo(check) < 0 ? left : check);
    }
    String id = live.instance().id();
    Machine machine = live.machine();
    return switch (Projection.probe(machine, live.instance(), call, ports.clock().instant())) {
      case Projection.Probing.Impossible(String because) ->
          probed(id, call, new Calls.Probed(null, because));
      case Projection.Probing.Ask(String name, Map<String, Object> args) -> {
        Instant until = ports.clock().instant().plus(machine.tool(name).timeout());
        Effect.Dispatch effect = new Effect.Dispatch(0, call.key() + "/probe", name, args, until);
        yield new Sending(
                flight, ports, live, effect, progress -> {}, answer -> found(live, call, answer))
            .send(false);
      }
    };
  }

  private Submission.Happened found(Live live, Call call, Answer answer) {
    return probed(
        live.instance().id(),
        call,
        Calls.Probed.of(live.machine(), live.instance(), call, answer, ports.clock().instant()));
  }

  private static Submission.Happened probed(String id, Call call, Calls.Probed found) {
    return Submission.happened(
        id,
        (now, at) -> new Occurrence.CallProbed(at, call.number(), found.happened(), found.why()));
  }

  // ---- people

  private Submission.Happened open(Live live, Effect.OpenTicket effect)
      throws InterruptedException {
    String id = live.instance().id();
    for (int attempt = 1; ; attempt++) {
      try {
        String opened = ports.open(id, live.machine().name(), effect);
        return Submission.happened(
            id, (now, at) -> new Occurrence.TicketOpened(at, effect.escalation(), opened));
      } catch (RuntimeException e) { // whatever a desk throws: a ticket is tried until it is open
        if (attempt == 1) {
          warn("the ticket of " + id + " is not open yet; it is tried again until it is", e);
        }
        Thread.sleep(Retrying.pause(new Retry(1, Duration.ofMillis(500)), attempt, null));
      }
    }
  }

  /** What a desk throws tells why; what was to be said to it is not for the log. */
  private void warn(String what, RuntimeException e) {
    if (!flights.closing()) {
      String why = e instanceof Desk.DeskException ? String.valueOf(e.getMessage()) : e.toString();
      LOG.log(Level.WARNING, what + ": " + why.replaceAll("[\\p{Cc}\\p{Cf}\\s]+", " "));
    }
  }

  private Submission.@Nullable Happened notify(String id, Effect.Notify effect)
      throws InterruptedException {
    if (!notices.tryAcquire()) {
      LOG.log(
          Level.WARNING,
          "the {0} was not told of what waits in {1}: {2} notices are under way, the most that may",
          effect.role(),
          id,
          MAX_NOTICES);
      return null;
    }
    try {
      tell(id, effect);
      return null;
    } finally {
      notices.release();
    }
  }

  private void tell(String id, Effect.Notify effect) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        ports.tell(id, effect);
        return;
      } catch (RuntimeException e) { // whatever a desk throws: a notice is best effort
        if (attempt == NOTICE_ATTEMPTS) {
          warn("the " + effect.role() + " was not told of what waits in " + id, e);
          return;
        }
        Thread.sleep(Retrying.pause(new Retry(1, Duration.ofMillis(500)), attempt, null));
      }
    }
  }
}
