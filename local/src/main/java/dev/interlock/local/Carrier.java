package dev.interlock.local;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Progress;
import dev.interlock.core.engine.ToolHost.ToolCall;
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
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Carries effects out, each on a virtual thread, and reports what came of it.
 *
 * <p>Promise: a write is sent only after its mark is durable, at most once; an effect whose report
 * could not be recorded is reported again until it is, or the engine closes.
 */
final class Carrier {
  /** The most questions and calls under way at once; the next one waits for its turn. */
  static final int MAX_IN_FLIGHT = 1_000;

  /** The most notices to desks under way at once; what is beyond is not told, but in lists. */
  static final int MAX_NOTICES = 1_000;

  /** How long closing waits for what was interrupted and does not stop. */
  static final Duration CLOSE_GRACE = Duration.ofSeconds(5);

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
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Calls calls;
  private final Map<String, InFlight> inFlight = new ConcurrentHashMap<>();
  private final Semaphore slots = new Semaphore(MAX_IN_FLIGHT, true);
  private final Semaphore notices = new Semaphore(MAX_NOTICES);
  private volatile boolean closing;

  private record InFlight(Future<?> future, boolean awaited) {}

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
    this.calls = new Calls(ports.tools(), threads);
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
          begin(
              id + "/q" + question,
              false,
              settled(
                  () -> inSlot(() -> ask(live, question, recovered)),
                  why -> failed(id, question, why)));
        }
      }
      case Effect.AbandonQuestion(long question) -> abandon(id + "/q" + question);
      case Effect.Dispatch dispatch -> {
        boolean write = live.machine().tool(dispatch.tool()).effect() != EffectClass.READ;
        call(instance, dispatch.call(), Stage.DISPATCHED)
            .ifPresent(call ->
                begin(
                    id + "/c" + dispatch.call(),
                    write,
                    settled(
                        () -> inSlot(() -> dispatch(live, call, dispatch, recovered)),
                        why -> unknown(id, call, why))));
      }
      case Effect.AbandonCall(int call) -> abandon(id + "/c" + call);
      case Effect.Probe(int number, Instant deadline) ->
          call(instance, number, Stage.UNKNOWN)
              .ifPresent(call ->
                  begin(
                      id + "/p" + number,
                      false,
                      settled(
                          () -> probe(live, call, deadline),
                          why -> probed(id, call, new Calls.Probed(null, why)))));
      case Effect.SetTimer(String timer, Instant due) -> timers.set(id, due);
      case Effect.CancelTimer
              c -> {} // the row holds the timers there are; a wake in vain is harmless
      case Effect.OpenTicket ticket ->
          begin(id + "/t" + ticket.escalation(), false, () -> open(live, ticket));
      case Effect.Notify notice ->
          begin(id + "/n" + notice.number() + "/" + notice.role(), false, () -> notify(id, notice));
    }
  }

  boolean busy(String instance) {
    return inFlight.keySet().stream().anyMatch(key -> key.startsWith(instance + "/"));
  }

  /** The call, if it still stands so: the same step may have withdrawn it again. */
  private static Optional<Call> call(Instance instance, int number, Stage stage) {
    return instance
        .liveCalls()
        .filter(call -> call.number() == number && call.stage() == stage)
        .findFirst();
  }

  // ---- threads

  private interface Work {
    void run() throws InterruptedException;
  }

  private interface Settling {
    void settle(String why) throws InterruptedException;
  }

  /** Work that is reported as gone wrong where it goes wrong in a way nobody foresaw. */
  private Work settled(Work work, Settling otherwise) {
    return () -> {
      try {
        work.run();
      } catch (RuntimeException e) {
        if (closing) {
          return; // the next owner takes it up
        }
        LOG.log(Level.ERROR, "an effect went wrong in a way that nobody foresaw", e);
        otherwise.settle(e.toString());
      }
    };
  }

  private void begin(String key, boolean awaited, Work work) {
    if (closing) {
      return; // the next owner takes it up
    }
    inFlight.computeIfAbsent(
        key,
        k ->
            new InFlight(
                threads.submit(() -> {
                  try {
                    work.run();
                  } catch (InterruptedException e) {
                    // abandoned, or the engine closes: nothing is reported
                  } finally {
                    inFlight.remove(key);
                  }
                }),
                awaited));
  }

  private void abandon(String key) {
    InFlight found = inFlight.remove(key);
    if (found != null) {
      found.future().cancel(true);
    }
  }

  /** Interrupts what may be abandoned, and waits for the rest. */
  void close(@Nullable Duration limit) {
    long end = limit == null ? Long.MAX_VALUE : System.nanoTime() + limit.toNanos();
    closing = true;
    inFlight.values().stream()
        .filter(flight -> !flight.awaited())
        .forEach(flight -> flight.future().cancel(true));
    for (InFlight flight : List.copyOf(inFlight.values())) {
      if (flight.awaited()) {
        try {
          if (limit == null) {
            flight.future().get();
          } else {
            flight.future().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
          }
        } catch (TimeoutException e) {
          LOG.log(
              Level.WARNING, "a write is still in flight and is interrupted; see the next owner");
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        } catch (ExecutionException | java.util.concurrent.CancellationException e) {
          // its report says what came of it
        }
      }
    }
    threads.shutdownNow();
    try {
      boolean ended = threads.awaitTermination(CLOSE_GRACE.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        LOG.log(Level.WARNING, "something under way does not stop when it is interrupted");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs something that is under way in the world, when there is room for it. */
  private void inSlot(Work work) throws InterruptedException {
    slots.acquire();
    try {
      work.run();
    } finally {
      slots.release();
    }
  }

  /** Reports until it is durable. */
  private void report(Submission.Happened first) throws InterruptedException {
    Submission.Happened submission = first;
    for (int attempt = 1; ; attempt++) {
      try {
        committer.add(submission).get();
        return;
      } catch (ExecutionException e) {
        if (closing) {
          return; // it is found out again by the next owner
        }
        if (attempt == 1) {
          LOG.log(
              Level.ERROR,
              "what came of an effect of %s is not recorded yet; it is tried again until it is"
                  .formatted(submission.instance()),
              e.getCause());
        }
        Thread.sleep(Retrying.pause(new Retry(1, Duration.ofMillis(100)), attempt, null));
        submission =
            Submission.happened(submission.instance(), submission.writes(), submission.make());
      }
    }
  }

  private void report(String instance, BiFunction<Live, Instant, Occurrence> make)
      throws InterruptedException {
    report(Submission.happened(instance, make));
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

  private void ask(Live live, long number, boolean recovered) throws InterruptedException {
    String id = live.instance().id();
    Function<ChatModel, Question> questions =
        model ->
            question(live, new Sight(model::sees, hash -> store.document(id, hash).orElse(null)));
    if (recovered) { // its engine may have been answered, and is not there to tell
      ChatModel first = ports.models().getFirst();
      Question open = questions.apply(first);
      if (Prompt.tooLong(live.machine(), open).isEmpty()) { // else nobody was asked
        Reply.Usage lost = first.estimate(open);
        report(id, (now, at) -> new Occurrence.ReplyLost(at, number, lost));
      }
    }
    Asking asking =
        new Asking(
            settings, threads, live, number, questions, writing -> watchers.accept(live, writing));
    switch (asking.ask(ports.models())) {
      case Asking.Asked.Replied(Reply reply) ->
          report(id, (now, at) -> new Occurrence.QuestionReplied(at, number, reply.bounded()));
      case Asking.Asked.Failed(String why) -> failed(id, number, why);
      case Asking.Asked.Overflowed(long tokens, String why) ->
          report(id, (now, at) -> new Occurrence.QuestionOverflowed(at, number, tokens, why));
    }
  }

  private void failed(String id, long question, String why) throws InterruptedException {
    report(id, (now, at) -> new Occurrence.QuestionFailed(at, question, why));
  }

  // ---- calls

  private void dispatch(Live live, Call call, Effect.Dispatch effect, boolean recovered)
      throws InterruptedException {
    Tool tool = live.machine().tool(effect.tool());
    String id = live.instance().id();
    if (tool.effect() == EffectClass.WRITE) {
      Mark before = store.mark(id, effect.key()).orElse(null);
      if (before == Mark.DISPATCHED) {
        unknown(id, call, "the engine stopped while it was under way");
        return;
      }
      boolean late = !ports.clock().instant().isBefore(effect.deadline());
      Mark wanted = before == Mark.CLOSED || late ? Mark.CLOSED : Mark.DISPATCHED;
      CrashPoints.pass("before-mark", effect.key());
      mark(id, effect.key(), wanted);
      CrashPoints.pass("after-mark", effect.key());
      if (wanted == Mark.CLOSED || !ports.clock().instant().isBefore(effect.deadline())) {
        failed(id, call, "its time was over before it was sent");
        return;
      }
    }
    boolean mayHaveHappened = recovered && tool.effect() == EffectClass.IDEMPOTENT;
    CrashPoints.pass("before-send-of-" + tool.effect().word(), effect.key());
    Consumer<Progress> told =
        progress -> watchers.accept(live, new Working(id, call.number(), progress));
    Answer answer = attempts(live, tool, effect, mayHaveHappened, told);
    CrashPoints.pass("after-send-of-" + tool.effect().word(), effect.key());
    switch (answer) {
      case Answer.Returned returned -> returned(live, call, returned);
      case Answer.Failed failed -> failed(id, call, failed.why());
      case Answer.Unknown unknown -> unknown(id, call, unknown.why());
      case Answer.Drifted drifted ->
          report(id, (now, at) -> new Occurrence.CallDrifted(at, call.number(), drifted.what()));
    }
  }

  /** Writes a mark until it is durable. */
  private void mark(String id, String key, Mark mark) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        Store.PutMark write = new Store.PutMark(id, key, mark, ports.clock().instant());
        committer.add(Submission.plain(write)).get();
        return;
      } catch (ExecutionException e) {
        if (closing) {
          throw new InterruptedException("the engine closes");
        }
        Thread.sleep(Retrying.pause(new Retry(1, Duration.ofMillis(100)), attempt, null));
      }
    }
  }

  /**
   * A write is tried once; anything else by its policy, within its deadline, with the same key.
   * What may be repeated is tried at least once, also when an engine is back only after the
   * deadline.
   *
   * @param mayHaveHappened whether an attempt before these may have had its effect: then a failure
   *     for now leaves the outcome unknown
   */
  private Answer attempts(
      Live live,
      Tool tool,
      Effect.Dispatch effect,
      boolean mayHaveHappened,
      Consumer<Progress> told)
      throws InterruptedException {
    boolean write = tool.effect() == EffectClass.WRITE;
    boolean unsettled = mayHaveHappened;
    String why = "its time was over before it was sent";
    Instant deadline = write ? effect.deadline() : effect.deadline().plus(started(tool));
    for (int attempt = 1; ; attempt++) {
      Duration left = Duration.between(ports.clock().instant(), deadline);
      if (!left.isPositive() && (write || attempt > 1)) {
        return Calls.ended(unsettled, why);
      }
      // never longer than that, also where the clock was set back
      boolean within = left.isPositive() && left.compareTo(tool.timeout()) < 0;
      Duration timeout = within ? left : tool.timeout();
      Answer answer = once(live, tool, effect, timeout, told);
      switch (Calls.next(tool, attempt, unsettled, answer, ports.clock().instant(), deadline)) {
        case Calls.Next.Settled settled -> {
          return settled.answer();
        }
        case Calls.Next.Again again -> {
          unsettled = again.unsettled();
          why = again.why();
          Thread.sleep(again.pause());
        }
      }
    }
  }

  /** How long a tool's server was waited for: it has a limit of its own. */
  private Duration started(Tool tool) throws InterruptedException {
    Instant before = ports.clock().instant();
    ports.tools().ready(tool.name());
    return Duration.between(before, ports.clock().instant());
  }

  private Answer once(
      Live live, Tool tool, Effect.Dispatch effect, Duration timeout, Consumer<Progress> told)
      throws InterruptedException {
    Instance instance = live.instance();
    ToolCall call =
        new ToolCall(
            tool.name(),
            effect.args(),
            effect.key(),
            instance.id(),
            instance.caller(),
            timeout,
            tool.locked().hash());
    return calls.once(call, told);
  }

  private void returned(Live live, Call call, Answer.Returned answer) throws InterruptedException {
    String id = live.instance().id();
    Calls.Kept kept = Calls.Kept.of(live.machine(), id, live.key(), call, answer);
    report(
        Submission.happened(
            id,
            kept.beside(),
            (now, at) -> new Occurrence.CallReturned(at, call.number(), kept.result())));
  }

  private void failed(String id, Call call, String why) throws InterruptedException {
    report(id, (now, at) -> new Occurrence.CallFailed(at, call.number(), why));
  }

  private void unknown(String id, Call call, String why) throws InterruptedException {
    report(id, (now, at) -> new Occurrence.CallUnknown(at, call.number(), why));
  }

  private void probe(Live live, Call call, Instant deadline) throws InterruptedException {
    Instant due = deadline.plus(settings.settleAfter());
    while (ports.clock().instant().isBefore(due)) {
      Duration left = Duration.between(ports.clock().instant(), due);
      Duration check = settings.clockCheck();
      Thread.sleep(left.compareTo(check) < 0 ? left : check);
    }
    String id = live.instance().id();
    Machine machine = live.machine();
    Calls.Probed found =
        switch (Projection.probe(machine, live.instance(), call, ports.clock().instant())) {
          case Projection.Probing.Impossible(String because) -> new Calls.Probed(null, because);
          case Projection.Probing.Ask(String name, Map<String, Object> args) -> {
            Tool tool = machine.tool(name);
            Instant until = ports.clock().instant().plus(tool.timeout());
            Effect.Dispatch effect =
                new Effect.Dispatch(0, call.key() + "/probe", name, args, until);
            Answer answer = attempts(live, tool, effect, false, progress -> {});
            yield Calls.Probed.of(machine, live.instance(), call, answer, ports.clock().instant());
          }
        };
    probed(id, call, found);
  }

  private void probed(String id, Call call, Calls.Probed found) throws InterruptedException {
    report(
        id,
        (now, at) -> new Occurrence.CallProbed(at, call.number(), found.happened(), found.why()));
  }

  // ---- people

  private void open(Live live, Effect.OpenTicket effect) throws InterruptedException {
    String id = live.instance().id();
    for (int attempt = 1; ; attempt++) {
      try {
        String opened = ports.open(id, live.machine().name(), effect);
        report(id, (now, at) -> new Occurrence.TicketOpened(at, effect.escalation(), opened));
        return;
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
    if (!closing) {
      String why = e instanceof Desk.DeskException ? String.valueOf(e.getMessage()) : e.toString();
      LOG.log(Level.WARNING, what + ": " + why.replaceAll("[\\p{Cc}\\p{Cf}\\s]+", " "));
    }
  }

  private void notify(String id, Effect.Notify effect) throws InterruptedException {
    if (!notices.tryAcquire()) {
      LOG.log(
          Level.WARNING,
          "the {0} was not told of what waits in {1}: {2} notices are under way, the most that may",
          effect.role(),
          id,
          MAX_NOTICES);
      return;
    }
    try {
      tell(id, effect);
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
