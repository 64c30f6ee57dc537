package dev.interlock.testkit.walk;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Facts;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Transition;
import dev.interlock.testkit.walk.Ledger.Stage;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks that states are left and entered only as the machine declares. */
final class WayChecks {
  /** The most states that one decision enters, and how many more lead out of a cycle. */
  private static final int MAX_ENTERED = 100;

  private static final int WAY_OUT = 12;

  private final Ledger ledger;
  private Findings findings = new Findings(0);
  private Instant now = Instant.EPOCH;
  private @Nullable Occurrence occurrence;

  /** What was taken in this entry and leads somewhere. */
  private Inbox.@Nullable Event taken;

  private @Nullable Timer fired;
  private @Nullable Escalated reason;
  private Ledger.@Nullable Open ended;
  private boolean endedNow;
  private int entered;
  private boolean cancelled;

  /** The facts before a way out cleared some of them. */
  private @Nullable Map<String, Object> before;

  /** The text of the state that was entered, if it has one that was not said yet. */
  private @Nullable Expression owed;

  private final Map<String, Inbox.Event> sent = new HashMap<>();

  /** Timers that fired during a turn, and wait for its end. */
  private final Map<String, Timer> due = new HashMap<>();

  WayChecks(Ledger ledger) {
    this.ledger = ledger;
  }

  void begin(Findings into, Entry entry) {
    findings = into;
    now = entry.at();
    occurrence = entry.occurrence();
    taken = null;
    fired =
        occurrence instanceof Occurrence.TimerFired(Instant at, String id)
            ? ledger.timers.get(id)
            : null;
    reason = null;
    ended = null;
    endedNow = false;
    entered = 0;
    before = null;
  }

  /**
   * Called behind each outcome: facts are those before the clears that follow one another, and
   * before what leaving a state brings about between them and the state reached.
   */
  void after(Outcome outcome) {
    switch (outcome) {
      case Outcome.FieldCleared o -> {}
      case Outcome.ParkedEnded o -> {}
      case Outcome.ApprovalClosed o -> {}
      case Outcome.TimerCancelled o -> {}
      case Outcome.Noticed o -> {}
      case Outcome.Escalation o -> {}
      default -> before = new HashMap<>(ledger.facts);
    }
  }

  private void hold(boolean holds, String otherwise) {
    findings.hold(holds, Promise.WAYS, otherwise);
  }

  // ---- what leads out

  void sent(Inbox.Event event) {
    EventType type = ledger.machine.events().get(event.name());
    boolean may =
        occurrence instanceof Occurrence.EventSent o
            && o.name().equals(event.name())
            && type != null
            && maySend(type, o.from());
    hold(may, "the event " + event.name() + " was not sent, or by somebody who may not");
    sent.put(event.id(), event);
  }

  private boolean maySend(EventType type, Principal from) {
    boolean caller = from.id().equals(ledger.caller.id());
    return from.operator()
        || (caller && type.by().contains(EventType.CALLER))
        || type.by().stream().anyMatch(from::has);
  }

  void taken(String id, String name) {
    Ledger.Waiting waiting = ledger.events.remove(id);
    findings.hold(
        waiting != null && waiting.name().equals(name),
        Promise.NOTHING_LOST,
        "the event " + id + " is taken, but did not wait");
    taken = sent.get(id);
    ledger.taken = waiting;
  }

  void due(Timer timer) {
    Timer running = ledger.timers.remove(timer.id());
    hold(
        timer.equals(running)
            && occurrence instanceof Occurrence.TimerFired(Instant at, String id)
            && id.equals(timer.id()),
        "the timer " + timer.id() + " is due, but did not fire");
    due.put(timer.id(), timer);
  }

  void turnEnded(Ledger.Open turn) {
    ended = turn;
    endedNow = true;
  }

  /** A budget closes a turn only when it is spent. */
  void closing(Turn.Closing why, String name) {
    if (why == Turn.Closing.BUDGET) {
      spentBecause(name);
    }
  }

  void escalation(Escalated escalated) {
    reason = escalated;
    hold(escalated.from().equals(ledger.state()), "escalated from " + escalated.from());
    boolean closed =
        ended != null
            && ended.closing == Turn.Closing.BUDGET
            && ended.closingName.equals(escalated.reason().word());
    if (!closed) { // else it was spent when it closed the turn, whatever became of it since
      spentBecause(escalated.reason().word());
    }
  }

  private void spentBecause(String reasonWord) {
    for (Budget budget : Budget.values()) {
      Reason why = budget.reason();
      if (why != null && why.word().equals(reasonWord) && counted(budget)) {
        findings.hold(
            ledger.spent(budget) || (budget == Budget.TOOL_CALLS && ledger.promised()),
            Promise.BUDGETS,
            "%s are said to be used up, but some are left".formatted(budget));
      }
    }
  }

  private static boolean counted(Budget budget) {
    return switch (budget) {
      case TURNS, TOOL_CALLS, ERRORS, TOTAL_ERRORS, TOKENS, COST -> true;
      case CALLS_PER_TURN, DURATION, VISITS -> false;
    };
  }

  void cancelled() {
    hold(
        occurrence instanceof Occurrence.Cancelled o && o.from().operator(),
        "it is cancelled, and no operator said so");
    cancelled = true;
  }

  void ended() {
    boolean over =
        ledger.escalated
            && ledger.ticketed
            && ledger.machine.state(ledger.state()) instanceof State.Escalation state
            && state.resume().isEmpty();
    hold(
        ledger.machine.state(ledger.state()) instanceof State.Final || over || cancelled,
        "it ends in " + ledger.state());
    voided();
  }

  // ---- entering

  void enter(Outcome.Entered to) {
    spoken();
    Ledger.Visit from = ledger.visit;
    hold(ledger.turn == null, to.state() + " is entered while a turn is open");
    if (from.state.isEmpty()) {
      hold(
          to.state().equals(ledger.machine.initial())
              && occurrence instanceof Occurrence.Started
              && !to.back(),
          "it begins in " + to.state());
    } else {
      way(from, to);
      boolean choice = ledger.machine.state(from.state) instanceof State.Choice;
      hold(!choice || to.keepsWayBack(), "the way back leads to the choice " + from.state);
    }
    findings.hold(
        ledger.broken(to.state()).isEmpty(),
        Promise.WAYS,
        to.state() + " is entered against a property");
    entered++;
    findings.hold(
        entered <= MAX_ENTERED + WAY_OUT, Promise.BUDGETS, "more than 100 states at once");
    visits(to.state());
    if (!to.back()) {
      Ledger.Visit back = to.keepsWayBack() ? from.wayBack : from;
      ledger.visit = new Ledger.Visit(to.visit(), to.state(), from.state.isEmpty() ? null : back);
    } else if (from.wayBack != null) {
      ledger.visit = from.wayBack;
    }
    ledger.timers.values().removeIf(timer -> timer.visit() == from.number && timer.visit() != 0);
    due.values().removeIf(timer -> timer.visit() != 0);
    State state = ledger.machine.state(to.state());
    ledger.escalated = state instanceof State.Escalation;
    ledger.ticketed = false;
    owed = to.back() ? null : state.frame().say();
    hold(to.escalation() == ledger.escalated, to.state() + " is entered as what it is not");
    voided();
    ended = null;
    endedNow = false;
    taken = null;
    fired = null;
    reason = null;
  }

  // ---- what a state says at entry

  void said(String text) {
    hold(
        owed != null && text.equals(made(owed)),
        "%s says what it does not declare: %s".formatted(ledger.state(), text));
    owed = null;
  }

  /** A text that can be made was said. */
  void spoken() {
    hold(owed == null || made(owed) == null, ledger.state() + " does not say its text");
    owed = null;
  }

  private @Nullable Object made(Expression say) {
    return say.evaluate(ledger.scope(now)) instanceof Evaluation.Value(Object text) ? text : null;
  }

  private void voided() {
    List<Integer> parked = ledger.at(Stage.PARKED).map(call -> call.number).toList();
    findings.hold(
        parked.isEmpty() && ledger.approval == null,
        Promise.ASK,
        "the state is left or ends, and %s still waits"
            .formatted(parked.isEmpty() ? "an approval" : parked));
  }

  private void visits(String state) {
    int times = ledger.entries.merge(state, 1, Integer::sum);
    if (state.equals(Machine.BUILT_IN_ESCALATION.name())) {
      return;
    }
    var own = ledger.machine.state(state).frame().budgets().limit(Budget.VISITS);
    BigDecimal all = ledger.limit(Budget.VISITS);
    BigDecimal more = ledger.granted.getOrDefault(Budget.VISITS, BigDecimal.ZERO);
    BigDecimal limit = own == null ? all : own.value().add(more);
    findings.hold(
        limit == null || BigDecimal.valueOf(times).compareTo(limit) <= 0,
        Promise.BUDGETS,
        "%s is entered for the %d. time".formatted(state, times));
  }

  private void way(Ledger.Visit from, Outcome.Entered to) {
    State state = ledger.machine.state(from.state);
    boolean unknown = ended != null && ended.calls.stream().anyMatch(c -> c.stage == Stage.UNKNOWN);
    hold(
        !unknown || to.cause().equals(Reason.OUTCOME_UNKNOWN.word()),
        "it moves on while an outcome is unknown: " + to);
    boolean declared =
        switch (to.cause()) {
          case "transition" -> transition(state, to);
          case "otherwise" -> otherwise(state, to);
          case "ok" -> state instanceof State.Call call && leads(call.ok(), to) && ok(true);
          case "failed" ->
              state instanceof State.Call call && leads(call.failed(), to) && ok(false);
          case "after" -> timer(Timer.Kind.AFTER, from, to);
          case "idle" -> timer(Timer.Kind.IDLE, from, to);
          case "resume" -> resumed(state, to);
          default ->
              to.cause().startsWith("event ")
                  ? event(state, to)
                  : to.cause().startsWith("answer ") ? answer(state, to) : over(state, to);
        };
    hold(declared, "from %s to %s by %s".formatted(from.state, to.state(), to.cause()));
  }

  /** Whether a target is what was entered. */
  private boolean leads(Target target, Outcome.Entered to) {
    return switch (target) {
      case Target.To(String name) -> !to.back() && name.equals(to.state());
      case Target.Back() ->
          to.back()
              && ledger.visit.wayBack != null
              && ledger.visit.wayBack.number == to.visit()
              && ledger.visit.wayBack.state.equals(to.state());
    };
  }

  private boolean transition(State state, Outcome.Entered to) {
    for (Transition way : ways(state)) {
      Open open = open(way);
      if (open == Open.YES) {
        return leads(way.target(), to);
      }
      if (open == Open.ERROR) {
        return false;
      }
    }
    return false;
  }

  private static List<Transition> ways(State state) {
    return switch (state) {
      case State.Agent agent -> agent.transitions();
      case State.Choice choice -> choice.transitions();
      case State.Call call -> List.of();
      case State.Approval approval -> List.of();
      case State.Wait wait -> List.of();
      case State.Escalation escalation -> List.of();
      case State.Final end -> List.of();
    };
  }

  private enum Open {
    YES,
    NO,
    ERROR
  }

  private Open open(Transition way) {
    Facts facts = new Facts(ledger.machine.context(), before == null ? ledger.facts : before);
    var scope = ledger.scope(now);
    var then =
        facts.in(
            new Scope(
                facts,
                scope.caller(),
                scope.constants(),
                scope.run(),
                now,
                scope.typed(),
                Map.of()));
    for (String name : way.requires()) {
      Object value = facts.get(name);
      boolean empty =
          value == null
              || Boolean.FALSE.equals(value)
              || "".equals(value)
              || (value instanceof Collection<?> items && items.isEmpty())
              || (value instanceof Map<?, ?> map && map.isEmpty());
      if (empty) {
        return facts.failure(name).isEmpty() ? Open.NO : Open.ERROR;
      }
    }
    if (way.guard() == null) {
      return Open.YES;
    }
    return switch (way.guard().evaluate(then)) {
      case Evaluation.Value(Object value) -> Boolean.TRUE.equals(value) ? Open.YES : Open.NO;
      case Evaluation.Unset unset -> Open.ERROR;
      case Evaluation.Failed failed -> Open.ERROR;
    };
  }

  private boolean otherwise(State state, Outcome.Entered to) {
    if (state instanceof State.Choice choice) {
      return leads(choice.otherwise(), to)
          && choice.transitions().stream().allMatch(way -> open(way) == Open.NO);
    }
    return state instanceof State.Agent agent
        && agent.otherwise() != null
        && leads(agent.otherwise(), to)
        && ended != null
        && ended.kind == Turn.Kind.QUESTION
        && !ended.proposed
        && !ended.faulty
        && ended.closing == null
        && agent.transitions().stream().allMatch(way -> open(way) == Open.NO);
  }

  /**
   * Whether the call of a call state came to this end; with no turn, what it waited for is over.
   */
  private boolean ok(boolean ok) {
    if (ended == null) {
      return !ok;
    }
    return !ended.calls.isEmpty()
        && ended.calls.stream().allMatch(call -> call.stage.done())
        && ok == ended.calls.stream().allMatch(call -> call.stage == Stage.RETURNED);
  }

  private boolean timer(Timer.Kind kind, Ledger.Visit from, Outcome.Entered to) {
    Timer timer =
        fired != null && fired.kind() == kind
            ? fired
            : due.values().stream()
                .filter(one -> one.kind() == kind && one.visit() == from.number)
                .filter(one -> one.target() != null && leads(one.target(), to))
                .findFirst()
                .orElse(null);
    return timer != null
        && timer.kind() == kind
        && timer.visit() == from.number
        && timer.target() != null
        && leads(timer.target(), to);
  }

  private boolean resumed(State state, Outcome.Entered to) {
    return state instanceof State.Escalation escalation
        && escalation.resume().contains(to.state())
        && !to.back()
        && ledger.at(Stage.UNKNOWN).findAny().isEmpty()
        && occurrence instanceof Occurrence.Resumed resumed
        && resumed.from().operator()
        && resumed.state().equals(to.state());
  }

  private boolean event(State state, Outcome.Entered to) {
    Inbox.Event event = taken;
    if (event == null || !to.cause().equals("event " + event.name())) {
      return false;
    }
    Target own = state.frame().on().get(event.name());
    Target target = own != null ? own : ledger.machine.anywhere().on().get(event.name());
    boolean free = !ledger.escalated || event.operator() || (target != null && rests(target));
    return target != null
        && free
        && leads(target, to)
        && ledger.at(Stage.UNKNOWN).findAny().isEmpty();
  }

  private boolean answer(State state, Outcome.Entered to) {
    return state instanceof State.Approval approval
        && occurrence instanceof Occurrence.Answered answered
        && to.cause().equals("answer " + answered.answer())
        && approval.answers().containsKey(answered.answer())
        && leads(target(approval, answered.answer()), to);
  }

  private static Target target(State.Approval approval, String answer) {
    State.Answer declared = approval.answers().get(answer);
    return declared == null ? new Target.Back() : declared.target();
  }

  /**
   * A reason leads where the state's own list says, else that of anywhere, else out. A budget of
   * the whole machine that is spent leads to an end or an escalation only.
   */
  private boolean over(State state, Outcome.Entered to) {
    Escalated why = reason;
    if (why == null || !why.reason().word().equals(to.cause())) {
      return false;
    }
    Target own = state.frame().over().of(why.reason());
    boolean spent = spent(why.reason());
    if (own == null || (spent && !rests(own))) {
      own = ledger.machine.anywhere().over().of(why.reason());
    }
    boolean builtIn = to.state().equals(Machine.BUILT_IN_ESCALATION.name());
    if (own == null) {
      return builtIn;
    }
    return leads(own, to) || (builtIn && (full(own) || forbidden(own) || entered > MAX_ENTERED));
  }

  /** Whether what is spent is the machine's budget, not only the visit's. */
  private boolean spent(Reason why) {
    for (Budget budget : Budget.values()) {
      BigDecimal limit = ledger.limit(budget);
      if (why.equals(budget.reason()) && limit != null) {
        return budget == Budget.DURATION
            ? !now.isBefore(ledger.started.plusSeconds(limit.longValue()))
            : ledger.spent.of(budget).compareTo(limit) >= 0;
      }
    }
    return false;
  }

  private boolean rests(Target target) {
    return target instanceof Target.To(String name)
        && (ledger.machine.state(name) instanceof State.Final
            || ledger.machine.state(name) instanceof State.Escalation);
  }

  private boolean forbidden(Target target) {
    return target instanceof Target.To(String name) && !ledger.broken(name).isEmpty();
  }

  private boolean full(Target target) {
    if (!(target instanceof Target.To(String name))) {
      return true;
    }
    var own = ledger.machine.state(name).frame().budgets().limit(Budget.VISITS);
    BigDecimal more = ledger.granted.getOrDefault(Budget.VISITS, BigDecimal.ZERO);
    BigDecimal limit = own == null ? ledger.limit(Budget.VISITS) : own.value().add(more);
    return limit != null
        && BigDecimal.valueOf(ledger.entries.getOrDefault(name, 0)).compareTo(limit) >= 0;
  }

  /** Whether an event or a running timer leads out of a state that only waits. */
  boolean leaves(State.Wait state) {
    return !state.frame().on().isEmpty()
        || !ledger.machine.anywhere().on().isEmpty()
        || ledger.timers.values().stream().anyMatch(timer -> timer.visit() == ledger.visit.number);
  }

  /** The model is asked again only if no way out is open at the end of the turn. */
  void asked() {
    if (endedNow && ledger.machine.state(ledger.state()) instanceof State.Agent agent) {
      for (Transition way : agent.transitions()) {
        hold(
            open(way) == Open.NO,
            "the model is asked again, though the way to %s is open".formatted(way.target()));
      }
    }
  }
}
