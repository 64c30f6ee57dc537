package dev.interlock.testkit.walk;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.core.prompt.Reply;
import dev.interlock.testkit.walk.Ledger.Booked;
import dev.interlock.testkit.walk.Ledger.Stage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Checks the promises from a machine and the entries of one journal, and from nothing else. It
 * keeps its own books and judges every rule again by itself; of the core it uses only what a
 * machine is made of: expressions, types and schemas.
 *
 * <p>Entries are given in order, each once. Not thread-safe.
 */
public final class PromiseChecker {
  private final Machine machine;
  private final Ledger ledger;
  private final CallChecks callChecks;
  private final FieldChecks fieldChecks;
  private final WayChecks wayChecks;
  private final SummaryChecks summaryChecks;
  private Findings findings = new Findings(0);

  public PromiseChecker(Machine machine) {
    this.machine = machine;
    this.ledger = new Ledger(machine);
    this.callChecks = new CallChecks(ledger);
    this.fieldChecks = new FieldChecks(ledger);
    this.wayChecks = new WayChecks(ledger);
    this.summaryChecks = new SummaryChecks(ledger);
  }

  /**
   * Takes the next entry.
   *
   * @param effects what is carried out because of it
   * @return the promises that it breaks; empty if all are kept
   */
  public List<Broken> check(Entry entry, List<Effect> effects) {
    findings = new Findings(entry.seq());
    callChecks.begin(findings, entry);
    fieldChecks.begin(findings, entry);
    wayChecks.begin(findings, entry);
    summaryChecks.begin(findings, entry);
    if (entry.occurrence() instanceof Occurrence.Sent sent) {
      boolean remembered =
          entry.outcomes().stream()
              .anyMatch(o ->
                  o instanceof Outcome.Remembered(String id, String print) && id.equals(sent.id()));
      ids(remembered, sent.id() + " is not remembered");
    }
    for (Outcome outcome : entry.outcomes()) {
      resting(outcome);
      take(entry, outcome);
      wayChecks.after(outcome);
    }
    wayChecks.spoken();
    fieldChecks.forgotten();
    effects(entry, effects);
    neverStuck();
    return findings.list();
  }

  // ---- what is escalated or has ended does nothing

  private void resting(Outcome outcome) {
    if (!ledger.ended && !ledger.escalated) {
      return;
    }
    boolean moves =
        switch (outcome) {
          case Outcome.TurnOpened o -> true;
          case Outcome.Asked o -> true;
          case Outcome.SummaryAsked o -> true;
          case Outcome.AskedAgain o -> true;
          case Outcome.Said o -> ledger.ended || ledger.turn != null;
          case Outcome.CallProposed o -> true;
          case Outcome.CallDispatched o -> true;
          case Outcome.CallParked o -> true;
          case Outcome.ApprovalAsked o -> true;
          case Outcome.Entered o -> ledger.ended;
          case Outcome.Ended o -> ledger.ended;
          case Outcome.MessageKept o -> ledger.ended;
          case Outcome.EventKept o -> ledger.ended;
          default -> false;
        };
    String where = ledger.ended ? "after its end" : "while escalated";
    findings.hold(!moves, Promise.REST, outcome + " " + where);
  }

  // ---- folding, each outcome checked before it is booked

  private void take(Entry entry, Outcome outcome) {
    switch (outcome) {
      case Outcome.Began(String pin, var caller) -> {
        ledger.caller = caller;
        ledger.started = entry.at();
        ids(ledger.state().isEmpty() && entry.seq() == 1, "a second beginning");
      }
      case Outcome.Remembered(String id, String print) ->
          ids(ledger.ids.add(id), id + " is taken again");
      case Outcome.Entered entered -> wayChecks.enter(entered);
      case Outcome.Migrated migrated ->
          throw new IllegalArgumentException("a walk has one machine, and this goes to another");
      case Outcome.Waited() -> {
        findings.hold(
            !(machine.state(ledger.state()) instanceof State.Agent agent && agent.autonomous())
                || ledger.at(Stage.PARKED).findAny().isPresent(),
            Promise.NEVER_STUCK,
            "the autonomous " + ledger.state() + " waits for the user");
        ledger.visit.waiting = true;
      }
      case Outcome.Ended ended -> end();
      case Outcome.FieldSet set -> fieldChecks.set(set);
      case Outcome.FieldAppended appended -> fieldChecks.append(appended);
      case Outcome.FieldCleared cleared -> fieldChecks.clear(cleared);
      case Outcome.MessageKept(Inbox.Message message) -> {
        findings.hold(
            entry.occurrence() instanceof Occurrence.MessageSent sent
                && sent.from().id().equals(ledger.caller.id())
                && sent.text().equals(message.text()),
            Promise.SOURCES,
            "a message that the caller did not write");
        ledger.messages.add(message.id());
        ledger.typed.add(message.text());
      }
      case Outcome.TextTyped(Inbox.Message message) ->
          findings.hold(
              !message.text().isBlank() && ledger.typed.contains(message.text()),
              Promise.SOURCES,
              "a text counts as typed that the caller did not write");
      case Outcome.EventKept(Inbox.Event event) -> {
        wayChecks.sent(event);
        ledger.events.put(
            event.id(), new Ledger.Waiting(event.name(), event.operator(), event.payload()));
      }
      case Outcome.EventTaken(String id, String name) -> wayChecks.taken(id, name);
      case Outcome.EventNotTaken(String id, String name) ->
          lost(ledger.events.remove(id) != null, "the event " + id + " did not wait");
      case Outcome.Noticed noticed -> {}
      case Outcome.CancelKept kept -> wayChecks.cancelled();
      case Outcome.TurnOpened(Turn.Kind kind) -> {
        question(ledger.turn == null, "a turn is opened while another one is open");
        ledger.turn = new Ledger.Open(kind);
      }
      case Outcome.Asked asked -> asked(asked);
      case Outcome.SummaryAsked it -> summaryChecks.asked(it);
      case Outcome.Summarised it -> {
        summaryChecks.made(it);
        use(it.usage());
      }
      case Outcome.SummaryFaulty it -> {
        summaryChecks.faulty(it);
        use(it.reply().usage());
      }
      case Outcome.AskedAgain it -> summaryChecks.askedAgain(it);
      case Outcome.ReplyTaken(long number, Reply reply) -> {
        reply(entry, number, reply);
        turn().proposed = reply.parts().stream().anyMatch(Reply.Call.class::isInstance);
      }
      case Outcome.ReplyFaulty(long number, Reply reply, String why) -> {
        reply(entry, number, reply);
        turn().faulty = true;
        both(Ledger.Spent::error);
      }
      case Outcome.QuestionLost(long number, String why) -> {
        closeQuestion(number);
        ledger.abandoned.add(number);
      }
      case Outcome.UsageCounted(long number, Reply.Usage usage) -> {
        boolean lost = entry.occurrence() instanceof Occurrence.ReplyLost;
        question(
            lost ? turn().open && turn().question == number : ledger.abandoned.remove(number),
            "usage of question " + number + " counts again");
        use(usage);
      }
      case Outcome.Said(String text) -> said(entry, text);
      case Outcome.TurnClosing(Turn.Closing why, String name, String detail) -> {
        wayChecks.closing(why, name);
        turn().closing = why;
        turn().closingName = name;
      }
      case Outcome.TurnEnded() -> turnEnded();
      case Outcome.CallProposed proposed -> callChecks.proposed(proposed);
      case Outcome.Ruled ruled -> {}
      case Outcome.CallAccepted accepted -> callChecks.accepted(accepted);
      case Outcome.CallRefused refused -> callChecks.refused(refused);
      case Outcome.CallDispatched dispatched -> {
        callChecks.dispatched(dispatched);
        fieldChecks.stale(dispatched.call());
        both(spent -> spent.toolCalls++);
      }
      case Outcome.BuiltInApplied(int call, String text) -> callChecks.builtIn(call);
      case Outcome.Recalled(int call, int of, long offset) -> callChecks.builtIn(call);
      case Outcome.CallReturned returned -> callChecks.returned(returned);
      case Outcome.CallFailed failed -> callChecks.failed(failed);
      case Outcome.CallUnknown unknown -> callChecks.unknown(unknown);
      case Outcome.CallWithdrawn withdrawn -> callChecks.withdrawn(withdrawn);
      case Outcome.CallApplied applied -> applied(applied);
      case Outcome.Labelled labelled -> callChecks.labelled(labelled);
      case Outcome.CountGivenBack back -> {}
      case Outcome.CallLate late -> {}
      case Outcome.CallParked parked -> callChecks.parked(parked.parked());
      case Outcome.AnswerTaken answer -> callChecks.answered(answer);
      case Outcome.ParkedEnded ended -> callChecks.parkedEnded(ended.number());
      case Outcome.ParkedReleased released -> callChecks.released(released.number());
      case Outcome.ApprovalAsked asked -> callChecks.approvalAsked(asked);
      case Outcome.ApprovalClosed closed -> callChecks.approvalClosed(closed);
      case Outcome.UnknownSettled settled -> {
        callChecks.settled(settled);
        if (settled.happened()) {
          fieldChecks.stale(settled.call());
        }
      }
      case Outcome.TimerSet(var timer) -> ledger.timers.put(timer.id(), timer);
      case Outcome.TimerCancelled(String id) -> ledger.timers.remove(id);
      case Outcome.TimerDue(var timer) -> wayChecks.due(timer);
      case Outcome.TimerDropped(String id) -> ledger.timers.remove(id);
      case Outcome.Escalation(var escalated) -> wayChecks.escalation(escalated);
      case Outcome.TicketTaken ticket -> ledger.ticketed = true;
      case Outcome.ResumeTaken(String state, var grants, var by) -> {
        grants.forEach(
            (budget, more) -> ledger.granted.merge(budget, more.value(), BigDecimal::add));
        ledger.spent.errors = 0;
      }
    }
  }

  private Ledger.Open turn() {
    Ledger.Open turn = ledger.turn;
    if (turn == null) {
      findings.broken(Promise.ONE_QUESTION, "something of a turn while none is open");
      turn = new Ledger.Open(Turn.Kind.QUESTION);
      ledger.turn = turn;
    }
    return turn;
  }

  private void ids(boolean holds, String otherwise) {
    findings.hold(holds, Promise.IDS, otherwise);
  }

  private void lost(boolean holds, String otherwise) {
    findings.hold(holds, Promise.NOTHING_LOST, otherwise);
  }

  private void question(boolean holds, String otherwise) {
    findings.hold(holds, Promise.ONE_QUESTION, otherwise);
  }

  private void both(Consumer<Ledger.Spent> count) {
    count.accept(ledger.spent);
    count.accept(ledger.visit.spent);
  }

  // ---- questions and replies

  private void asked(Outcome.Asked asked) {
    Ledger.Open turn = turn();
    question(
        turn.kind == Turn.Kind.QUESTION && turn.question == 0 && !turn.open,
        "a second question in one turn");
    question(asked.question() == ledger.questions + 1, "question " + asked.question());
    question(
        machine.state(ledger.state()) instanceof State.Agent,
        "the model is asked in " + ledger.state());
    for (Budget budget :
        List.of(Budget.TURNS, Budget.ERRORS, Budget.TOTAL_ERRORS, Budget.TOKENS, Budget.COST)) {
      findings.hold(
          !ledger.spent(budget),
          Promise.BUDGETS,
          "the model is asked though no " + budget + " left");
    }
    lost(
        asked.messages().equals(ledger.messages),
        "the question delivers %s, but %s wait".formatted(asked.messages(), ledger.messages));
    wayChecks.asked();
    ledger.messages.clear();
    ledger.questions = asked.question();
    ledger.visit.waiting = false;
    turn.question = asked.question();
    turn.open = true;
    both(spent -> spent.turns++);
  }

  private void reply(Entry entry, long number, Reply reply) {
    question(
        entry.occurrence() instanceof Occurrence.QuestionReplied replied
            && replied.question() == number
            && replied.reply().equals(reply),
        "a reply that was not given");
    question(!turn().summing, "the reply to a summary is taken for one to the question");
    closeQuestion(number);
    use(reply.usage());
  }

  private void closeQuestion(long number) {
    Ledger.Open turn = turn();
    question(turn.open && turn.question == number, "question " + number + " is not the open one");
    turn.open = false;
  }

  private void use(Reply.Usage usage) {
    both(spent -> {
      spent.tokens += usage.input() + usage.output();
      spent.cost = spent.cost.add(usage.cost());
    });
  }

  private void said(Entry entry, String text) {
    if (ledger.turn == null) {
      wayChecks.said(text);
      return;
    }
    boolean inReply =
        entry.occurrence() instanceof Occurrence.QuestionReplied replied
            && replied.reply().parts().contains(new Reply.Text(text));
    findings.hold(inReply, Promise.ONE_RESULT, "said what the model did not: " + text);
    boolean noted =
        turn().proposed
            && machine.state(ledger.state()) instanceof State.Agent agent
            && agent.quiet();
    findings.hold(!noted, Promise.WAYS, "said beside calls in the quiet " + ledger.state());
    turn().said = true;
  }

  private void turnEnded() {
    Ledger.Open turn = turn();
    question(!turn.open, "the turn ends with its question open");
    for (Booked call : turn.calls) {
      boolean settled = call.stage.done() || call.stage == Stage.UNKNOWN;
      boolean counted = call.applied || call.stage == Stage.UNKNOWN;
      findings.hold(
          settled && counted,
          Promise.ONE_RESULT,
          "the turn ends, but no. %d is %s%s"
              .formatted(call.number, call.stage, call.applied ? "" : " and not counted"));
    }
    wayChecks.turnEnded(turn);
    ledger.visit.said = turn.said;
    ledger.visit.calls = turn.calls.size();
    ledger.turn = null;
  }

  /** Whether a settled call counts as it must: an error, a success, or neither. */
  private void applied(Outcome.CallApplied applied) {
    Booked call = ledger.calls.get(applied.call());
    if (call == null || call.applied || !call.stage.done()) {
      findings.broken(Promise.ONE_RESULT, "no. " + applied.call() + " is counted out of turn");
      return;
    }
    boolean beyond = call.overMany && turn().calls.stream().anyMatch(c -> c.overMany && c.applied);
    boolean error = call.stage == Stage.FAILED || (call.stage == Stage.REFUSED && !beyond);
    boolean success = call.stage == Stage.RETURNED && machine.tools().containsKey(call.tool);
    findings.hold(
        applied.error() == error && applied.success() == success,
        Promise.BUDGETS,
        "no. %d, %s, counts as %s".formatted(call.number, call.stage, applied));
    call.applied = true;
    callChecks.told(call);
    both(spent -> {
      if (error) {
        spent.error();
      } else if (success) {
        spent.errors = 0;
      }
    });
  }

  // ---- the end

  private void end() {
    lost(ledger.events.isEmpty(), "it ends, and nothing is said of " + ledger.events);
    findings.hold(ledger.turn == null, Promise.WAYS, "it ends while a turn is open");
    wayChecks.ended();
    ledger.ended = true;
    ledger.timers.clear();
  }

  /** What goes out is what is recorded, once each. */
  private void effects(Entry entry, List<Effect> effects) {
    List<String> recorded = new ArrayList<>();
    for (Outcome outcome : entry.outcomes()) {
      if (outcome instanceof Outcome.CallDispatched dispatched) {
        Booked call = ledger.calls.get(dispatched.call());
        recorded.add(
            sending(
                dispatched.call(),
                dispatched.key(),
                call == null ? "" : call.tool,
                call == null ? Map.of() : call.args));
      }
    }
    List<String> sent = new ArrayList<>();
    for (Effect effect : effects) {
      if (effect instanceof Effect.Dispatch dispatch) {
        sent.add(sending(dispatch.call(), dispatch.key(), dispatch.tool(), dispatch.args()));
      }
    }
    findings.hold(
        recorded.equals(sent),
        Promise.ONCE,
        "recorded as dispatched %s, sent %s".formatted(recorded, sent));
    List<Long> asked = entry.outcomes().stream().flatMap(PromiseChecker::questions).toList();
    List<Long> out =
        effects.stream()
            .filter(Effect.Ask.class::isInstance)
            .map(effect -> ((Effect.Ask) effect).question())
            .toList();
    question(asked.equals(out), "recorded as asked %s, sent %s".formatted(asked, out));
  }

  private static Stream<Long> questions(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Asked it -> Stream.of(it.question());
      case Outcome.SummaryAsked it -> Stream.of(it.question());
      case Outcome.AskedAgain it -> Stream.of(it.question());
      default -> Stream.empty();
    };
  }

  private static String sending(int call, String key, String tool, Map<String, Object> args) {
    return "%d %s %s %s".formatted(call, key, tool, Json.write(args));
  }

  /** An instance that lives waits for a reply, a tool, a person or an escalation's ticket. */
  private void neverStuck() {
    if (ledger.ended || ledger.state().isEmpty()) {
      return;
    }
    Ledger.Open turn = ledger.turn;
    boolean waits =
        turn != null
            ? turn.open
                || turn.calls.stream()
                    .anyMatch(call -> call.stage == Stage.OUT || call.stage == Stage.UNKNOWN)
            : switch (machine.state(ledger.state())) {
              case State.Agent agent -> ledger.visit.waiting;
              case State.Call call -> ledger.at(Stage.PARKED).findAny().isPresent();
              case State.Approval approval -> ledger.approval != null;
              case State.Wait wait -> wayChecks.leaves(wait);
              case State.Choice choice -> false;
              case State.Escalation escalation ->
                  !ledger.ticketed || !escalation.resume().isEmpty() || anyUnknown();
              case State.Final end -> false;
            };
    findings.hold(
        waits, Promise.NEVER_STUCK, "in %s nothing will happen any more".formatted(ledger.state()));
  }

  private boolean anyUnknown() {
    return ledger.at(Stage.UNKNOWN).findAny().isPresent();
  }
}
