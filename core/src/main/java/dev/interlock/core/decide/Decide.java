package dev.interlock.core.decide;

import dev.interlock.core.decide.Rejection.Code;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Call.Stage;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Turn.Closing;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one function that decides. DESIGN's table 3.2 is here and in {@link Reports}, a method a row;
 * what follows from an accepted occurrence is in {@link Turns}, {@link Moves} and {@link People}.
 */
public final class Decide {
  /** Of the rules below; each entry of a journal names the one that decided it. */
  public static final String VERSION = "1";

  /** The longest message, in characters. */
  public static final int MAX_MESSAGE = 65_536;

  /** The most of a budget that is granted at once; of {@code duration}, in seconds. */
  public static final Decimal MAX_GRANT = Decimal.of(1_000_000_000L);

  private final Machine machine;
  private final Instance instance;
  private final Step step;

  private Decide(Machine machine, Instance instance, Occurrence occurrence) {
    this.machine = machine;
    this.instance = instance;
    this.step = new Step(machine, instance, occurrence.at());
  }

  /**
   * What the machine makes of an occurrence. Pure: the same arguments give the same decision.
   *
   * @param instance {@link Instance#unborn} for {@link Occurrence.Started}
   */
  public static Decision decide(Machine machine, Instance instance, Occurrence occurrence) {
    if (occurrence instanceof Occurrence.Sent sent && !(sent instanceof Occurrence.Started)) {
      Optional<Decision> known = known(machine, instance, sent);
      if (known.isPresent()) {
        return known.get();
      }
    }
    Decide decide = new Decide(machine, instance, occurrence);
    return switch (occurrence) {
      case Occurrence.Started o -> decide.started(o);
      case Occurrence.MessageSent o -> decide.message(o);
      case Occurrence.EventSent o -> decide.event(o);
      case Occurrence.Answered o -> decide.answer(o);
      case Occurrence.Resolved o -> decide.resolve(o);
      case Occurrence.Resumed o -> decide.resume(o);
      case Occurrence.Cancelled o -> decide.cancel(o);
      case Occurrence.Forked o -> decide.fork(o);
      case Occurrence.Migrated o ->
          throw new IllegalArgumentException("a migration is decided on two machines: migrate");
      case Occurrence.Reported o -> new Reports(decide.step).reported(o);
    };
  }

  /**
   * What becomes of moving an instance to another version of its machine. Pure, as {@link #decide}.
   *
   * @param from what the instance is pinned to
   * @param to what it is to be pinned to
   */
  public static Decision migrate(
      Machine from, Machine to, Instance instance, Occurrence.Migrated occurrence) {
    return known(from, instance, occurrence)
        .orElseGet(() -> new Decide(to, instance, occurrence).migrate(from, occurrence));
  }

  private Decision migrate(Machine from, Occurrence.Migrated o) {
    Migration migration = new Migration(from, machine, instance, o);
    Optional<Rejection> rejection = migration.rejection();
    if (rejection.isEmpty()) {
      remember(o);
      rejection = migration.apply(step);
    }
    return rejection.<Decision>map(Decision.Rejected::new).orElseGet(step::done);
  }

  // ---- what is sent

  /** What is decided of something sent before it is looked at, or nothing. */
  private static Optional<Decision> known(
      Machine machine, Instance instance, Occurrence.Sent sent) {
    if (!People.concerns(machine, instance, sent)) {
      return Optional.of(new Decision.Rejected(Rejection.noInstance(instance.id())));
    }
    return instance.recent().containsKey(sent.id())
        ? Optional.of(sentBefore(instance, sent))
        : Optional.empty();
  }

  private static Decision sentBefore(Instance instance, Occurrence.Sent sent) {
    return print(sent).equals(instance.recent().get(sent.id()))
        ? new Decision.Duplicate()
        : rejected(
            Code.CONFLICT,
            "the id %s was taken by something else: send this under an id of its own"
                .formatted(sent.id()));
  }

  private void remember(Occurrence.Sent sent) {
    step.emit(new Outcome.Remembered(sent.id(), print(sent)));
  }

  /** Of who sent what, whatever its id and time. */
  private static String print(Occurrence.Sent sent) {
    List<Object> what =
        switch (sent) {
          case Occurrence.Started o -> List.of("start", o.caller().id(), o.input());
          case Occurrence.MessageSent o -> printed(o);
          case Occurrence.EventSent o ->
              List.of("event", o.name(), o.payload() == null ? List.of() : o.payload());
          case Occurrence.Answered o ->
              List.of("answer", (long) o.number(), o.hash(), o.answer(), o.form());
          case Occurrence.Resolved o ->
              List.of(
                  "resolve",
                  (long) o.call(),
                  o.happened(),
                  o.result() == null ? "" : o.result().ref());
          case Occurrence.Resumed o ->
              List.of("resume", o.state(), new TreeMap<>(o.grants()).toString()); // in any order
          case Occurrence.Cancelled o -> List.of("cancel", o.why());
          case Occurrence.Forked o -> List.of("fork", o.origin(), o.seq());
          case Occurrence.Migrated o ->
              List.of("migrate", o.machine(), new TreeMap<>(o.states()).toString());
        };
    return Json.hash(List.of(sent.from().id(), what));
  }

  private static List<Object> printed(Occurrence.MessageSent o) {
    List<Object> what = new ArrayList<>(List.of("message", o.text()));
    if (o.form() != null) {
      what.add(o.form());
    }
    if (o.documents() != null) {
      what.add(List.of("documents", o.documents()));
    }
    return what;
  }

  private Decision started(Occurrence.Started o) {
    boolean forOther = !o.from().id().equals(o.caller().id());
    if (forOther && !o.from().operator()) {
      return rejected(
          Code.NOT_ALLOWED,
          "%s may start for itself only; an operator starts for others".formatted(o.from()));
    }
    if (o.despite() != null && !o.from().operator()) {
      return rejected(
          Code.NOT_ALLOWED,
          "found %s starting a machine despite its errors (%s), expected an operator: have one start it for %s"
              .formatted(o.from(), String.join(", ", o.despite()), o.caller().id()));
    }
    Map<String, Object> inputs = new LinkedHashMap<>();
    for (Field field : machine.context().values()) {
      if (!(field.source() instanceof Source.Input(Object standard))) {
        continue;
      }
      Object sent = o.input().getOrDefault(field.name(), standard);
      if (sent == null) {
        return rejected(Code.VALUES, "the input %s is missing".formatted(field.name()));
      }
      switch (Values.fit(field, null, sent)) {
        case Values.Fit.Fits(Object value) -> inputs.put(field.name(), value);
        case Values.Fit.Misfit(String why) -> {
          return rejected(Code.VALUES, "the input %s: %s".formatted(field.name(), why));
        }
      }
    }
    for (String name : o.input().keySet()) {
      if (!inputs.containsKey(name)) {
        return rejected(
            Code.VALUES,
            "there is no input %s; expected %s"
                .formatted(name, inputs.isEmpty() ? "none" : String.join(", ", inputs.keySet())));
      }
    }
    if (instance.seq() > 0) {
      return startedBefore(o, inputs);
    }
    step.emit(new Outcome.Began(machine.pin(), o.caller()));
    remember(o);
    for (Field field : machine.context().values()) {
      boolean empty = field.keyed() || field.many();
      if (empty && !(field.source() instanceof Source.Derived)) {
        step.emit(new Outcome.FieldCleared(field.name(), field.keyed() ? Map.of() : List.of()));
      }
    }
    inputs.forEach((name, value) ->
        Values.file(step, machine.field(name), List.of(), value, o.from().toString()));
    Moves.setDuration(step);
    Moves.begin(step);
    return step.done();
  }

  private Decision startedBefore(Occurrence.Started o, Map<String, Object> inputs) {
    boolean same =
        instance.machine().equals(machine.pin())
            && instance.caller().id().equals(o.caller().id())
            && inputs.entrySet().stream()
                .allMatch(input -> input.getValue().equals(instance.facts().get(input.getKey())));
    return same
        ? new Decision.Duplicate()
        : rejected(
            Code.CONFLICT,
            "%s was started before with another machine, caller or input".formatted(instance.id()));
  }

  private Decision message(Occurrence.MessageSent o) {
    if (instance.end() != null) {
      return ended();
    }
    if (!o.from().id().equals(instance.caller().id())) {
      return rejected(
          Code.NOT_ALLOWED,
          "%s is not the caller; only %s speaks here".formatted(o.from(), instance.caller().id()));
    }
    boolean empty = o.text().isBlank() && none(o.form()) && none(o.documents());
    if (empty || !Json.unicode(o.text())) {
      return rejected(
          Code.VALUES, "found an empty message or half a character, expected a text in Unicode");
    }
    if (o.text().length() > MAX_MESSAGE) {
      return limit("message", o.text().length(), MAX_MESSAGE, "characters; send less");
    }
    if (instance.inbox().messages().size() >= Inbox.MAX_MESSAGES) {
      return limit(
          "messages that wait", Inbox.MAX_MESSAGES + 1, Inbox.MAX_MESSAGES, "; wait for an answer");
    }
    Forms form = new Forms(step);
    Optional<Rejection> misfit = form.message(o);
    if (misfit.isPresent()) {
      return new Decision.Rejected(misfit.get());
    }
    remember(o);
    People.takeBackForUser(step);
    keep(o, form.filled());
    if (instance.status() == Status.WAITING && step.state() instanceof State.Agent) {
      boolean moves = o.text().isBlank() && Moves.settle(step, false);
      if (!moves) {
        Turns.rest(step, true);
      }
    } else {
      step.note("Kept. " + awaited());
      People.failIfNothingWaits(step);
    }
    return step.done();
  }

  private static boolean none(@Nullable Map<String, Object> values) {
    return values == null || values.isEmpty();
  }

  private void keep(Occurrence.MessageSent o, Map<String, Object> filled) {
    Map<String, Object> form = new LinkedHashMap<>(filled);
    form.keySet().removeAll(o.documents() == null ? Set.of() : o.documents().keySet());
    step.emit(
        new Outcome.MessageKept(
            new Inbox.Message(o.id(), o.text(), form.isEmpty() ? null : form, o.documents())));
    if (machine.listens() && !o.text().isBlank()) {
      step.emit(new Outcome.TextTyped(new Inbox.Message(o.id(), o.text(), null)));
    }
    filled.forEach((name, value) ->
        Values.file(step, machine.field(name), List.of(), value, o.from().toString()));
    if (!filled.isEmpty()) {
      People.refresh(step);
    }
  }

  /** What the instance waits for, for whoever writes meanwhile. */
  private String awaited() {
    if (instance.turn() != null) {
      return "The agent is busy and reads it next.";
    }
    if (instance.inEscalation()) {
      return "A person has taken over and sees it.";
    }
    return switch (step.state()) {
      case State.Approval approval -> "An answer of " + approval.role() + " is awaited.";
      case State.Call call -> "An answer about " + call.calls().getFirst().tool() + " is awaited.";
      case State.Wait wait -> awaited(wait);
      case State.Choice choice -> "";
      case State.Agent a -> "The agent reads it next.";
      case State.Escalation e -> "A person has taken over and sees it.";
      case State.Final f -> "";
    };
  }

  private String awaited(State.Wait state) {
    Set<String> events = new TreeSet<>(machine.anywhere().on().keySet());
    events.addAll(state.frame().on().keySet());
    Stream<String> times =
        instance.timers().values().stream()
            .filter(timer -> timer.visit() == instance.visit().number())
            .map(timer -> "the time " + timer.due());
    return Stream.concat(events.stream().map(event -> "the event " + event), times)
        .collect(Collectors.joining(" or ", "Awaited: ", "."));
  }

  private Decision event(Occurrence.EventSent o) {
    if (instance.end() != null) {
      return ended();
    }
    EventType type = machine.events().get(o.name());
    if (type == null) {
      return rejected(
          Code.EVENT,
          "there is no event %s; expected %s"
              .formatted(
                  o.name(),
                  machine.events().isEmpty()
                      ? "none"
                      : String.join(", ", machine.events().keySet())));
    }
    if (!maySend(type, o.from())) {
      return rejected(
          Code.NOT_ALLOWED,
          "%s may not send %s; expected %s"
              .formatted(
                  o.from(),
                  o.name(),
                  type.by().isEmpty() ? "an operator" : String.join(" or ", type.by())));
    }
    Object payload = o.payload();
    if (type.payload() == null ? payload != null : payload == null) {
      return rejected(
          Code.VALUES,
          "%s carries %s payload".formatted(o.name(), type.payload() == null ? "no" : "a"));
    }
    if (type.payload() != null
        && payload != null
        && type.payload().fit(payload) instanceof Type.Fit.Misfit(String why)) {
      return rejected(Code.VALUES, "the payload of %s: %s".formatted(o.name(), why));
    }
    String misfit = Values.misfit(machine, o.name(), payload);
    if (!misfit.isEmpty()) {
      return rejected(Code.VALUES, "the payload of %s: %s".formatted(o.name(), misfit));
    }
    return taken(o, type);
  }

  private boolean maySend(EventType type, Principal by) {
    boolean caller = by.id().equals(instance.caller().id());
    return by.operator()
        || (caller && type.by().contains(EventType.CALLER))
        || type.by().stream().anyMatch(by::has);
  }

  private Decision taken(Occurrence.EventSent o, EventType type) {
    Inbox.Event event =
        new Inbox.Event(o.id(), o.name(), o.payload(), o.from().toString(), o.from().operator());
    Optional<Target> target = Moves.takes(step, o.name(), event.operator());
    if (instance.turn() == null && target.isEmpty() && !type.keep()) {
      return !instance.unknown().isEmpty()
          ? rejected(Code.UNKNOWN_CALL, "an unknown call must be resolved first")
          : rejected(Code.EVENT, "%s does not take %s now".formatted(instance.state(), o.name()));
    }
    if (instance.turn() != null && instance.inbox().events().size() >= Inbox.MAX_EVENTS) {
      return limit(
          "events that wait", Inbox.MAX_EVENTS + 1, Inbox.MAX_EVENTS, "; wait for the turn to end");
    }
    remember(o);
    List<Inbox.Event> same =
        instance.inbox().events().stream().filter(e -> e.name().equals(o.name())).toList();
    if (same.size() >= Inbox.MAX_KEPT) {
      step.emit(new Outcome.EventNotTaken(same.getFirst().id(), o.name()));
    }
    step.emit(new Outcome.EventKept(event));
    if (instance.turn() != null) {
      if (target.isPresent() && Turns.interruptible(step)) {
        Turns.close(step, Closing.EVENT, o.name(), "");
        Turns.progress(step);
      }
    } else if (target.isPresent()) {
      Moves.take(step, event, target.get());
    } else {
      step.note("Kept until a state takes it.");
    }
    return step.done();
  }

  private Decision answer(Occurrence.Answered o) {
    if (instance.end() != null) {
      return ended();
    }
    if (instance.inEscalation()) {
      return rejected(Code.ESCALATED, "it is escalated; nothing waits for an answer");
    }
    Approval approval = instance.approval();
    if (approval != null && approval.number() == o.number()) {
      return answerApproval(o, approval);
    }
    for (Parked parked : instance.parked()) {
      if (parked.number() == o.number()) {
        return answerParked(o, parked);
      }
    }
    return rejected(
        Code.NOTHING_TO_ANSWER,
        "no. %d does not wait for an answer; %s".formatted(o.number(), waiting()));
  }

  private String waiting() {
    List<String> numbers = instance.parked().stream().map(p -> "no. " + p.number()).toList();
    Approval approval = instance.approval();
    if (approval != null) {
      return "no. " + approval.number() + " does";
    }
    return numbers.isEmpty() ? "nothing does" : String.join(", ", numbers) + " waits";
  }

  private Decision mayNot(Occurrence.Answered o, String whom) {
    return rejected(
        Code.NOT_ALLOWED,
        "%s may not answer no. %d: it asks %s".formatted(o.from(), o.number(), whom));
  }

  private Decision answerParked(Occurrence.Answered o, Parked parked) {
    List<Parked.Ask> own =
        parked.asks().stream()
            .filter(ask -> People.mayAnswer(instance, parked, ask, o.from()))
            .toList();
    if (own.isEmpty()) {
      return mayNot(o, People.whom(instance, parked.asks()));
    }
    if (People.expired(step, parked)) {
      return rejected(
          Code.NOTHING_TO_ANSWER, "no. %d expired at %s".formatted(o.number(), parked.expires()));
    }
    boolean no = o.answer().equals(Occurrence.Answered.REJECTED);
    Optional<Parked.Ask> open =
        own.stream()
            .filter(ask -> !ask.answered() && (no || !ask.yes().contains(o.from().id())))
            .findFirst();
    if (open.isEmpty()) {
      return answeredBefore(o, own);
    }
    if (!o.hash().equals(parked.hash())) {
      return wrongHash(o.number());
    }
    boolean yesOrNo =
        o.answer().equals(Occurrence.Answered.APPROVED)
            || o.answer().equals(Occurrence.Answered.REJECTED);
    if (!yesOrNo || !o.form().isEmpty()) {
      return rejected(
          Code.VALUES,
          "found %s, expected approved or rejected, without a form".formatted(o.answer()));
    }
    remember(o);
    People.answer(step, parked, open.get().role(), o.answer(), o.from());
    step.instance().parked().stream()
        .filter(still -> still.number() == o.number() && !still.approved())
        .findFirst()
        .ifPresent(still -> step.note("Taken. It still waits for " + still.whom() + "."));
    return step.done();
  }

  private Decision answeredBefore(Occurrence.Answered o, List<Parked.Ask> asks) {
    Parked.Ask ask = asks.getFirst();
    return rejected(
        Code.NOTHING_TO_ANSWER,
        "no. %d was answered by %s%s"
            .formatted(
                o.number(),
                String.join(", ", ask.yes()),
                ask.answered() ? "" : "; somebody else must agree too"));
  }

  private Decision answerApproval(Occurrence.Answered o, Approval approval) {
    if (!People.mayAnswer(instance, approval, o.from())) {
      return mayNot(o, People.whom(instance, approval.role(), approval.quorum()));
    }
    if (!o.hash().equals(approval.hash())) {
      return wrongHash(o.number());
    }
    State.Approval state = (State.Approval) step.state();
    State.Answer answer = state.answers().get(o.answer());
    if (answer == null) {
      return rejected(
          Code.VALUES,
          "found the answer %s, expected one of %s"
              .formatted(o.answer(), String.join(", ", state.answers().keySet())));
    }
    Forms form = new Forms(step);
    for (String name : answer.fills()) {
      Object sent = o.form().get(name);
      if (sent == null) {
        return rejected(Code.VALUES, "the form's %s is missing".formatted(name));
      }
      Optional<Rejection> misfit = form.value(name, sent);
      if (misfit.isPresent()) {
        return new Decision.Rejected(misfit.get());
      }
    }
    Map<String, Object> values = form.filled();
    for (String name : o.form().keySet()) {
      if (!values.containsKey(name)) {
        return rejected(Code.VALUES, "the form has no %s".formatted(name));
      }
    }
    boolean one = approval.quorum().people() == 1 || State.Approval.NO.contains(o.answer());
    if (!one && approval.gave(o.from().id(), o.answer(), values)) {
      return rejected(
          Code.NOTHING_TO_ANSWER,
          "%s has answered no. %d so; somebody else must answer the same"
              .formatted(o.from(), o.number()));
    }
    remember(o);
    step.emit(
        new Outcome.AnswerTaken(
            o.number(), approval.role(), o.answer(), o.from(), one ? Map.of() : values));
    Approval now = Objects.requireNonNull(step.instance().approval());
    long alike = now.alike(o.answer(), values);
    if (!one && alike < now.quorum().people()) {
      step.note("Taken. %d of %d people have answered so.".formatted(alike, now.quorum().people()));
      return step.done();
    }
    step.emit(new Outcome.ApprovalClosed(o.number(), o.answer()));
    values.forEach((name, value) ->
        Values.file(step, machine.field(name), List.of(), value, o.from().toString()));
    step.clear(answer.clears());
    Moves.move(step, answer.target(), "answer " + o.answer());
    return step.done();
  }

  private Decision wrongHash(int number) {
    return rejected(
        Code.HASH,
        "no. %d is not what was shown: look at it again and answer with its hash"
            .formatted(number));
  }

  private Decision resolve(Occurrence.Resolved o) {
    if (!o.from().operator()) {
      return notOperator(o.from(), "resolves");
    }
    Optional<Call> call = instance.liveCalls().filter(c -> c.number() == o.call()).findFirst();
    if (call.isEmpty() || call.get().stage() != Stage.UNKNOWN) {
      return rejected(Code.NOT_FOUND, "the outcome of no. %d is not unknown".formatted(o.call()));
    }
    Result result = o.result();
    if (o.happened() && result == null && Turns.fills(machine, call.get().tool())) {
      return rejected(
          Code.VALUES,
          "a field is filled from %s: give the result it had".formatted(call.get().tool()));
    }
    if (result != null && !o.happened()) {
      return rejected(Code.VALUES, "no result without happened");
    }
    String misfit =
        result == null ? "" : Values.misfit(machine, instance, call.get().tool(), result);
    if (!misfit.isEmpty()) {
      return rejected(Code.VALUES, "the result does not fit: " + misfit);
    }
    remember(o);
    new Reports(step).unknownSettled(call.get(), o.happened(), result, o.from().toString());
    return step.done();
  }

  private Decision resume(Occurrence.Resumed o) {
    if (instance.end() != null) {
      return ended();
    }
    if (!o.from().operator()) {
      return notOperator(o.from(), "resumes");
    }
    if (instance.turn() != null || !instance.inEscalation()) {
      return rejected(
          Code.NOT_ESCALATED, "it is %s, not escalated".formatted(instance.status().word()));
    }
    if (!instance.unknown().isEmpty()) {
      return rejected(
          Code.UNKNOWN_CALL,
          "resolve no. %d first".formatted(instance.unknown().getFirst().number()));
    }
    State.Escalation state = (State.Escalation) step.state();
    if (!state.resume().contains(o.state())) {
      return rejected(
          Code.VALUES,
          "found %s, expected %s"
              .formatted(
                  o.state(),
                  state.resume().isEmpty()
                      ? "no state: it cannot be resumed"
                      : String.join(", ", state.resume())));
    }
    if (o.grants().values().stream().anyMatch(more -> !grantable(more))) {
      return rejected(
          Code.VALUES, "a grant must be more than zero and at most %s".formatted(MAX_GRANT));
    }
    Optional<Property.Before> broken = Properties.broken(machine, instance, o.state());
    if (broken.isPresent()) {
      return rejected(
          Code.VALUES,
          "the property \"%s\" keeps it from %s: %s"
              .formatted(broken.get().name(), o.state(), Properties.why(broken.get())));
    }
    remember(o);
    step.emit(new Outcome.ResumeTaken(o.state(), o.grants(), o.from()));
    for (Budget budget : Budget.values()) {
      if (stillSpent(budget, o.state())) {
        return rejected(Code.BUDGET, "%s is spent: grant more of it".formatted(budget));
      }
    }
    Moves.move(step, new Target.To(o.state()), "resume");
    return step.done();
  }

  private static boolean grantable(Decimal more) {
    return more.value().signum() > 0 && more.compareTo(MAX_GRANT) <= 0;
  }

  private boolean stillSpent(Budget budget, String target) {
    return switch (budget) {
      case TURNS, TOOL_CALLS, TOTAL_ERRORS, TOKENS, COST, ERRORS ->
          Limits.machineSpent(machine, step.instance(), budget);
      case CALLS_PER_TURN -> false;
      case VISITS -> !Limits.mayEnter(machine, step.instance(), target);
      case DURATION -> Limits.timeIsOver(step);
    };
  }

  private Decision cancel(Occurrence.Cancelled o) {
    if (instance.end() != null) {
      return ended();
    }
    if (!o.from().operator()) {
      return notOperator(o.from(), "cancels");
    }
    remember(o);
    step.emit(new Outcome.CancelKept(o.from(), o.why()));
    if (instance.turn() == null) {
      Moves.cancel(step);
    } else if (Turns.interruptible(step)) {
      Turns.close(step, Closing.CANCEL, "cancel", o.why());
      Turns.progress(step);
    }
    return step.done();
  }

  /** On a prefix that is at rest; its timers run on from where they were. */
  private Decision fork(Occurrence.Forked o) {
    if (!o.from().operator()) {
      return notOperator(o.from(), "forks");
    }
    if (instance.seq() != o.seq()) {
      return rejected(
          Code.NOT_FOUND,
          "found no entry %d of %s, expected %s"
              .formatted(
                  o.seq(),
                  o.origin(),
                  o.seq() < 1 ? "a number from 1" : "one up to " + instance.seq()));
    }
    if (instance.end() != null) {
      return rejected(
          Code.ENDED,
          "%s has ended at entry %d: fork it from an earlier one".formatted(o.origin(), o.seq()));
    }
    if (!instance.atRest()) {
      return rejected(
          Code.LATE,
          "%s does something at entry %d: fork it from where it only waits"
              .formatted(o.origin(), o.seq()));
    }
    remember(o);
    Duration since = Duration.between(o.then(), o.at());
    for (Timer timer : instance.timers().values()) {
      step.emit(new Outcome.TimerSet(timer.dueAt(timer.due().plus(since))));
    }
    return step.done();
  }

  // ---- rejections

  private Decision ended() {
    return rejected(
        Code.ENDED, "%s has ended (%s)".formatted(instance.id(), instance.status().word()));
  }

  private Decision notOperator(Principal by, String verb) {
    return rejected(Code.NOT_ALLOWED, "%s is no operator; only an operator %s".formatted(by, verb));
  }

  private Decision limit(String what, long found, long most, String unit) {
    return rejected(Code.LIMIT, "%s: found %,d, at most %,d %s".formatted(what, found, most, unit));
  }

  private static Decision rejected(Code code, String message) {
    return new Decision.Rejected(new Rejection(code, message));
  }
}
