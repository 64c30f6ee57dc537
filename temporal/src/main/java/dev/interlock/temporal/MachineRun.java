package dev.interlock.temporal;

import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Effects;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.evolve.End;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.Requests;
import dev.interlock.temporal.Payload.Begin;
import dev.interlock.temporal.Payload.Letter;
import dev.interlock.temporal.Payload.Tail;
import dev.interlock.temporal.Payload.Taken;
import io.temporal.common.InitialVersioningBehavior;
import io.temporal.common.converter.EncodedValues;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.ContinueAsNewOptions;
import io.temporal.workflow.DynamicUpdateHandler;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One instance. Handlers decide at once and never block, so that an acknowledgement is a decision;
 * the loop carries out what follows.
 */
class MachineRun implements MachineWorkflow {
  /** The type of a failure: it was not taken; its detail is the {@link Rejection.Code}. */
  static final String REJECTED = "rejected";

  /** The type of a failure: it was taken before. */
  static final String AGAIN = "again";

  /** The type of a failure: the run was not told in time what it is for. */
  private static final String UNBEGUN = "unbegun";

  /** The names of updates. */
  static final List<String> UPDATES =
      List.of("start", "send", "event", "answer", "resolve", "resume", "cancel", "fork", "migrate");

  /** Who cancels with Temporal's own tools. */
  private static final Principal TEMPORAL = new Principal("temporal", List.of(Principal.OPERATOR));

  /** How long a run waits for what it was started for, which comes with the start. */
  private static final Duration FIRST = Duration.ofMinutes(1);

  /** A new run is for workers of the version that is the current one then. */
  private static final ContinueAsNewOptions CURRENT =
      ContinueAsNewOptions.newBuilder()
          .setInitialVersioningBehavior(InitialVersioningBehavior.AUTO_UPGRADE)
          .build();

  private final Begin begin;
  private final Function<String, Machine> machines;
  private final Book book;
  private final Carriage carriage;
  private final Showing showing;

  /** Whether there may be something to do: whoever changes something says so. */
  private boolean news;

  /** Why it was not begun, or null. */
  private @Nullable Rejection misfit;

  private final int most;
  private int updates;
  private @Nullable Instant alarm;

  MachineRun(Begin begin, Plan plan) {
    this.machines = plan.machines();
    this.most = plan.updates();
    Instance instance = plan.instance(begin);
    String pin = instance.seq() == 0 ? begin.pin() : instance.machine();
    this.begin = begin;
    this.book = new Book(machines.apply(pin), instance, begin.written());
    this.carriage = new Carriage(book, plan.settings(), this::now, this::changed);
    this.showing = new Showing(book, begin.escalations(), !begin.anew());
  }

  /** Takes what it begins with, and what is sent from now on or has been already. */
  MachineRun listening() {
    if (begin.started() != null) {
      Occurrence.Started started = Times.at(begin.started(), now());
      switch (book.decide(started, book.machine())) {
        case Decision.Accepted accepted -> book.take(started, accepted);
        case Decision.Rejected(Rejection rejection) -> misfit = rejection;
        case Decision.Duplicate duplicate -> {} // nothing came before it
      }
    }
    if (begin.written() > 0) {
      book.owe(
          Effects.pending(book.machine(), book.instance()).stream()
              .filter(effect -> !(effect instanceof Effect.Notify))
              .toList());
    }
    for (Occurrence.Sent sent :
        Objects.requireNonNullElse(begin.retaken(), List.<Occurrence.Sent>of())) {
      Occurrence.Sent again = Times.at(sent, now());
      if (decide(again, null) instanceof Decision.Accepted accepted) {
        take(again, accepted); // else the journal has it
      }
    }
    Workflow.registerListener(new Letters());
    return this;
  }

  /** The time of decisions. */
  Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  /** Has the loop look again. */
  final void changed() {
    news = true;
  }

  // ---- what is sent

  /** Takes letters. Never blocks. */
  private final class Letters implements DynamicUpdateHandler {
    /** What this refuses leaves no trace in the history. */
    @Override
    public void handleValidate(String name, EncodedValues arguments) {
      accepted(decide(arguments.get(0, Letter.class)));
    }

    @Override
    public Object handleExecute(String name, EncodedValues arguments) {
      Letter letter = arguments.get(0, Letter.class);
      Decision.Accepted accepted = accepted(decide(letter));
      updates++;
      changed();
      long seq = take(Times.at(letter.sent(), now()), accepted).seq();
      return new Taken(seq, accepted.note());
    }

    private static Decision.Accepted accepted(Decision decision) {
      return switch (decision) {
        case Decision.Accepted accepted -> accepted;
        case Decision.Duplicate duplicate ->
            throw ApplicationFailure.newNonRetryableFailure("it was taken before", AGAIN);
        case Decision.Rejected(Rejection rejection) -> throw failure(rejection);
      };
    }
  }

  /** That it was not taken. */
  static ApplicationFailure failure(Rejection rejection) {
    return ApplicationFailure.newNonRetryableFailure(
        rejection.message(), REJECTED, rejection.code().name());
  }

  private Decision decide(Letter letter) {
    if (letter.sent() instanceof Occurrence.Forked fork && book.instance().seq() > fork.seq()) {
      return book.instance().recent().containsKey(fork.id())
          ? new Decision.Duplicate()
          : new Decision.Rejected(Requests.taken(book.instance().id()));
    }
    return decide(Times.at(letter.sent(), now()), letter.pin());
  }

  /**
   * @param pin of the machine that an instance is to be started of; null if it is no start
   */
  private Decision decide(Occurrence.Sent sent, @Nullable String pin) {
    return sent instanceof Occurrence.Migrated migrated
        ? book.migrate(machines.apply(migrated.machine()), migrated)
        : book.decide(sent, pin == null ? book.machine() : machines.apply(pin));
  }

  private Entry take(Occurrence.Sent sent, Decision.Accepted accepted) {
    Entry entry = book.take(sent, accepted);
    if (sent instanceof Occurrence.Migrated migrated) {
      book.under(machines.apply(migrated.machine()));
    }
    return entry;
  }

  @Override
  public Tail tail() {
    return new Tail(book.machine().pin(), book.written(), book.unwritten());
  }

  @Override
  public void look() {
    changed();
  }

  @Override
  public String state() {
    return showing.details();
  }

  // ---- the loop

  /** Carries on also while Temporal cancels it: that is an operator's word, as any other. */
  @Override
  public String run(Begin argument) {
    CancellationScope.current()
        .getCancellationRequest()
        .thenApply(why -> {
          cancel(why == null ? "" : why);
          return null;
        });
    String[] outcome = {""};
    Workflow.newDetachedCancellationScope(() -> outcome[0] = carry()).run();
    return outcome[0];
  }

  private void cancel(String why) {
    Occurrence.Cancelled cancelled =
        new Occurrence.Cancelled("cancel~" + now().toEpochMilli(), now(), TEMPORAL, why);
    if (book.decide(cancelled, book.machine()) instanceof Decision.Accepted accepted) {
      book.take(cancelled, accepted);
      changed();
    }
  }

  private String carry() {
    if (misfit != null) {
      throw failure(misfit);
    }
    long before = begin.why() == Begin.Why.FORK ? begin.written() : 0;
    Supplier<Boolean> begun = () -> book.instance().seq() > before;
    boolean came = begun.get() || Workflow.await(FIRST, begun); // false where both come at once
    if (!came && !begun.get()) {
      throw ApplicationFailure.newNonRetryableFailure("what it is for did not come", UNBEGUN);
    }
    while (true) {
      news = false;
      Carriage.Recorded recorded = carriage.recorded();
      if (recorded != null && begin.started() != null && !reset()) {
        throw failure(Requests.taken(begin.id()));
      }
      if (recorded != null && Workflow.isEveryHandlerFinished()) {
        Workflow.continueAsNew(
            CURRENT, Begin.recorded(begin, recorded, showing.escalations(), book.unwritten()));
      }
      book.fire(now());
      if (carriage.heavy()) {
        carriage.flush();
        Workflow.await(() -> news);
        continue;
      }
      if (book.asksNext() && carriage.idle() && renew()) { // one turn follows another
        if (!book.unwritten().isEmpty()) {
          carriage.flush();
          Workflow.await(() -> news);
          continue;
        }
        if (Workflow.isEveryHandlerFinished()) {
          goOn();
        }
      }
      carriage.carry();
      carriage.due();
      if (news || !book.settled()) {
        continue;
      }
      showing.show();
      if (carriage.behind()) {
        carriage.flush();
      }
      if (carriage.idle()) {
        End end = book.instance().end();
        if (end != null && Workflow.isEveryHandlerFinished()) {
          return end.outcome().isEmpty() ? book.instance().status().word() : end.outcome();
        }
        boolean rests = end == null && book.instance().turn() == null;
        if (rests && renew() && Workflow.isEveryHandlerFinished()) {
          goOn();
        }
      }
      setAlarm();
      Workflow.await(() -> news);
    }
  }

  /** Whether the instance should go on in a run of its own: the history of this one is long. */
  private boolean renew() {
    return updates >= most || Workflow.getInfo().isContinueAsNewSuggested() || moved();
  }

  private void goOn() {
    showing.show(); // the next run begins with its search attributes
    Workflow.continueAsNew(
        CURRENT,
        Begin.goingOn(
            book.machine().pin(),
            book.instance(),
            showing.escalations(),
            moved() ? Begin.Why.VERSION : null));
  }

  /**
   * Whether the server prefers workers of another version. Where an operator keeps the instance
   * with these all the same, a run that began for that goes on until something is sent to it.
   */
  private boolean moved() {
    return Workflow.getInfo().isTargetWorkerDeploymentVersionChanged()
        && (begin.why() != Begin.Why.VERSION || updates > 0);
  }

  /** Whether Temporal has taken the run back to an earlier event. */
  private static boolean reset() {
    WorkflowInfo info = Workflow.getInfo();
    return !info.getRunId().equals(info.getOriginalExecutionRunId());
  }

  /**
   * Wakes the loop for the earliest timer. One that was cancelled is left to ring in vain, so that
   * a timer which each message sets anew costs the history nothing.
   */
  private void setAlarm() {
    Instant due =
        Stream.concat(book.timers().stream().map(Timer::due), Stream.ofNullable(carriage.next()))
            .min(Comparator.naturalOrder())
            .orElse(null);
    if (due == null || (alarm != null && !due.isBefore(alarm))) {
      return;
    }
    alarm = due;
    Duration left = Duration.between(now(), due);
    Workflow.newTimer(left.isPositive() ? left : Duration.ofMillis(1))
        .thenApply(rung -> {
          if (due.equals(alarm)) {
            alarm = null;
          }
          changed();
          return null;
        });
  }
}
