package dev.interlock.testkit.walk;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Type;
import dev.interlock.core.prompt.Reply;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything around an instance, and all of it hostile: a model, people, tools, an engine that is
 * late. It knows the machine and sees the instance, as an adversary with full knowledge would.
 */
final class World {
  private static final Principal CALLER =
      new Principal("ana@example.com", List.of("employee", "manager"));
  private static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));

  private final Machine machine;
  private final List<Principal> people = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();
  private final Map<String, Instant> timers = new TreeMap<>();
  private final Set<Effect> questions = new LinkedHashSet<>();
  private final Map<Integer, Effect.Dispatch> calls = new LinkedHashMap<>();
  private final Set<Effect> tickets = new LinkedHashSet<>();
  private Instant now = Instant.parse("2026-01-05T09:00:00Z");
  private int made;

  World(Machine machine) {
    this.machine = machine;
    Set<String> roles = new LinkedHashSet<>();
    for (Rule rule : machine.rules()) {
      if (rule.ask() != null) {
        roles.add(rule.ask().role());
      }
    }
    for (State state : machine.states().values()) {
      if (state instanceof State.Approval approval) {
        roles.add(approval.role());
      }
    }
    for (String event : Hostile.sorted(machine.events().keySet())) {
      EventType type = machine.events().get(event);
      roles.addAll(type == null ? List.of() : type.by());
    }
    people.add(CALLER);
    people.add(OPERATOR);
    people.add(new Principal("eve@example.com"));
    people.add(new Principal("eve@example.com", List.copyOf(roles)));
    people.add(new Principal(CALLER.id(), List.copyOf(roles)));
    roles.forEach(role -> people.add(new Principal("the " + role, List.of(role))));
  }

  Occurrence start() {
    Map<String, Object> input = new LinkedHashMap<>();
    Hostile draw = new Hostile(new Random(1), List.of());
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Input(Object standard) && standard == null) {
        input.put(field.name(), field.many() ? draw.some(field.type()) : draw.of(field.type()));
      }
    }
    return new Occurrence.Started("walk", now, CALLER, CALLER, input);
  }

  // ---- what is carried out

  void take(List<Effect> effects, Instance instance) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Ask ask -> questions.add(ask);
        case Effect.Dispatch dispatch -> calls.put(dispatch.call(), dispatch);
        case Effect.SetTimer(String timer, Instant due) -> timers.put(timer, due);
        case Effect.CancelTimer(String timer) -> timers.remove(timer);
        case Effect.OpenTicket ticket -> tickets.add(ticket);
        case Effect.AbandonQuestion abandoned -> {} // it may be answered all the same, too late
        case Effect.AbandonCall abandoned -> {}
        case Effect.Probe probe -> {}
        case Effect.Notify notify -> {}
      }
    }
    if (instance.end() != null) {
      timers.clear();
    }
  }

  /** What an engine that starts now must do, as far as this one remembers. */
  List<Effect> owed(Instance instance) {
    List<Effect> owed = new ArrayList<>();
    timers.forEach((id, due) -> owed.add(new Effect.SetTimer(id, due)));
    for (Effect question : questions) {
      if (question instanceof Effect.Ask(long number)
          && instance.turn() != null
          && instance.turn().open()
          && instance.turn().question() == number) {
        owed.add(question);
      }
    }
    for (Effect.Dispatch dispatch : calls.values()) {
      boolean open =
          instance.turn() != null
              && instance.turn().calls().stream()
                  .anyMatch(call ->
                      call.number() == dispatch.call() && call.stage() == Call.Stage.DISPATCHED);
      if (open) {
        owed.add(dispatch);
      }
    }
    for (Effect ticket : tickets) {
      boolean open =
          instance.end() == null
              && instance.inEscalation()
              && instance.escalated() != null
              && instance.escalated().ticket() == null
              && ticket instanceof Effect.OpenTicket one
              && one.escalation() == instance.escalated().number();
      if (open) {
        owed.add(ticket);
      }
    }
    return owed;
  }

  // ---- what happens next

  /** What occurs in one step: mostly one thing, sometimes several, sometimes nothing. */
  List<Occurrence> step(Random random, Instance instance) {
    Hostile draw = new Hostile(random, List.of());
    now = now.plusMillis(random.nextInt(5_000));
    List<Occurrence> occurring = new ArrayList<>();
    boolean asked = instance.turn() != null && instance.turn().open();
    int kind = random.nextInt(100);
    if (asked && kind < 55) {
      occurring.add(reply(draw, instance));
    } else if (!asked && kind < 40 && !calls.isEmpty()) {
      reports(draw, instance, occurring);
    } else if (kind < 60 && !instance.parked().isEmpty() && !draw.oneIn(3)) {
      occurring.add(answer(draw, instance));
    } else if (kind < 60) {
      occurring.add(
          new Occurrence.MessageSent(
              id(draw), now, who(draw), draw.word(), form(draw), documents(draw)));
    } else if (kind < 68) {
      occurring.add(event(draw));
    } else if (kind < 80) {
      occurring.add(answer(draw, instance));
    } else if (kind < 88) {
      time(draw, occurring);
    } else if (kind < 96) {
      steer(draw, instance, occurring);
    } else {
      occurring.add(stray(draw, instance));
    }
    return occurring;
  }

  private Principal who(Hostile draw) {
    return draw.oneIn(4) ? draw.any(people) : CALLER;
  }

  private String id(Hostile draw) {
    if (!ids.isEmpty() && draw.oneIn(12)) {
      return draw.any(ids);
    }
    made++;
    ids.add("id-" + made);
    return ids.getLast();
  }

  // ---- the model

  private Occurrence reply(Hostile draw, Instance instance) {
    long question = instance.turn() == null ? 1 : instance.turn().question();
    if (draw.oneIn(25)) {
      return new Occurrence.QuestionFailed(now, question, "overloaded");
    }
    return new Occurrence.QuestionReplied(
        now, draw.oneIn(30) ? question + 1 : question, Proposals.reply(machine, instance, draw));
  }

  // ---- tools

  private void reports(Hostile draw, Instance instance, List<Occurrence> occurring) {
    List<Effect.Dispatch> all = new ArrayList<>(calls.values());
    List<Effect.Dispatch> open =
        all.stream()
            .filter(one ->
                instance
                    .liveCalls()
                    .anyMatch(call ->
                        call.number() == one.call()
                            && (call.stage() == Call.Stage.DISPATCHED
                                || call.stage() == Call.Stage.UNKNOWN)))
            .toList();
    Effect.Dispatch dispatch = open.isEmpty() || draw.oneIn(12) ? draw.any(all) : draw.any(open);
    Call call =
        instance
            .liveCalls()
            .filter(live -> live.number() == dispatch.call())
            .findFirst()
            .orElse(null);
    int number = dispatch.call();
    boolean unknown = call != null && call.stage() == Call.Stage.UNKNOWN;
    occurring.add(
        switch (draw.any(List.of(0, 0, 0, 0, 0, 0, 1, 2, 3, unknown ? 4 : 0))) {
          case 1 -> new Occurrence.CallFailed(now, number, "down");
          case 2 -> new Occurrence.CallUnknown(now, number, "silence");
          case 3 ->
              draw.oneIn(4)
                  ? new Occurrence.CallDrifted(now, number, "its schema changed")
                  : new Occurrence.CallReturned(now, number, result(draw, dispatch, call));
          case 4 ->
              new Occurrence.CallProbed(now, number, draw.oneIn(3) ? null : draw.oneIn(2), "asked");
          default -> new Occurrence.CallReturned(now, number, result(draw, dispatch, call));
        });
  }

  /** What projection makes of an answer, for the call as it is or was. */
  private Result result(Hostile draw, Effect.Dispatch dispatch, @Nullable Call live) {
    Call call =
        live != null ? live : Call.proposed(dispatch.call(), "", dispatch.tool(), dispatch.args());
    String text = Json.write(answer(draw, dispatch.tool()));
    return Projection.project(machine, call, Json.sha256(text), text, text);
  }

  /** An answer that mostly fits the fields that it fills. */
  private Object answer(Hostile draw, String tool) {
    for (Field field : machine.context().values()) {
      if (field.from().contains(tool) && !draw.oneIn(10)) {
        String at = field.source() instanceof Source.Tools tools ? tools.at() : "";
        return wrapped(at, value(draw, field));
      }
    }
    return draw.anything();
  }

  private static Object wrapped(String pointer, Object value) {
    if (pointer.isEmpty()) {
      return value;
    }
    String[] steps = pointer.substring(1).split("/", -1);
    Object wrapped = value;
    for (int i = steps.length - 1; i >= 0; i--) {
      wrapped = Map.of(steps[i], wrapped);
    }
    return wrapped;
  }

  // ---- people

  /** Values for fields, the caller's to fill or not, that fit or not; mostly none. */
  private @Nullable Map<String, Object> form(Hostile draw) {
    if (!draw.oneIn(8)) {
      return null;
    }
    List<Field> users =
        machine.context().values().stream()
            .filter(field -> field.source() instanceof Source.User)
            .toList();
    List<Field> all = List.copyOf(machine.context().values());
    List<Field> fields = users.isEmpty() || draw.oneIn(5) ? all : users;
    if (fields.isEmpty()) {
      return null;
    }
    Field field = draw.any(fields);
    return Map.of(field.name(), draw.oneIn(8) ? draw.anything() : value(draw, field));
  }

  /**
   * What an engine says of documents that came along: the least that is sure is that it is that.
   */
  private @Nullable Map<String, Object> documents(Hostile draw) {
    List<Field> fields =
        machine.context().values().stream()
            .filter(field -> field.type() instanceof Type.Document || draw.oneIn(12))
            .toList();
    if (fields.isEmpty() || !draw.oneIn(6)) {
      return null;
    }
    Field field = draw.any(fields);
    List<Object> sent = new ArrayList<>(List.of(draw.document()));
    while (draw.oneIn(field.many() ? 2 : 20)) {
      sent.add(draw.document());
    }
    return Map.of(field.name(), sent);
  }

  private static Object value(Hostile draw, Field field) {
    return field.many() ? draw.some(field.type()) : draw.of(field.type());
  }

  private Occurrence event(Hostile draw) {
    List<String> names = Hostile.sorted(machine.events().keySet());
    names.add("no_such_event");
    String name = draw.any(names);
    EventType type = machine.events().get(name);
    Object payload =
        type == null || type.payload() == null
            ? (draw.oneIn(10) ? "surprise" : null)
            : draw.oneIn(5) ? draw.anything() : draw.of(type.payload());
    Principal from = draw.oneIn(2) ? draw.any(people) : CALLER;
    return new Occurrence.EventSent(id(draw), now, from, name, payload);
  }

  private Occurrence answer(Hostile draw, Instance instance) {
    Approval approval = instance.approval();
    int number = 1 + instance.numbers() / 2;
    String hash = "0123456789abcdef";
    String role = "";
    Set<String> before = new LinkedHashSet<>();
    List<String> words = new ArrayList<>(List.of("approved", "approved", "approved", "rejected"));
    Map<String, Object> form = new LinkedHashMap<>();
    if (approval != null && !draw.oneIn(10)) {
      number = approval.number();
      hash = approval.hash();
      role = approval.role();
      approval.given().forEach(given -> before.add(given.by()));
      if (!approval.given().isEmpty() && !draw.oneIn(4)) {
        words = List.of(approval.given().getFirst().answer());
        form.putAll(approval.given().getFirst().form());
      } else if (machine.state(instance.state()) instanceof State.Approval state) {
        String word = draw.any(Hostile.sorted(state.answers().keySet()));
        words = List.of(word);
        State.Answer answer = state.answers().get(word);
        if (answer != null) {
          for (String fill : answer.fills()) {
            Type type = machine.field(fill).type();
            form.put(fill, draw.oneIn(8) ? draw.anything() : draw.of(type));
          }
        }
      }
    } else if (!instance.parked().isEmpty()) {
      Parked parked = draw.any(instance.parked());
      number = parked.number();
      hash = parked.hash();
      Parked.Ask ask = draw.any(parked.asks());
      role = ask.role();
      before.addAll(ask.yes());
    }
    if (draw.oneIn(10)) {
      hash = hash.replace(hash.charAt(0), hash.charAt(1));
    }
    if (draw.oneIn(10)) {
      number++;
    }
    String wanted = role;
    Principal from =
        draw.oneIn(4)
            ? draw.any(people)
            : people.stream()
                .filter(one -> wanted.equals(Rule.Ask.USER) ? one.equals(CALLER) : one.has(wanted))
                .filter(one -> wanted.equals(Rule.Ask.USER) || !one.id().equals(CALLER.id()))
                .filter(one -> !before.contains(one.id()))
                .findFirst()
                .orElse(CALLER);
    if (draw.oneIn(30)) {
      form.put("surprise", "x");
    }
    return new Occurrence.Answered(id(draw), now, from, number, hash, draw.any(words), form);
  }

  /** Operators, and those who would be. */
  private void steer(Hostile draw, Instance instance, List<Occurrence> occurring) {
    Principal by = draw.oneIn(4) ? draw.any(people) : OPERATOR;
    List<Call> unknown =
        instance.liveCalls().filter(call -> call.stage() == Call.Stage.UNKNOWN).toList();
    if (!unknown.isEmpty() && !draw.oneIn(4)) {
      Call call = draw.any(unknown);
      boolean happened = draw.oneIn(2);
      String text = Json.write(answer(draw, call.tool()));
      Result result = Projection.project(machine, call, Json.sha256(text), text, text);
      occurring.add(
          new Occurrence.Resolved(
              id(draw),
              now,
              by,
              call.number(),
              happened,
              happened && !draw.oneIn(6) ? result : null));
    } else if (instance.inEscalation() && !draw.oneIn(4)) {
      tickets.forEach(ticket -> {
        if (ticket instanceof Effect.OpenTicket one) {
          occurring.add(
              new Occurrence.TicketOpened(now, one.escalation(), "T-" + one.escalation()));
        }
      });
      occurring.add(resume(draw, instance, by));
    } else if (draw.oneIn(12)) {
      occurring.add(new Occurrence.Cancelled(id(draw), now, by, "enough"));
    } else {
      occurring.add(new Occurrence.Resolved(id(draw), now, by, 1 + instance.numbers(), true, null));
    }
  }

  private Occurrence resume(Hostile draw, Instance instance, Principal by) {
    List<String> states = Hostile.sorted(machine.states().keySet());
    String to = draw.any(states);
    if (machine.state(instance.state()) instanceof State.Escalation escalation
        && !escalation.resume().isEmpty()
        && !draw.oneIn(6)) {
      to = draw.any(escalation.resume());
    }
    Map<Budget, Decimal> grants = new EnumMap<>(Budget.class);
    for (Budget budget : Budget.values()) {
      if (!draw.oneIn(5)) {
        grants.put(budget, Decimal.of(budget == Budget.DURATION ? 864_000 : 3));
      }
    }
    return new Occurrence.Resumed(id(draw), now, by, to, grants);
  }

  // ---- time

  private void time(Hostile draw, List<Occurrence> occurring) {
    now =
        now.plus(
            draw.any(
                List.of(
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(1),
                    Duration.ofHours(5),
                    Duration.ofDays(1),
                    Duration.ofDays(1),
                    Duration.ofDays(3))));
    if (draw.oneIn(6)) {
      return; // the engine is late
    }
    timers.forEach((id, due) -> {
      if (!due.isAfter(now)) {
        occurring.add(new Occurrence.TimerFired(now, id));
      }
    });
  }

  /** Reports of what nobody waits for, or not any more. */
  private Occurrence stray(Hostile draw, Instance instance) {
    return switch (draw.any(List.of(0, 1, 2, 3, 4, 5, 5))) {
      case 0 -> new Occurrence.TimerFired(now, "v9/after/7");
      case 1 -> new Occurrence.CallFailed(now, 99, "who?");
      case 2 ->
          new Occurrence.ReplyLost(
              now, Math.max(1, instance.questions()), new Reply.Usage(90, 10, BigDecimal.ONE));
      case 3 -> new Occurrence.TicketOpened(now, 9, "T-9");
      case 4 -> new Occurrence.CallUnknown(now, 1, "again");
      default ->
          new Occurrence.QuestionReplied(
              now, Math.max(1, instance.questions()), Proposals.reply(machine, instance, draw));
    };
  }
}
