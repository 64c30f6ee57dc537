package dev.interlock.core.counterexample;

import dev.interlock.core.counterexample.Route.Leg;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Timer;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What may be done to an instance that is on its way along a route. */
final class Acts {
  /** The most combinations of values that are tried in one place. */
  private static final int MOST = 24;

  /** The same, where two things are done in one reply. */
  private static final int FEW = 6;

  private static final Principal OPERATOR = new Principal("operator", List.of(Principal.OPERATOR));

  private final Machine machine;
  private final Suggested suggested;

  /**
   * Where a run is.
   *
   * @param ahead the tools that the model calls, the most promising first; null means any
   */
  record Moment(Instance it, Instant now, Leg leg, @Nullable List<String> ahead) {
    String id() {
      return "sent-" + (it.seq() + 1);
    }

    /** The question that is open; 0 if none is. */
    long question() {
      return it.turn() != null && it.turn().open() ? it.turn().question() : 0;
    }
  }

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
        starts.add(new Occurrence.Started("start", Counterexample.START, caller, caller, values));
      }
    }
    return starts;
  }

  // ---- what comes next

  /** Whatever may be done now, as far as it may lead along; tools answer before anything else. */
  List<Occurrence> of(Moment at) {
    List<Occurrence> all = new ArrayList<>();
    Instance it = at.it();
    List<Call> out = it.liveCalls().filter(call -> call.stage() == Call.Stage.DISPATCHED).toList();
    if (!out.isEmpty()) {
      reports(at, out.getFirst(), all);
      return all;
    }
    if (it.inEscalation() && it.escalated() != null && it.escalated().ticket() == null) {
      all.add(new Occurrence.TicketOpened(at.now(), it.escalated().number(), "ticket"));
      return all;
    }
    if (machine.state(it.state()) instanceof State.Agent agent) {
      agent(at, agent, all);
    }
    it.parked().forEach(parked -> allowed(at, parked).ifPresent(all::add));
    if (it.approval() != null && machine.state(it.state()) instanceof State.Approval approval) {
      answers(at, it.approval(), approval, all);
    }
    events(at, all);
    it.timers().values().stream()
        .min(Comparator.comparing(Timer::due).thenComparing(Timer::id))
        .map(timer -> new Occurrence.TimerFired(later(at.now(), timer.due()), timer.id()))
        .ifPresent(all::add);
    it.liveCalls()
        .filter(call -> call.stage() == Call.Stage.UNKNOWN)
        .forEach(call -> settled(at, call, all));
    return all;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  // ---- the model, and the caller

  private void agent(Moment at, State.Agent state, List<Occurrence> all) {
    Choices form = new Choices();
    Choices documents = new Choices();
    for (String name : state.record()) {
      Field field = machine.field(name);
      if (field.source() instanceof Source.User && field.type() instanceof Type.Document) {
        documents.add(name, Suggested.documents(field));
      } else if (field.source() instanceof Source.User) {
        form.add(name, suggested.options(field, at.it().facts().get(name), at.leg()));
      }
    }
    if (at.it().turn() == null) {
      all.add(message(at, suggested.typed(at.leg()), null, null));
    }
    form.first(MOST).stream()
        .filter(values -> !values.isEmpty())
        .forEach(values -> all.add(message(at, "", values, null)));
    documents.first(1).stream()
        .filter(sent -> !sent.isEmpty())
        .forEach(sent -> all.add(message(at, "", null, sent)));
    if (at.question() > 0) {
      replies(at, state).forEach(reply -> all.add(replied(at, reply)));
      if (at.leg().over() == Reason.MODEL || at.ahead() == null) {
        all.add(unreachable(at));
      }
      if (at.leg().over() == Reason.CONTEXT_OVERFLOW) {
        all.add(new Occurrence.QuestionOverflowed(at.now(), at.question(), 9_000_000, "too long"));
      }
    }
  }

  private static Occurrence message(
      Moment at,
      String text,
      @Nullable Map<String, Object> form,
      @Nullable Map<String, Object> documents) {
    return new Occurrence.MessageSent(at.id(), at.now(), at.it().caller(), text, form, documents);
  }

  private static Occurrence unreachable(Moment at) {
    return new Occurrence.QuestionFailed(at.now(), at.question(), "it cannot be reached");
  }

  private static Occurrence replied(Moment at, List<Reply.Call> calls) {
    List<Reply.Part> parts = new ArrayList<>(calls);
    if (calls.isEmpty()) {
      parts.add(new Reply.Text("Well."));
    }
    Reply.Usage usage = new Reply.Usage(1, 0, BigDecimal.ZERO);
    Reply.Stop stop = calls.isEmpty() ? Reply.Stop.END : Reply.Stop.CALLS;
    return new Occurrence.QuestionReplied(
        at.now(), at.question(), new Reply(parts, stop, "model", usage));
  }

  private List<List<Reply.Call>> replies(Moment at, State.Agent state) {
    List<List<Reply.Call>> all = new ArrayList<>();
    List<Reply.Call> called = new ArrayList<>();
    for (String tool : at.ahead() == null ? state.tools() : at.ahead()) {
      List<Reply.Call> some = calls(machine.tool(tool));
      some.forEach(call -> all.add(List.of(call)));
      some.stream().limit(FEW).forEach(called::add);
    }
    List<Reply.Call> records = records(at, state);
    records.forEach(record -> all.add(List.of(record)));
    all.add(List.of());
    records.stream()
        .limit(FEW)
        .forEach(record -> called.forEach(call -> all.add(List.of(record, call))));
    for (Reply.Call one : called) { // where the first alone would lead on
      called.stream()
          .limit(FEW)
          .forEach(
              other -> all.add(List.of(one, new Reply.Call("b", other.tool(), other.arguments()))));
    }
    return all;
  }

  private List<Reply.Call> records(Moment at, State.Agent state) {
    Choices record = new Choices();
    for (String name : state.record()) {
      if (machine.field(name).source() instanceof Source.Agent) {
        record.add(
            name, suggested.options(machine.field(name), at.it().facts().get(name), at.leg()));
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
  @Nullable Occurrence spending(Moment at) {
    @Nullable Reason over = at.leg().over();
    if (!(machine.state(at.it().state()) instanceof State.Agent state) || over == null) {
      return null;
    }
    if (at.it().turn() == null) {
      return message(at, "hello", null, null);
    }
    if (at.question() == 0) {
      List<Occurrence> next = of(at);
      return next.isEmpty() ? null : next.getFirst();
    }
    return switch (over) {
      case TURNS -> // without ending the turn, if that leads on
          replied(
              at,
              state.otherwise() == null
                  ? List.of()
                  : Stream.concat(
                          records(at, state).stream(),
                          state.tools().stream().flatMap(it -> calls(machine.tool(it)).stream()))
                      .limit(1)
                      .toList());
      case ERRORS, TOTAL_ERRORS -> replied(at, List.of(new Reply.Call("e", "no_such_tool", "{}")));
      case TOOL_CALLS ->
          state.tools().stream()
              .flatMap(tool -> calls(machine.tool(tool)).stream().limit(1))
              .findFirst()
              .map(call -> replied(at, List.of(call)))
              .orElse(null);
      case MODEL -> unreachable(at);
      default -> null;
    };
  }

  // ---- tools

  private void reports(Moment at, Call call, List<Occurrence> all) {
    Tool tool = machine.tool(call.tool());
    for (Object answer : suggested.answers(call, at.it(), at.leg())) {
      all.add(new Occurrence.CallReturned(at.now(), call.number(), suggested.result(call, answer)));
    }
    all.add(new Occurrence.CallFailed(at.now(), call.number(), "it failed"));
    @Nullable Reason over = at.leg().over();
    boolean any = at.ahead() == null;
    if ((any || over == Reason.OUTCOME_UNKNOWN) && tool.effect() != EffectClass.READ) {
      all.add(new Occurrence.CallUnknown(at.now(), call.number(), "it fell silent"));
    }
    if (any || over == Reason.TOOL_DRIFT) {
      all.add(new Occurrence.CallDrifted(at.now(), call.number(), "its schema changed"));
    }
    if (any || over == Reason.MISFIT) {
      all.add(
          new Occurrence.CallReturned(at.now(), call.number(), suggested.result(call, List.of())));
    }
  }

  /** Somebody says that a call of unknown outcome happened after all. */
  private void settled(Moment at, Call call, List<Occurrence> all) {
    for (Object answer : suggested.answers(call, at.it(), at.leg())) {
      all.add(
          new Occurrence.Resolved(
              at.id(), at.now(), OPERATOR, call.number(), true, suggested.result(call, answer)));
    }
  }

  // ---- people

  /** What must be done for a call that waits to go out; null if none waits. */
  static @Nullable Occurrence allowed(Moment at) {
    List<Parked> all = at.it().parked();
    return !all.isEmpty() && at.question() > 0
        ? replied(at, List.of())
        : all.stream().flatMap(parked -> allowed(at, parked).stream()).findFirst().orElse(null);
  }

  private static Optional<Occurrence> allowed(Moment at, Parked parked) {
    return parked.asks().stream()
        .filter(ask -> !ask.answered())
        .findFirst()
        .map(ask ->
            new Occurrence.Answered(
                at.id(),
                at.now(),
                ask.role().equals(Rule.Ask.USER) ? at.it().caller() : one(ask.role(), ask.yes()),
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

  private void answers(Moment at, Approval open, State.Approval state, List<Occurrence> all) {
    List<String> before = open.given().stream().map(Approval.Given::by).toList();
    state
        .answers()
        .forEach((word, answer) -> {
          Choices form = new Choices();
          for (String name : answer.fills()) {
            form.add(name, suggested.values(machine.field(name), at.leg()));
          }
          for (Map<String, Object> values : form.first(MOST)) {
            Principal by = one(open.role(), before);
            all.add(
                new Occurrence.Answered(
                    at.id(), at.now(), by, open.number(), open.hash(), word, values));
          }
        });
  }

  private void events(Moment at, List<Occurrence> all) {
    Set<String> names = new LinkedHashSet<>(machine.state(at.it().state()).frame().on().keySet());
    names.addAll(machine.anywhere().on().keySet());
    for (String name : names) {
      @Nullable EventType type = machine.events().get(name);
      if (type != null && !type.by().isEmpty()) { // else an operator's alone
        Principal by =
            type.by().contains(EventType.CALLER)
                ? at.it().caller()
                : one(type.by().getFirst(), List.of());
        for (Object payload : suggested.payloads(type, at.it(), at.leg())) {
          all.add(
              new Occurrence.EventSent(
                  at.id(), at.now(), by, name, type.payload() == null ? null : payload));
        }
      }
    }
  }
}
