package dev.interlock.core.decide;

import dev.interlock.core.contract.BuiltIn;
import dev.interlock.core.contract.Contract;
import dev.interlock.core.decide.CallJudge.Judgement;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Call.Stage;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.evolve.Turn.Closing;
import dev.interlock.core.evolve.Turn.Kind;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.prompt.Reply;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A turn from its question to its end: DESIGN 3.1. */
final class Turns {
  private Turns() {}

  // ---- opening

  /** What a state that nothing leads out of does next: asks the model, lets go a call, or waits. */
  static void rest(Step step, boolean ask) {
    for (Parked parked : step.instance().parked()) {
      if (People.expired(step, parked)) {
        People.end(step, parked.number(), Outcome.ParkedEnded.How.EXPIRED, People.TOO_LATE, true);
        if (People.failIfNothingWaits(step)) {
          return;
        }
      }
    }
    Optional<Parked> approved =
        step.instance().parked().stream().filter(Parked::approved).findFirst();
    if (approved.isPresent()) {
      People.release(step, approved.get());
      return;
    }
    if (!(step.state() instanceof State.Agent agent)) {
      return;
    }
    Inbox inbox = step.instance().inbox();
    boolean asked =
        ask
            || !inbox.messages().isEmpty()
            || inbox.notices().stream().anyMatch(Inbox.Notice::starts);
    boolean idles = agent.autonomous() && step.instance().parked().isEmpty();
    if (asked) {
      ask(step);
    } else if (idles) {
      step.tell(Notices.IDLE, true);
      ask(step);
    } else {
      step.emit(new Outcome.Waited());
      idle(step, agent);
    }
  }

  private static void ask(Step step) {
    Optional<Budget> spent = Limits.asking(step.machine(), step.instance());
    if (spent.isPresent()) {
      Reason reason = Limits.reason(spent.get());
      Moves.escalate(step, reason, reason.word(), "nothing is left of it for one more question");
      return;
    }
    stopIdle(step);
    step.emit(new Outcome.TurnOpened(Kind.QUESTION));
    step.emit(
        new Outcome.Asked(
            step.instance().questions() + 1,
            step.instance().inbox().messages().stream().map(Inbox.Message::id).toList()));
  }

  /** Timers that count while the instance waits for the user and nothing is parked. */
  private static void idle(Step step, State.Agent agent) {
    if (!step.instance().parked().isEmpty()) {
      return;
    }
    long visit = step.instance().visit().number();
    for (int i = 0; i < agent.idle().size(); i++) {
      if (agent.idle().get(i) instanceof TimerRule.In rule) {
        step.emit(
            new Outcome.TimerSet(
                new Timer(
                    "v%d/idle/%d".formatted(visit, i),
                    Timer.Kind.IDLE,
                    visit,
                    i,
                    step.now().plus(rule.in()),
                    rule.target())));
      }
    }
  }

  static void stopIdle(Step step) {
    for (Timer timer : List.copyOf(step.instance().timers().values())) {
      if (timer.kind() == Timer.Kind.IDLE) {
        step.emit(new Outcome.TimerCancelled(timer.id()));
      }
    }
  }

  /** The machine's own calls. Each is made by itself: one that cannot be made stops no other. */
  static void call(Step step, State.Call state) {
    step.emit(new Outcome.TurnOpened(Kind.CALL));
    for (State.Made made : state.calls()) {
      propose(step, made);
    }
    progress(step);
  }

  private static void propose(Step step, State.Made made) {
    int number = step.instance().numbers() + 1;
    Map<String, Object> with = new LinkedHashMap<>();
    String missing = "";
    for (Map.Entry<String, Expression> argument : made.with().entrySet()) {
      switch (argument.getValue().evaluate(step.scope())) {
        case Evaluation.Value(Object value) -> with.put(argument.getKey(), value);
        case Evaluation.Unset(List<String> fields) ->
            missing = argument.getKey() + " needs " + String.join(", ", fields);
        case Evaluation.Failed(String why) -> missing = argument.getKey() + ": " + why;
      }
    }
    step.emit(new Outcome.CallProposed(number, "", made.tool(), with));
    if (missing.isEmpty()) {
      step.emit(new Outcome.CallAccepted(number, with)); // judged in full at dispatch
    } else {
      step.emit(new Outcome.CallRefused(number, new Refusal("with", missing)));
    }
  }

  // ---- the reply

  static void reply(Step step, long question, Reply reply) {
    String fault = Faults.of(reply);
    if (!fault.isEmpty()) {
      step.emit(new Outcome.ReplyFaulty(question, reply, fault));
      step.tell("Your last reply could not be used: " + fault + ".", true);
      closeIfSpent(step);
      progress(step);
      return;
    }
    step.emit(new Outcome.ReplyTaken(question, reply));
    List<Reply.Call> calls = reply.parts().stream().flatMap(Turns::calls).toList();
    boolean quiet = !calls.isEmpty() && step.state() instanceof State.Agent agent && agent.quiet();
    for (Reply.Part part : reply.parts()) {
      if (!quiet && part instanceof Reply.Text(String text) && !text.isBlank()) {
        step.emit(new Outcome.Said(text));
      }
    }
    closeIfSpent(step);
    judge(step, calls);
    progress(step);
  }

  private static Stream<Reply.Call> calls(Reply.Part part) {
    return part instanceof Reply.Call call ? Stream.of(call) : Stream.empty();
  }

  /** Judges the calls of a reply in order, for the first time. */
  private static void judge(Step step, List<Reply.Call> calls) {
    boolean stopped = false;
    boolean parking = false;
    long limit = callsPerTurn(step);
    int first = step.instance().numbers() + 1;
    for (int i = 0; i < calls.size(); i++) {
      Reply.Call call = calls.get(i);
      int number = first + i;
      Map<String, Object> proposed;
      String outOfRange = "";
      try {
        proposed = Json.parseObject(call.arguments());
      } catch (JsonException e) {
        proposed = Map.of(); // malformed ones made the reply faulty: this is a number out of range
        outOfRange = String.valueOf(e.getMessage());
      }
      String name = Contract.tool(step.machine(), call.tool()).map(Tool::name).orElse(call.tool());
      step.emit(new Outcome.CallProposed(number, call.id(), name, proposed));
      if (step.turn().closing() != null) {
        step.emit(new Outcome.CallWithdrawn(number, "the turn was closed"));
      } else if (stopped) {
        step.emit(new Outcome.CallWithdrawn(number, "a call before it did not succeed"));
      } else if (i >= limit) {
        refuse(step, number, new Refusal(Limits.CALLS_PER_TURN_RULE, "at most " + limit));
      } else if (!outOfRange.isEmpty()) {
        refuse(step, number, new Refusal("arguments", outOfRange));
        stopped = !Effects.read(step.machine(), name);
      } else if (BuiltIn.of(name).isPresent()) {
        if (parking) {
          step.emit(new Outcome.CallWithdrawn(number, "a call before it waits for a person"));
        } else {
          builtIn(step, number, BuiltIn.of(name).get(), proposed);
        }
      } else {
        switch (judge(step, number, name, proposed)) {
          case Judgement.Accepted(Map<String, Object> args, var counted, var asks) -> {
            step.emit(new Outcome.CallAccepted(number, args));
            parking |= !asks.isEmpty();
          }
          case Judgement.Refused(Refusal refusal) -> {
            refuse(step, number, refusal);
            stopped = !Effects.read(step.machine(), name);
          }
        }
      }
    }
  }

  private static long callsPerTurn(Step step) {
    Decimal own = Limits.state(step.machine(), step.instance(), Budget.CALLS_PER_TURN);
    Decimal all = Limits.machine(step.machine(), step.instance(), Budget.CALLS_PER_TURN);
    Decimal limit = own != null ? own : all;
    return limit == null ? Long.MAX_VALUE : limit.value().longValue();
  }

  private static Judgement judge(Step step, int number, String name, Map<String, Object> proposed) {
    CallJudge judge = new CallJudge(step.machine(), step.instance(), step.scope(), number);
    Judgement judgement =
        step.machine().observes() && byModel(step, number)
            ? Observing.judge(step, number, judge, name, proposed)
            : judge.judge(name, proposed);
    judge.verdicts().forEach(step::emit);
    return judgement;
  }

  /** The machine's own calls have no id. */
  private static boolean byModel(Step step, int number) {
    return step.turn().calls().stream()
        .anyMatch(call -> call.number() == number && !call.id().isEmpty());
  }

  private static void refuse(Step step, int number, Refusal refusal) {
    List<String> moves = Contract.moves(step.machine(), step.state());
    step.emit(new Outcome.CallRefused(number, new Refusal(refusal.rule(), refusal.why(), moves)));
    if (refusal.rule().equals(Limits.TOOL_CALLS_RULE)) {
      close(step, Closing.BUDGET, Reason.TOOL_CALLS.word(), refusal.why());
    }
  }

  // ---- built-ins

  private static void builtIn(
      Step step, int number, BuiltIn builtIn, Map<String, Object> arguments) {
    switch (builtIn) {
      case RECORD -> record(step, number, arguments);
      case RECALL -> {
        Object of = arguments.get("call");
        Object offset = arguments.getOrDefault("offset", 0L);
        if (of instanceof Long call
            && offset instanceof Long from
            && call > 0
            && call <= step.instance().numbers()
            && from >= 0) {
          step.emit(new Outcome.Recalled(number, call.intValue(), from));
        } else {
          refuse(
              step,
              number,
              new Refusal(BuiltIn.RECALL.word(), "expected {call: NUMBER, offset: CHARACTERS}"));
        }
      }
      case TAKE_BACK -> {
        Object of = arguments.get("call");
        boolean parked =
            of instanceof Long call
                && step.instance().parked().stream().anyMatch(p -> p.number() == call);
        if (parked && of instanceof Long call) {
          People.end(
              step,
              call.intValue(),
              Outcome.ParkedEnded.How.TAKEN_BACK,
              "taken back by the agent",
              false);
          step.emit(new Outcome.BuiltInApplied(number, "no. %d is taken back".formatted(call)));
        } else {
          refuse(
              step,
              number,
              new Refusal(BuiltIn.TAKE_BACK.word(), "no parked call has that number"));
        }
      }
    }
  }

  /** Atomic: all of the values fit and are set, or none is. */
  private static void record(Step step, int number, Map<String, Object> values) {
    Machine machine = step.machine();
    List<String> allowed =
        step.state() instanceof State.Agent agent ? agent.record() : List.<String>of();
    Map<String, Object> fits = new LinkedHashMap<>();
    // in the order of the journal, which keeps none: deciding anew must give the same
    for (Map.Entry<String, Object> value : new TreeMap<>(values).entrySet()) {
      String name = value.getKey();
      if (!allowed.contains(name)) {
        String rule = machine.context().containsKey(name) ? "record " + name : "record";
        String why =
            "%s is not recorded in %s, %s"
                .formatted(
                    Refusal.shortened(name),
                    step.state().name(),
                    allowed.isEmpty() ? "nothing is" : "only " + String.join(", ", allowed));
        refuse(step, number, new Refusal(rule, why));
        return;
      }
      switch (Values.fit(
          machine.field(name), step.instance().facts().get(name), value.getValue())) {
        case Values.Fit.Fits(Object fit) -> fits.put(name, fit);
        case Values.Fit.Misfit(String why) -> {
          refuse(step, number, new Refusal("record " + name, why));
          return;
        }
      }
      Field field = machine.field(name);
      if (field.source() instanceof Source.User
          && Values.said(step, field, fits.get(name)) == null) {
        refuse(step, number, new Refusal("said " + name, notSaid(field)));
        return;
      }
    }
    if (fits.isEmpty()) {
      refuse(step, number, new Refusal(BuiltIn.RECORD.word(), "no value was given"));
      return;
    }
    fits.forEach((name, value) -> Values.file(step, machine.field(name), value));
    step.emit(new Outcome.BuiltInApplied(number, "recorded " + String.join(", ", fits.keySet())));
    People.refresh(step);
  }

  private static String notSaid(Field field) {
    return field.byFormOnly()
        ? "only the user fills it in, by the form"
        : "the user has not typed this value, as it is: ask for it";
  }

  // ---- calls under way

  /** Carries the turn on as far as it goes without waiting, to its end if it can. */
  static void progress(Step step) {
    while (step.running()) {
      apply(step);
      if (step.turn().closing() != null) {
        abandon(step);
        apply(step);
      }
      Turn turn = step.turn();
      if (turn.open()) {
        return;
      }
      boolean settled = turn.calls().stream().allMatch(call -> call.stage().settled());
      if (settled) {
        end(step);
        return;
      }
      if (turn.calls().stream().anyMatch(call -> call.stage() == Stage.UNKNOWN)) {
        return; // its probe, a late answer or a person settles it
      }
      if (!dispatchNext(step)) {
        return;
      }
    }
  }

  /** Ends a turn that is held by a call whose outcome nothing will tell. */
  static void giveUp(Step step) {
    withdrawUndispatched(step, "the outcome of a call before it is unknown");
    apply(step, true);
    end(step);
  }

  /** Dispatches what can go out now; false if something must settle first. */
  private static boolean dispatchNext(Step step) {
    boolean together = together(step);
    boolean any = false;
    for (Call call : step.turn().calls()) {
      if (call.stage() == Stage.DISPATCHED && !together) {
        return any;
      }
      if (call.stage() == Stage.ACCEPTED) {
        dispatch(step, call, null);
        any = true;
        if (!together || step.turn().closing() != null) {
          return true;
        }
      }
    }
    return any;
  }

  /**
   * Whether the calls of the turn are reads that nobody must be asked about. One that makes facts
   * stale must not: what another brings meanwhile would be filed after they were forgotten.
   */
  private static boolean together(Step step) {
    for (Call call : step.turn().calls()) {
      boolean counts =
          BuiltIn.of(call.tool()).isEmpty()
              && call.stage() != Stage.REFUSED
              && call.stage() != Stage.WITHDRAWN;
      if (counts
          && (!Effects.read(step.machine(), call.tool())
              || !step.machine().tool(call.tool()).forgets().isEmpty()
              || Contract.asks(step.machine(), call.tool(), step.instance().state()))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Judges a call again, in full, and sends it on its way, or parks it until everybody who must be
   * asked has said yes.
   *
   * @param approved what people said yes to, or null if they were not asked yet
   */
  static void dispatch(Step step, Call call, @Nullable Parked approved) {
    int number = call.number();
    switch (judge(step, number, call.tool(), call.proposed())) {
      case Judgement.Accepted(Map<String, Object> args, List<String> counted, var asks) -> {
        if (approved != null && !args.equals(call.args())) {
          refuse(
              step, number, new Refusal("approval", "the arguments are no longer those approved"));
          return;
        }
        if (!args.equals(call.args())) {
          step.emit(new Outcome.CallAccepted(number, args));
        }
        if (!asks.isEmpty()) {
          Parked asked = People.asked(step, number, asks, approved);
          if (!asked.approved()) {
            park(step, asked);
            return;
          }
        }
        boolean waits = step.turn().calls().stream().anyMatch(c -> c.stage() == Stage.PARKED);
        if (waits) {
          step.emit(new Outcome.CallWithdrawn(number, "a call before it waits for a person"));
          return;
        }
        step.emit(
            new Outcome.CallDispatched(
                number,
                step.key(),
                step.now(),
                step.now().plus(step.machine().tool(call.tool()).timeout()),
                counted));
        Values.forget(step, call.tool());
      }
      case Judgement.Refused(Refusal refusal) -> {
        refuse(step, number, refusal);
        if (!Effects.read(step.machine(), call.tool())) {
          withdrawUndispatched(step, "a call before it did not succeed");
        }
      }
    }
  }

  private static void park(Step step, Parked asked) {
    if (step.instance().parked().size() < Parked.MAX) {
      People.park(step, asked);
    } else {
      String why = "%d calls wait".formatted(Parked.MAX);
      refuse(step, asked.number(), new Refusal("max parked", why));
    }
  }

  private static void withdrawUndispatched(Step step, String why) {
    for (Call call : step.turn().calls()) {
      if (call.stage() == Stage.ACCEPTED || call.stage() == Stage.PROPOSED) {
        step.emit(new Outcome.CallWithdrawn(call.number(), why));
      }
    }
  }

  static void returned(Step step, Call call, Result result) {
    if (result.misfit() != null && Effects.read(step.machine(), call.tool())) {
      failed(step, call, "its result does not fit: " + result.misfit());
      return;
    }
    step.emit(new Outcome.CallReturned(call.number(), result));
    progress(step);
  }

  static void failed(Step step, Call call, String why) {
    step.emit(new Outcome.CallFailed(call.number(), why));
    if (!Effects.read(step.machine(), call.tool())) {
      withdrawUndispatched(step, "a call before it did not succeed");
    }
    progress(step);
  }

  static void unknown(Step step, Call call, String why) {
    if (Effects.read(step.machine(), call.tool())) {
      failed(step, call, why);
      return;
    }
    step.emit(new Outcome.CallUnknown(call.number(), why));
    withdrawUndispatched(step, "the outcome of a call before it is unknown");
    if (step.machine().tool(call.tool()).probe() == null) {
      giveUp(step);
    }
  }

  /** Counts and files what has settled, in the order of the calls. */
  private static void apply(Step step) {
    apply(step, false);
  }

  private static void apply(Step step, boolean pastUnknown) {
    boolean overMany = false;
    for (Call call : step.turn().calls()) {
      if (call.applied()) {
        overMany |= overMany(call);
        continue;
      }
      boolean error = false;
      boolean success = false;
      switch (call.stage()) {
        case PROPOSED, ACCEPTED, DISPATCHED -> {
          return;
        }
        case UNKNOWN -> {
          if (pastUnknown) {
            label(step, call);
            continue;
          }
          return;
        }
        case RETURNED -> {
          success = BuiltIn.of(call.tool()).isEmpty();
          label(step, call);
          String misfit =
              call.result() == null ? "" : Values.file(step, call.tool(), call.result());
          if (!misfit.isEmpty()) {
            close(step, Closing.FAULT, Reason.MISFIT.word(), call.tool() + ": " + misfit);
          }
        }
        case FAILED -> {
          error = true;
          label(step, call);
          if (!call.counted().isEmpty()) {
            step.emit(new Outcome.CountGivenBack(call.number(), call.counted()));
          }
        }
        case REFUSED -> error = !(overMany(call) && overMany);
        case WITHDRAWN, PARKED -> {}
      }
      overMany |= overMany(call);
      step.emit(new Outcome.CallApplied(call.number(), error, success));
      closeIfSpent(step);
    }
  }

  /** Of a call that went out: also its error was written by whoever answered. */
  static void label(Step step, Call call) {
    Tool tool = step.machine().tools().get(call.tool());
    List<String> before = step.instance().labels();
    List<String> more =
        tool == null || call.dispatchedAt() == null
            ? List.of()
            : tool.labels().stream().map(Label::word).filter(l -> !before.contains(l)).toList();
    if (!more.isEmpty()) {
      step.emit(new Outcome.Labelled(call.number(), more));
    }
  }

  private static boolean overMany(Call call) {
    return call.refusal() != null && call.refusal().rule().equals(Limits.CALLS_PER_TURN_RULE);
  }

  // ---- closing and ending

  static void closeIfSpent(Step step) {
    Limits.closing(step.machine(), step.instance())
        .ifPresent(budget ->
            close(step, Closing.BUDGET, Limits.reason(budget).word(), budget + " are used up"));
  }

  /** Marks the turn as closing; what is worse replaces what was there. */
  static void close(Step step, Closing why, String name, String detail) {
    Closing already = step.turn().closing();
    if (already == null || why.compareTo(already) > 0) {
      step.emit(new Outcome.TurnClosing(why, name, detail));
    }
  }

  /**
   * Whether what arrives may close the turn now: a dispatched call of the machine itself is never
   * interrupted.
   */
  static boolean interruptible(Step step) {
    return !(step.state() instanceof State.Call)
        || step.turn().calls().stream()
            .noneMatch(c -> c.stage() == Stage.DISPATCHED || c.stage() == Stage.UNKNOWN);
  }

  private static void abandon(Step step) {
    Turn turn = step.turn();
    if (turn.open()) {
      step.emit(new Outcome.QuestionLost(turn.question(), "the turn was closed"));
    }
    for (Call call : turn.calls()) {
      boolean inFlight = call.stage() == Stage.DISPATCHED;
      boolean undispatched = call.stage() == Stage.ACCEPTED || call.stage() == Stage.PROPOSED;
      if (undispatched
          || (inFlight
              && !(step.state() instanceof State.Call)
              && Effects.read(step.machine(), call.tool()))) {
        step.emit(new Outcome.CallWithdrawn(call.number(), "the turn was closed"));
      }
    }
  }

  /** Step 6 of DESIGN 3.1. */
  private static void end(Step step) {
    Turn turn = step.turn();
    if (turn.kind() == Kind.APPROVED) {
      turn.calls()
          .forEach(call -> step.tell(Notices.ofApproved(call), call.stage() != Stage.PARKED));
    }
    step.emit(new Outcome.TurnEnded());
    Optional<Call> unknown =
        turn.calls().stream().filter(call -> call.stage() == Stage.UNKNOWN).findFirst();
    if (unknown.isPresent()) {
      Moves.escalate(
          step,
          Reason.OUTCOME_UNKNOWN,
          unknown.get().tool(),
          "no. %d: %s".formatted(unknown.get().number(), unknown.get().note()));
      return;
    }
    if (turn.closing() == Closing.BUDGET || turn.closing() == Closing.FAULT) {
      Reason reason = Reason.of(turn.closingName()).orElseThrow();
      Moves.escalate(step, reason, turn.closingName(), turn.closingDetail());
      return;
    }
    if (step.state() instanceof State.Call state) {
      endOfCall(step, state, turn);
      return;
    }
    boolean quiet = turn.kind() == Kind.QUESTION && !turn.proposedAny() && !turn.faulty();
    if (!Moves.settle(step, quiet && turn.closing() == null)) {
      Turns.rest(step, turn.proposedAny());
    }
  }

  private static void endOfCall(Step step, State.Call state, Turn turn) {
    List<Stage> stages = turn.calls().stream().map(Call::stage).toList();
    if (stages.contains(Stage.PARKED)
        || (turn.closing() != null && stages.contains(Stage.WITHDRAWN))) {
      Moves.settle(step, false);
    } else if (!stages.isEmpty() && stages.stream().allMatch(s -> s == Stage.RETURNED)) {
      Moves.move(step, state.ok(), "ok");
    } else {
      Moves.move(step, state.failed(), "failed");
    }
  }

  /** Whether a field is filled from a tool. */
  static boolean fills(Machine machine, String tool) {
    return machine.context().values().stream().anyMatch(field -> field.from().contains(tool));
  }
}
