package dev.interlock.core.counterexample;

import dev.interlock.core.counterexample.Route.Leg;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Type;
import dev.interlock.core.prompt.Reply;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What may be done to an instance that is on its way along a route. */
final class Acts {
  /** The most combinations of values that are tried in one place. */
  private static final int MOST = 24;

  /** The same, where two things are done in one reply. */
  private static final int FEW = 6;

  private static final Principal OPERATOR =
      new Principal("operator", List.of(Principal.OPERATOR));

  private final Machine machine;
  private final Suggested suggested;

  Acts(Machine machine, Suggested suggested) {
    this.machine = machine;
    this.suggested = suggested;
  }

  // ---- the start

  /** Each start of an instance. */
  List<Occurrence> starts(Leg first) {
    Choices input = new Choices();
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Input) {
        input.add(field.name(), suggested.options(field, null, first));
      }
    }
    List<Occurrence> starts = new ArrayList<>();
    for (Principal caller : suggested.callers(first)) {
      for (Map<String, Object> values : input.first(MOST)) {
        starts.add(
            new Occurrence.Started("start", Counterexample.START, caller, caller, values));
      }
    }
    return starts;
  }

  // ---- what comes next

  /**
   * Whatever may be done now, as far as it may lead along; tools answer before anything else.
   *
   * @param ahead the tools that the model calls, the most promising first; null means any
   */
  List<Occurrence> of(Instance it, Instant now, Leg leg, @Nullable List<String> ahead) {
    List<Occurrence> all = new ArrayList<>();
    List<Call> out =
        it.liveCalls().filter(call -> call.stage() == Call.Stage.DISPATCHED).toList();
    if (!out.isEmpty()) {
      reports(it, out.getFirst(), now, leg, all);
      return all;
    }
    if (it.inEscalation() && it.escalated() != null && it.escalated().ticket() == null) {
      all.add(new Occurrence.TicketOpened(now, it.escalated().number(), "ticket"));
      return all;
    }
    if (machine.state(it.state()) instanceof State.Agent agent) {
      agent(it, agent, now, leg, ahead == null ? agent.tools() : ahead, all);
    }
    it.parked().forEach(parked -> allowed(it, parked, now).ifPresent(all::add));
    if (it.approval() != null && machine.state(it.state()) instanceof State.Approval approval) {
      answers(it, it.approval(), approval, now, leg, all);
    }
    events(it, now, leg, all);
    it.timers().values().stream()
        .min(Comparator.comparing(Timer::due).thenComparing(Timer::id))
        .map(timer -> new Occurrence.TimerFired(later(now, timer.due()), timer.id()))
        .ifPresent(all::add);
    it.liveCalls()
        .filter(call -> call.stage() == Call.Stage.UNKNOWN)
        .forEach(call -> settled(it, call, now, leg, all));
    return all;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static String id(Instance it) {
    return "sent-" + (it.seq() + 1);
  }

  // ---- the model, and the caller

  private void agent(
      Instance it,
      State.Agent state,
      Instant now,
      Leg leg,
      List<String> ahead,
      List<Occurrence> all) {
    Choices form = new Choices();
    Choices documents = new Choices();
    for (String name : state.record()) {
      Field field = machine.field(name);
      if (field.source() instanceof Source.User && field.type() instanceof Type.Document) {
        documents.add(name, Suggested.documents(field));
      } else if (field.source() instanceof Source.User) {
        form.add(name, suggested.options(field, it.facts().get(name), leg));
      }
    }
    @Nullable Turn turn = it.turn();
    if (turn == null) {
      all.add(message(it, now, suggested.typed(leg), null));
    }
    form.first(MOST).stream()
        .filter(values -> !values.isEmpty())
        .forEach(values -> all.add(message(it, now, "", values)));
    documents.first(1).stream()
        .filter(values -> !values.isEmpty())
        .map(sent -> new Occurrence.MessageSent(id(it), now, it.caller(), "", null, sent))
        .forEach(all::add);
    if (turn != null && turn.open()) {
      replies(it, state, leg, ahead).forEach(reply -> all.add(replied(it, now, reply)));
      if (leg.over() == Reason.MODEL) {
        all.add(new Occurrence.QuestionFailed(now, turn.question(), "it cannot be reached"));
      } else if (leg.over() == Reason.CONTEXT_OVERFLOW) {
        all.add(new Occurrence.QuestionOverflowed(now, turn.question(), 9_000_000, "too long"));
      }
    }
  }

  private static Occurrence message(
      Instance it, Instant now, String text, @Nullable Map<String, Object> form) {
    return new Occurrence.MessageSent(id(it), now, it.caller(), text, form);
  }

  private static Occurrence replied(Instance it, Instant now, List<Reply.Call> calls) {
    List<Reply.Part> parts = new ArrayList<>(calls);
    if (calls.isEmpty()) {
      parts.add(new Reply.Text("Well."));
    }
    long question = it.turn() == null ? 0 : it.turn().question();
    Reply.Usage usage = new Reply.Usage(1, 0, BigDecimal.ZERO);
    Reply.Stop stop = calls.isEmpty() ? Reply.Stop.END : Reply.Stop.CALLS;
    return new Occurrence.QuestionReplied(now, question, new Reply(parts, stop, "model", usage));
  }

  private List<List<Reply.Call>> replies(
      Instance it, State.Agent state, Leg leg, List<String> ahead) {
    List<List<Reply.Call>> all = new ArrayList<>();
    List<Reply.Call> called = new ArrayList<>();
    for (String tool : ahead) {
      List<Reply.Call> some = calls(machine.tool(tool));
      some.forEach(call -> all.add(List.of(call)));
      some.stream().limit(FEW).forEach(called::add);
    }
    List<Reply.Call> records = records(it, state, leg);
    records.forEach(record -> all.add(List.of(record)));
    all.add(List.of());
    records.stream()
        .limit(FEW)
        .forEach(record -> called.forEach(call -> all.add(List.of(record, call))));
    for (Reply.Call one : called) { // where the first alone would lead on
      called.stream()
          .limit(FEW)
          .forEach(
              other ->
                  all.add(List.of(one, new Reply.Call("b", other.tool(), other.arguments()))));
    }
    return all;
  }

  private List<Reply.Call> records(Instance it, State.Agent state, Leg leg) {
    Choices record = new Choices();
    for (String name : state.record()) {
      if (machine.field(name).source() instanceof Source.Agent) {
        record.add(name, suggested.options(machine.field(name), it.facts().get(name), leg));
      }
    }
    return record.first(MOST).stream()
        .filter(values -> !values.isEmpty())
        .map(values -> new Reply.Call("r", "record", Json.write(values)))
        .toList();
  }

  private List<Reply.Call> calls(Tool tool) {
    return suggested.arguments(tool).first(MOST).stream()
        .map(args -> new Reply.Call("a", tool.name(), Json.write(args)))
        .toList();
  }

  /** What is done again and again to spend a budget; null if nothing is. */
  @Nullable Occurrence spending(Instance it, Instant now, Leg leg) {
    if (!(machine.state(it.state()) instanceof State.Agent state) || leg.over() == null) {
      return null;
    }
    @Nullable Turn turn = it.turn();
    if (turn == null) {
      return message(it, now, "hello", null);
    }
    if (!turn.open()) {
      List<Occurrence> next = of(it, now, leg, null);
      return next.isEmpty() ? null : next.getFirst();
    }
    return switch (leg.over()) {
      case TURNS -> replied(it, now, List.of());
      case ERRORS, TOTAL_ERRORS ->
          replied(it, now, List.of(new Reply.Call("e", "no_such_tool", "{}")));
      case TOOL_CALLS ->
          state.tools().stream()
              .flatMap(tool -> calls(machine.tool(tool)).stream().limit(1))
              .findFirst()
              .map(call -> replied(it, now, List.of(call)))
              .orElse(null);
      case MODEL -> new Occurrence.QuestionFailed(now, turn.question(), "it cannot be reached");
      default -> null;
    };
  }

  // ---- tools

  private void reports(Instance it, Call call, Instant now, Leg leg, List<Occurrence> all) {
    Tool tool = machine.tool(call.tool());
    for (Object answer : suggested.answers(call, it, leg)) {
      all.add(
          new Occurrence.CallReturned(now, call.number(), suggested.result(call, answer)));
    }
    all.add(new Occurrence.CallFailed(now, call.number(), "it failed"));
    if (leg.over() == Reason.OUTCOME_UNKNOWN && tool.effect() != EffectClass.READ) {
      all.add(new Occurrence.CallUnknown(now, call.number(), "it fell silent"));
    } else if (leg.over() == Reason.TOOL_DRIFT) {
      all.add(new Occurrence.CallDrifted(now, call.number(), "its schema changed"));
    } else if (leg.over() == Reason.MISFIT) {
      all.add(
          new Occurrence.CallReturned(now, call.number(), suggested.result(call, List.of())));
    }
  }

  /** Somebody says that a call of unknown outcome happened after all. */
  private void settled(Instance it, Call call, Instant now, Leg leg, List<Occurrence> all) {
    for (Object answer : suggested.answers(call, it, leg)) {
      all.add(
          new Occurrence.Resolved(
              id(it), now, OPERATOR, call.number(), true, suggested.result(call, answer)));
    }
  }

  // ---- people

  /** What must be done for a call that waits to go out; null if none waits. */
  @Nullable Occurrence allowed(Instance it, Instant now) {
    return !it.parked().isEmpty() && it.turn() != null && it.turn().open()
        ? replied(it, now, List.of())
        : it.parked().stream()
        .flatMap(parked -> allowed(it, parked, now).stream())
        .findFirst()
        .orElse(null);
  }

  private static Optional<Occurrence> allowed(Instance it, Parked parked, Instant now) {
    return parked.asks().stream()
        .filter(ask -> !ask.answered())
        .findFirst()
        .map(ask ->
            new Occurrence.Answered(
                id(it),
                now,
                ask.role().equals(Rule.Ask.USER) ? it.caller() : one(ask.role(), ask.yes()),
                parked.number(),
                parked.hash(),
                Occurrence.Answered.APPROVED,
                Map.of()));
  }

  /** Somebody of a role who is none of these. */
  private static Principal one(String role, List<String> others) {
    int number = 1;
    while (others.contains(role + "-" + number)) {
      number++;
    }
    return new Principal(role + "-" + number, List.of(role));
  }

  private void answers(
      Instance it,
      Approval open,
      State.Approval state,
      Instant now,
      Leg leg,
      List<Occurrence> all) {
    List<String> before = open.given().stream().map(Approval.Given::by).toList();
    state
        .answers()
        .forEach((word, answer) -> {
          Choices form = new Choices();
          for (String name : answer.fills()) {
            form.add(name, suggested.values(machine.field(name), leg));
          }
          for (Map<String, Object> values : form.first(MOST)) {
            Principal by = one(open.role(), before);
            all.add(
                new Occurrence.Answered(
                    id(it), now, by, open.number(), open.hash(), word, values));
          }
        });
  }

  private void events(Instance it, Instant now, Leg leg, List<Occurrence> all) {
    Set<String> names =
        new LinkedHashSet<>(machine.state(it.state()).frame().on().keySet());
    names.addAll(machine.anywhere().on().keySet());
    for (String name : names) {
      @Nullable EventType type = machine.events().get(name);
      if (type != null && !type.by().isEmpty()) { // else an operator's alone
        Principal by =
            type.by().contains(EventType.CALLER) ? it.caller() : one(type.by().getFirst(), List.of());
        for (Object payload : suggested.payloads(type, it, leg)) {
          all.add(
              new Occurrence.EventSent(
                  id(it), now, by, name, type.payload() == null ? null : payload));
        }
      }
    }
  }
}
