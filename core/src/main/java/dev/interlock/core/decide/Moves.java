package dev.interlock.core.decide;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.evolve.End;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Visit;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Transition;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an instance leaves a state and enters the next, until it rests. */
final class Moves {
  /** The most states that one decision enters. */
  static final int MAX_ENTERED = 100;

  private Moves() {}

  /** Takes a way out. */
  static void move(Step step, Target target, String cause) {
    move(step, target, cause, false);
  }

  private static void move(Step step, Target target, String cause, boolean anywhere) {
    switch (target) {
      case Target.Back() -> {
        Visit back = step.instance().visit().wayBack();
        if (back == null) {
          escalate(step, Reason.GUARD_ERROR, "back", "there is no visit to go back to");
        } else {
          enter(step, step.machine().state(back.state()), cause, back, true);
        }
      }
      case Target.To(String name) ->
          enter(
              step,
              step.machine().state(name),
              cause,
              null,
              step.state() instanceof State.Choice
                  || (anywhere && name.equals(step.instance().state())));
    }
  }

  /** Goes where a reason leads. */
  static void escalate(Step step, Reason reason, String name, String detail) {
    Machine machine = step.machine();
    Target target = step.state().frame().over().of(reason);
    if (target == null || (!machine.endsOrEscalates(target) && Limits.machineSpent(step, reason))) {
      target = machine.anywhere().over().of(reason);
    }
    if (target == null || step.entered > MAX_ENTERED + 10 || !isOpen(step, target)) {
      target = new Target.To(Machine.BUILT_IN_ESCALATION.name());
    }
    reason(step, reason, name, detail);
    move(step, target, reason.word());
  }

  /** Whether a state may be entered that a reason leads to: else that would be a reason again. */
  private static boolean isOpen(Step step, Target target) {
    @Nullable String state =
        switch (target) {
          case Target.To(String name) -> name;
          case Target.Back() -> {
            @Nullable Visit back = step.instance().visit().wayBack();
            yield back == null ? null : back.state();
          }
        };
    return state != null
        && Limits.mayEnter(step.machine(), step.instance(), state)
        && Properties.broken(step.machine(), step.instance(), state).isEmpty();
  }

  private static void reason(Step step, Reason reason, String name, String detail) {
    Escalated last = step.instance().escalated();
    step.escalating = true;
    step.emit(
        new Outcome.Escalation(
            new Escalated(
                last == null ? 1 : last.number() + 1,
                reason,
                name,
                step.instance().state(),
                detail,
                null)));
  }

  private static void enter(
      Step step, State state, String cause, @Nullable Visit back, boolean keepsWayBack) {
    boolean builtIn = state.name().equals(Machine.BUILT_IN_ESCALATION.name());
    if (!builtIn) {
      step.entered++;
      if (step.entered > MAX_ENTERED && !step.escalating) {
        escalate(step, Reason.CYCLE, state.name(), "more than " + MAX_ENTERED + " states at once");
        return;
      }
      if (!Limits.mayEnter(step.machine(), step.instance(), state.name())) {
        String detail =
            "%s was entered %d times"
                .formatted(state.name(), step.instance().visits().getOrDefault(state.name(), 0));
        escalate(step, Reason.VISITS, state.name(), detail);
        return;
      }
      Optional<Property.Before> broken =
          Properties.broken(step.machine(), step.instance(), state.name());
      if (broken.isPresent()) {
        escalate(step, Reason.PROPERTY, broken.get().name(), Properties.why(broken.get()));
        return;
      }
    }
    People.voidAll(step, "the state " + step.instance().state() + " was left");
    boolean escalation = state instanceof State.Escalation;
    if (!state.endsOrEscalates() && step.instance().inEscalation()) {
      setDuration(step);
    }
    if (escalation && !step.escalating) {
      reason(step, Reason.ENTERED, cause, "");
    }
    long number = back == null ? step.visits() + 1 : back.number();
    boolean waiting = back != null && back.waiting();
    Map<String, Timer> suspended = back == null ? Map.of() : back.timers();
    step.emit(
        new Outcome.Entered(state.name(), number, cause, back != null, keepsWayBack, escalation));
    step.escalating = false;
    if (back == null) {
      step.clear(state.frame().clears());
      if (!say(step, state)) {
        return;
      }
    }
    if (!setTimers(step, state, suspended)) {
      return;
    }
    arrive(step, state, back != null, waiting);
  }

  /** Begins the first visit. The initial agent state waits for the first message. */
  static void begin(Step step) {
    State initial = step.machine().state(step.machine().initial());
    if (initial instanceof State.Escalation) {
      reason(step, Reason.ENTERED, "start", "");
    }
    step.emit(
        new Outcome.Entered(
            initial.name(), 1, "start", false, false, initial instanceof State.Escalation));
    step.clear(initial.frame().clears());
    if (say(step, initial) && setTimers(step, initial, Map.of())) {
      arrive(step, initial, false, true);
    }
  }

  /**
   * Says the text of a state that is entered anew.
   *
   * @return false if it could not be made, and the instance went elsewhere
   */
  private static boolean say(Step step, State state) {
    Expression say = state.frame().say();
    if (say == null) {
      return true;
    }
    return switch (say.evaluate(step.scope())) {
      case Evaluation.Value(Object text) -> {
        step.emit(new Outcome.Said(text.toString()));
        yield true;
      }
      case Evaluation.Unset(List<String> fields) ->
          unsaid(step, "unset: " + String.join(", ", fields));
      case Evaluation.Failed(String why) -> unsaid(step, why);
    };
  }

  /** In an escalation it is left out: a person takes over all the same. */
  private static boolean unsaid(Step step, String why) {
    boolean stays = step.instance().inEscalation();
    if (!stays) {
      escalate(step, Reason.GUARD_ERROR, "say of " + step.instance().state(), why);
    }
    return stays;
  }

  /**
   * @param waits whether an agent state waits for the user unless something is there for the model
   */
  private static void arrive(Step step, State state, boolean continued, boolean waits) {
    if (state instanceof State.Final end) {
      end(step, new End(End.Status.COMPLETED, end.outcome()));
      return;
    }
    if (step.instance().inbox().cancel() != null) {
      cancel(step);
      return;
    }
    if (takeEvent(step) || takeTimer(step)) {
      return;
    }
    if (state instanceof State.Agent agent
        && agent.skip()
        && !continued
        && transitions(step, agent.transitions())) {
      return;
    }
    if (state instanceof State.Choice choice) {
      if (!transitions(step, choice.transitions())) {
        move(step, choice.otherwise(), "otherwise");
      }
      return;
    }
    dropEvents(step);
    switch (state) {
      case State.Agent agent -> {
        if (continued && !waits) {
          step.tell("You are back in " + agent.name() + ".", true);
        }
        Turns.rest(step, !waits);
      }
      case State.Call call -> Turns.call(step, call);
      case State.Approval approval -> People.ask(step, approval);
      case State.Wait wait -> {}
      case State.Choice choice -> {} // was left above
      case State.Escalation escalation -> {}
      case State.Final end -> {}
    }
  }

  /** Step 6 of DESIGN 3.1, from cancel on: whatever first moves the instance. */
  static boolean settle(Step step, boolean otherwise) {
    if (step.instance().inbox().cancel() != null) {
      cancel(step);
      return true;
    }
    if (takeEvent(step) || takeTimer(step)) {
      return true;
    }
    if (step.state() instanceof State.Agent agent) {
      if (transitions(step, agent.transitions())) {
        return true;
      }
      if (otherwise && agent.otherwise() != null) {
        move(step, agent.otherwise(), "otherwise");
        return true;
      }
    }
    dropEvents(step);
    return false;
  }

  /** Ends a cancelled instance. */
  static void cancel(Step step) {
    People.voidAll(step, "it was cancelled");
    end(step, new End(End.Status.CANCELLED, ""));
  }

  /** Ends an instance; events that wait are not taken. */
  static void end(Step step, End end) {
    notTaken(step, step.instance().inbox().events());
    step.emit(new Outcome.Ended(end));
  }

  private static boolean transitions(Step step, List<Transition> transitions) {
    for (Transition transition : transitions) {
      Scope scope = step.scope();
      List<String> missing = Contract.missing(transition, scope.context());
      for (String name : missing) {
        String failure = scope.context().failure(name);
        if (!failure.isEmpty()) {
          return guardError(step, transition, failure);
        }
      }
      if (!missing.isEmpty()) {
        continue;
      }
      if (transition.guard() != null) {
        switch (transition.guard().evaluate(scope)) {
          case Evaluation.Value(Object value) -> {
            if (!Boolean.TRUE.equals(value)) {
              continue;
            }
          }
          case Evaluation.Unset(List<String> fields) -> {
            return guardError(step, transition, "unset: " + String.join(", ", fields));
          }
          case Evaluation.Failed(String why) -> {
            return guardError(step, transition, why);
          }
        }
      }
      step.clear(transition.clears());
      move(step, transition.target(), "transition");
      return true;
    }
    return false;
  }

  private static boolean guardError(Step step, Transition transition, String why) {
    escalate(step, Reason.GUARD_ERROR, "guard of the way to " + transition.target(), why);
    return true;
  }

  // ---- events

  /** Where an event would lead, if the instance takes it now. */
  static Optional<Target> takes(Step step, String event, boolean operator) {
    Instance instance = step.instance();
    State state = step.state();
    if (state instanceof State.Final || !instance.unknown().isEmpty()) {
      return Optional.empty();
    }
    Target target = state.frame().on().get(event);
    if (target == null) {
      target = step.machine().anywhere().on().get(event);
    }
    if (target == null) {
      return Optional.empty();
    }
    boolean free = !instance.inEscalation() || operator;
    return free || step.machine().endsOrEscalates(target) ? Optional.of(target) : Optional.empty();
  }

  /** Takes an event that leads out of the current state. */
  static void take(Step step, Inbox.Event event, Target target) {
    boolean anywhere = !step.state().frame().on().containsKey(event.name());
    step.emit(new Outcome.EventTaken(event.id(), event.name()));
    Values.file(step, event);
    move(step, target, "event " + event.name(), anywhere);
  }

  /** Takes the first event that waits and leads out of the state, if there is one. */
  static boolean takeEvent(Step step) {
    for (Inbox.Event event : step.instance().inbox().events()) {
      Optional<Target> target = takes(step, event.name(), event.operator());
      if (target.isPresent()) {
        take(step, event, target.get());
        return true;
      }
    }
    return false;
  }

  /** The instance stays: what it does not take, and is not kept, is not taken. */
  private static void dropEvents(Step step) {
    List<Inbox.Event> waiting = step.instance().inbox().events();
    notTaken(step, waiting.stream().filter(event -> !kept(step, event)).toList());
  }

  private static boolean kept(Step step, Inbox.Event event) {
    EventType type = step.machine().events().get(event.name());
    return type != null && type.keep();
  }

  /** Drops events that wait. */
  static void notTaken(Step step, List<Inbox.Event> events) {
    for (Inbox.Event event : events) {
      step.emit(new Outcome.EventNotTaken(event.id(), event.name()));
    }
  }

  // ---- timers

  /** Sets the machine's own time, which ran out unnoticed if it did in an escalation. */
  static void setDuration(Step step) {
    Decimal limit = Limits.machine(step.machine(), step.instance(), Budget.DURATION);
    if (limit != null) {
      Instant due = step.instance().started().plusSeconds(limit.value().longValue());
      step.emit(new Outcome.TimerSet(new Timer("duration", Timer.Kind.DURATION, 0, 0, due, null)));
    }
  }

  private static boolean takeTimer(Step step) {
    Optional<Timer> first =
        step.instance().inbox().timers().stream()
            .filter(t -> t.visit() == 0 || t.visit() == step.instance().visit().number())
            .filter(t -> leads(step, t))
            .min(
                Comparator.comparing(Timer::due)
                    .thenComparing(timer -> String.valueOf(timer.target())));
    first.ifPresent(timer -> take(step, timer));
    return first.isPresent();
  }

  /** Whether a timer that is due leads out: only the time of all does while a call is unknown. */
  static boolean leads(Step step, Timer timer) {
    return step.instance().unknown().isEmpty() || timer.kind() == Timer.Kind.DURATION;
  }

  /** Takes a timer that is due. */
  static void take(Step step, Timer timer) {
    switch (timer.kind()) {
      case AFTER, IDLE -> {
        if (timer.target() != null) {
          move(step, timer.target(), timer.kind() == Timer.Kind.IDLE ? "idle" : "after");
        }
      }
      case DURATION -> {
        if (!step.instance().inEscalation()) {
          escalate(step, Reason.DURATION, "duration", "the time is over");
        }
      }
      case EXPIRY -> People.expire(step, timer.number());
    }
  }

  /**
   * Sets the timers of the visit that begins or continues. One that was suspended keeps its
   * deadline; one that fired before starts again.
   *
   * @return false if a timer could not be computed, and the instance went elsewhere
   */
  private static boolean setTimers(Step step, State state, Map<String, Timer> suspended) {
    long visit = step.instance().visit().number();
    for (int i = 0; i < state.frame().after().size(); i++) {
      TimerRule rule = state.frame().after().get(i);
      String id = "v%d/after/%d".formatted(visit, i);
      Timer kept = suspended.get(id);
      if (kept == null
          && rule instanceof TimerRule.At at
          && at.at().evaluate(step.scope()) instanceof Evaluation.Failed(String why)
          && !step.instance().inEscalation()) {
        escalate(step, Reason.GUARD_ERROR, "timer " + at.at().source(), why);
        return false;
      }
      Optional<Instant> due = kept != null ? Optional.of(kept.due()) : due(step, rule);
      if (due.isPresent()) {
        step.emit(
            new Outcome.TimerSet(
                new Timer(id, Timer.Kind.AFTER, visit, i, due.get(), rule.target())));
      }
    }
    Decimal limit = state.frame().budgets().limit(Budget.DURATION);
    if (limit != null) {
      String id = "v%d/duration".formatted(visit);
      Timer kept = suspended.get(id);
      Instant due = kept != null ? kept.due() : step.now().plusSeconds(limit.value().longValue());
      step.emit(new Outcome.TimerSet(new Timer(id, Timer.Kind.DURATION, visit, 0, due, null)));
    }
    return true;
  }

  /** Computes again the timers that read a field which changed. */
  static void refreshTimers(Step step, String field) {
    if (step.instance().visit().number() == 0) {
      return; // no state is entered yet
    }
    List<TimerRule> rules = step.state().frame().after();
    long visit = step.instance().visit().number();
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i) instanceof TimerRule.At at && at.at().reads().contains(field)) {
        String id = "v%d/after/%d".formatted(visit, i);
        Optional<Instant> due = due(step, at);
        if (due.isPresent()) {
          step.emit(
              new Outcome.TimerSet(
                  new Timer(id, Timer.Kind.AFTER, visit, i, due.get(), at.target())));
        } else if (step.instance().timers().containsKey(id)) {
          step.emit(new Outcome.TimerCancelled(id));
        }
      }
    }
  }

  /** When a rule's timer is due; empty if it has none. */
  private static Optional<Instant> due(Step step, TimerRule rule) {
    return switch (rule) {
      case TimerRule.In in -> Optional.of(step.now().plus(in.in()));
      case TimerRule.At at ->
          at.at().evaluate(step.scope()) instanceof Evaluation.Value(String due)
              ? Optional.of(Instant.parse(due))
              : Optional.empty();
    };
  }
}
