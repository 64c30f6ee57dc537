package dev.interlock.temporal;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Call.Stage;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Tool;
import dev.interlock.engine.Calls;
import dev.interlock.engine.Retrying;
import dev.interlock.engine.Settings;
import dev.interlock.temporal.Payload.Found;
import dev.interlock.temporal.Payload.Work;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.activity.LocalActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Functions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Carries a book's effects out as activities and timers, and reports what came of them. */
final class Carriage {
  /** How long an activity is not heard of before it counts as lost with its worker. */
  static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /** What an activity may take beside what it waits for: a tool's server may have to start. */
  private static final Duration OVERHEAD = Duration.ofMinutes(2);

  /** The most characters of JSON, of entries or an instance, that travel: a server takes 2 MB. */
  static final int MAX_CARRIED = 128 << 10;

  private static final Duration DESK = Duration.ofMinutes(2);

  private static final String FLUSH = "flush";

  /** After so many a notice is given up: what waits is in lists all the same. */
  private static final int NOTICE_ATTEMPTS = 3;

  /** Of what is tried until it is done. */
  private static final RetryOptions FOREVER =
      RetryOptions.newBuilder()
          .setInitialInterval(Duration.ofMillis(200))
          .setMaximumInterval(Retrying.MAX_PAUSE)
          .build();

  private final Book book;
  private final Settings settings;
  private final Supplier<Instant> now;
  private final Runnable changed;

  /** What is under way, by the key of its effect; what is abandoned is not in it any more. */
  private final Map<String, UnderWay> underWay = new HashMap<>();

  private @Nullable Recorded recorded;

  /** What is not yet to be begun. */
  private final List<Later> later = new ArrayList<>();

  /** A probe that waits. When it is due is in the history: the next worker may be set otherwise. */
  private record Later(Effect.Probe probe, Instant due) {}

  /**
   * Something that is under way.
   *
   * @param seq the newest entry that it brings along
   * @param soon whether the turn waits for it: what comes next brings the rest along
   */
  private record UnderWay(CancellationScope scope, long seq, boolean soon) {}

  Carriage(Book book, Settings settings, Supplier<Instant> now, Runnable changed) {
    this.book = book;
    this.settings = settings;
    this.now = now;
    this.changed = changed;
  }

  /**
   * That the journal has gone on otherwise than this run.
   *
   * @param newest its newest entry
   * @param seq up to which entry of the run was looked
   * @param news the ids of what was sent, of these, that the journal does not have
   */
  record Recorded(long newest, long seq, List<String> news) {}

  /** Whether the journal has gone on otherwise, or null. */
  @Nullable Recorded recorded() {
    return recorded;
  }

  /** Whether nothing is under way, nor waits to be. */
  boolean idle() {
    return underWay.isEmpty() && later.isEmpty();
  }

  /** Whether there are entries that nothing under way, nor what follows from it, brings along. */
  boolean behind() {
    return !book.unwritten().isEmpty()
        && underWay.values().stream()
            .noneMatch(it -> it.soon() || it.seq() >= book.instance().seq());
  }

  /**
   * Whether what is unwritten is too much to travel through the server: it goes to the store by a
   * worker's own hand first.
   */
  boolean heavy() {
    return book.characters() > MAX_CARRIED;
  }

  /** Begins everything that the book owes. */
  void carry() {
    for (Effect effect = book.next(); effect != null; effect = book.next()) {
      begin(effect);
    }
  }

  private void begin(Effect effect) {
    switch (effect) {
      case Effect.Ask ask -> ask(ask);
      case Effect.Dispatch dispatch ->
          call(dispatch.call(), Stage.DISPATCHED).ifPresent(call -> dispatch(dispatch));
      case Effect.Probe probe -> {
        long millis = Workflow.sideEffect(Long.class, () -> settings.settleAfter().toMillis());
        later.add(new Later(probe, probe.deadline().plusMillis(millis)));
      }
      case Effect.AbandonQuestion(long question) -> abandon("q" + question);
      case Effect.AbandonCall(int call) -> abandon("c" + call);
      case Effect.SetTimer timer -> {} // the instance has them
      case Effect.CancelTimer timer -> {}
      case Effect.OpenTicket ticket ->
          start(
              "t" + ticket.escalation(),
              stub(ticket.desk().isEmpty() ? "ticket" : "ticket at " + ticket.desk(), DESK, FOREVER)
                  ::openTicket,
              null, // what is in it may be too much to travel: the instance owes it
              lost -> {});
      case Effect.Notify notice ->
          start(
              "n" + notice.number() + "/" + notice.role(),
              stub(
                      "notice to " + notice.role(),
                      DESK,
                      FOREVER.toBuilder().setMaximumAttempts(NOTICE_ATTEMPTS).build())
                  ::tell,
              new Effect.Notify(notice.number(), notice.role(), ""), // its text as the ticket
              lost -> {});
    }
  }

  /** The call, if it still stands so: the same step may have withdrawn it again. */
  private Optional<Call> call(int number, Stage stage) {
    return book.instance()
        .liveCalls()
        .filter(call -> call.number() == number && call.stage() == stage)
        .findFirst();
  }

  private void ask(Effect.Ask ask) {
    // How often which model is tried is the activity's: here is only what a lost worker costs.
    start(
        "q" + ask.question(),
        stub(
                "question " + ask.question(),
                settings.questionTimeout().plus(OVERHEAD),
                FOREVER.toBuilder().setMaximumAttempts(Effector.MAX_ASK_ATTEMPTS).build())
            ::ask,
        ask,
        why -> book.report(new Occurrence.QuestionFailed(now.get(), ask.question(), why)));
  }

  private void dispatch(Effect.Dispatch dispatch) {
    Tool tool = book.machine().tool(dispatch.tool());
    boolean write = tool.effect() == EffectClass.WRITE;
    int attempts = write ? 1 : tool.retry().attempts();
    EffectActivities activity =
        stub(dispatch.tool(), time(tool), FOREVER.toBuilder().setMaximumAttempts(attempts).build());
    int call = dispatch.call();
    start(
        "c" + call,
        activity::call,
        dispatch,
        why -> {
          switch (tool.effect()) {
            case READ -> book.report(new Occurrence.CallFailed(now.get(), call, why));
            case IDEMPOTENT -> book.report(new Occurrence.CallUnknown(now.get(), call, why));
            case WRITE ->
                start(
                    "s" + call,
                    stub(dispatch.tool() + ", whether it went out", DESK, FOREVER)::settle,
                    dispatch,
                    lost -> {});
          }
        });
  }

  private void probe(Effect.Probe probe) {
    call(probe.call(), Stage.UNKNOWN)
        .ifPresent(call ->
            start(
                "p" + probe.call(),
                stub(call.tool() + ", its probe", time(call), FOREVER)::probe,
                probe,
                lost -> {}));
  }

  /** How long a call's probe may take. */
  private Duration time(Call call) {
    Tool.Probe probe = book.machine().tool(call.tool()).probe();
    return probe == null ? DESK : time(book.machine().tool(probe.call()));
  }

  private static Duration time(Tool tool) {
    return tool.timeout().plus(Calls.HOST_GRACE).plus(OVERHEAD);
  }

  /** Begins what had to wait until now. */
  void due() {
    later.removeIf(it -> call(it.probe().call(), Stage.UNKNOWN).isEmpty()); // it was settled
    List<Later> due = later.stream().filter(it -> !it.due().isAfter(now.get())).toList();
    later.removeAll(due);
    due.forEach(it -> probe(it.probe()));
  }

  /** When something is to be begun, or null. */
  @Nullable Instant next() {
    return later.stream().map(Later::due).min(Comparator.naturalOrder()).orElse(null);
  }

  /**
   * Brings what is unwritten to the store. What the workflow task that is under way decided is not
   * durable before its end: if it comes to nothing, it is decided again, and perhaps otherwise. So
   * nothing is brought from within.
   */
  void flush() {
    if (underWay.containsKey(FLUSH)) {
      return;
    }
    if (!heavy()) {
      start(FLUSH, stub("flush", OVERHEAD, FOREVER)::flush, null, lost -> {});
      return;
    }
    EffectActivities local =
        Workflow.newLocalActivityStub(
            EffectActivities.class,
            LocalActivityOptions.newBuilder()
                .setStartToCloseTimeout(OVERHEAD)
                .setRetryOptions(FOREVER)
                .setDoNotIncludeArgumentsIntoMarker(true)
                .build());
    start(
        FLUSH,
        work -> {
          Workflow.sleep(Duration.ofMillis(1)); // a timer: the task ends
          return local.flush(work);
        },
        null,
        lost -> {});
  }

  private EffectActivities stub(String what, Duration time, RetryOptions retry) {
    Instance instance = book.instance();
    return Workflow.newActivityStub(
        EffectActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(time)
            .setHeartbeatTimeout(HEARTBEAT)
            .setRetryOptions(retry)
            .setCancellationType(ActivityCancellationType.TRY_CANCEL)
            .setSummary(
                "%s · turn %d · %s"
                    .formatted(instance.state(), instance.visit().spent().turns(), what))
            .build());
  }

  /**
   * Begins an activity, which brings along what the store may not have.
   *
   * @param lost told why if the activity itself came to nothing
   */
  private void start(
      String key,
      Functions.Func1<Work, Found> activity,
      @Nullable Effect effect,
      Consumer<String> lost) {
    Instance instance = book.instance();
    boolean beside = // of reads that go out together the first brings the entries along
        effect instanceof Effect.Dispatch
            && underWay.values().stream().anyMatch(it -> it.soon() && it.seq() == instance.seq());
    Work work =
        new Work(
            instance.id(),
            book.machine().pin(),
            instance.seq(),
            beside ? List.of() : book.unwritten(),
            effect);
    CancellationScope scope =
        Workflow.newCancellationScope(mine ->
            Async.function(activity, work)
                .handle((found, failure) -> {
                  if (failure == null && !work.entries().isEmpty()) {
                    book.written(work.seq());
                  }
                  UnderWay known = underWay.get(key);
                  if (known != null && known.scope().equals(mine)) {
                    underWay.remove(key);
                    done(found, failure, lost);
                  }
                  changed.run();
                  return null;
                }));
    boolean soon = effect instanceof Effect.Ask || effect instanceof Effect.Dispatch;
    underWay.put(key, new UnderWay(scope, work.seq(), soon));
    scope.run();
  }

  private void done(
      @Nullable Found found, @Nullable RuntimeException failure, Consumer<String> lost) {
    if (found != null) {
      found.occurrences().forEach(each -> book.report(Times.at(each, now.get())));
    } else if (failure != null
        && failure.getCause() instanceof ApplicationFailure known
        && known.getType().equals(Effector.RECORDED)) {
      recorded =
          new Recorded(
              known.getDetails().get(0, Long.class),
              known.getDetails().get(1, Long.class),
              List.of(known.getDetails().get(2, String[].class)));
    } else if (failure != null && !(failure instanceof CanceledFailure)) {
      lost.accept(why(failure));
    }
  }

  private static String why(RuntimeException failure) {
    Throwable cause =
        failure instanceof ActivityFailure && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return "the worker was lost while it was under way (%s)".formatted(cause.getMessage());
  }

  private void abandon(String key) {
    UnderWay found = underWay.remove(key);
    if (found != null) {
      found.scope().cancel();
    }
  }
}
