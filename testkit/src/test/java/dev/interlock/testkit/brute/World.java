package dev.interlock.testkit.brute;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Projection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that people, tools and time may do to an instance: each value that the machine tells apart
 * from others, one by one.
 */
final class World {
  static final Principal BOSS = new Principal("boss", List.of("boss"));
  static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));

  private final Machine machine;
  private final Set<String> read = new HashSet<>();
  private final Set<String> required = new HashSet<>();
  private final StringBuilder sources = new StringBuilder();
  private final Map<String, List<Map<String, Object>>> calls = new LinkedHashMap<>();
  private final Map<String, List<Map<String, Object>>> results = new LinkedHashMap<>();

  World(Machine machine) {
    this.machine = machine;
    machine.tools().values().forEach(tool -> tool.set().values().forEach(this::reads));
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Derived(Expression is)) {
        reads(is);
      }
    }
    for (Rule rule : machine.rules()) {
      reads(rule.when());
      if (rule.ask() != null) {
        reads(rule.ask().unless());
      }
    }
    for (Property property : machine.properties()) {
      switch (property) {
        case Property.Before before -> {
          reads(before.when());
          if (before.same() != null) {
            sources.append("args.").append(before.same()).append('\n');
          }
        }
        case Property.Never never -> reads(never.when());
        case Property.AtMost a -> {}
        case Property.Eventually e -> {}
      }
    }
    machine.states().values().forEach(this::reads);
    machine.tools().values().forEach(tool -> calls.put(tool.name(), arguments(tool)));
    machine.tools().keySet().forEach(tool -> results.put(tool, answers(tool)));
  }

  private void reads(State state) {
    for (Transition way : ways(state)) {
      read.addAll(way.requires());
      required.addAll(way.requires());
      reads(way.guard());
    }
    if (state instanceof State.Call call) {
      call.calls().forEach(made -> made.with().values().forEach(this::reads));
    }
    for (TimerRule rule : state.frame().after()) {
      if (rule instanceof TimerRule.At at) {
        reads(at.at());
      }
    }
  }

  static List<Transition> ways(State state) {
    return switch (state) {
      case State.Agent agent -> agent.transitions();
      case State.Choice choice -> choice.transitions();
      case State.Call c -> List.of();
      case State.Approval a -> List.of();
      case State.Wait w -> List.of();
      case State.Escalation e -> List.of();
      case State.Final f -> List.of();
    };
  }

  private void reads(@Nullable Expression expression) {
    if (expression != null) {
      read.addAll(expression.reads());
      sources.append(expression.source()).append('\n');
    }
  }

  boolean mentions(String text) {
    return sources.indexOf(text) >= 0;
  }

  // ---- values

  /** The values of a type: with those that are compared with, some beside them. */
  private static List<Object> values(Type type) {
    return switch (type) {
      case Type.Bool t -> List.of(true, false);
      case Type.Text text ->
          text.options().isEmpty() ? List.of("a", "b", "c") : List.copyOf(text.options());
      case Type.Whole t -> List.of(0L, 1L, 2L);
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  /** The values of a field; of one that nothing looks at, one. */
  List<Object> values(Field field) {
    List<Object> all = new ArrayList<>(values(field.type()));
    if (field.type().equals(Type.Text.ANY)) {
      if (required.contains(field.name())) {
        all.add(""); // no more there than what is not set
      }
      if (mentions("context.%s.startsWith".formatted(field.name()))) {
        all.add("ab");
      }
    }
    return read.contains(field.name()) ? all : all.subList(0, 1);
  }

  private static void combine(
      List<Map<String, Object>> all, String name, List<Object> values, boolean without) {
    List<Map<String, Object>> before = List.copyOf(all);
    if (!without) {
      all.clear();
    }
    for (Map<String, Object> each : before) {
      for (Object value : values) {
        Map<String, Object> more = new LinkedHashMap<>(each);
        more.put(name, value);
        all.add(more);
      }
    }
  }

  private static List<Map<String, Object>> none() {
    return new ArrayList<>(List.of(Map.of()));
  }

  /** Each combination of arguments that whoever calls a tool chooses. */
  List<Map<String, Object>> arguments(String tool) {
    return calls.getOrDefault(tool, List.of());
  }

  private List<Map<String, Object>> arguments(Tool tool) {
    List<Map<String, Object>> all = none();
    Map<String, Object> schema = tool.locked().inputSchema();
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      Json.object(properties)
          .forEach((name, keys) -> {
            if (!tool.set().containsKey(name) && keys instanceof Map<?, ?> map) {
              List<Object> values =
                  switch (String.valueOf(map.get("type"))) {
                    case "boolean" -> List.of(true, false);
                    case "integer" -> List.of(0L, 1L, 2L);
                    default -> List.of("a", "b", "c");
                  };
              boolean required = schema.get("required") instanceof List<?> it && it.contains(name);
              boolean looked = mentions("args." + name) || isKey(tool.name(), name);
              combine(all, name, looked ? values : values.subList(0, 1), looked && !required);
            }
          });
    }
    return List.copyOf(all);
  }

  private boolean isKey(String tool, String argument) {
    return machine.context().values().stream()
        .anyMatch(field ->
            field.from().contains(tool)
                && field.key().stream().anyMatch(key -> key.path().equals(List.of(argument))));
  }

  /** Each combination of values that the model may record at once. */
  List<Map<String, Object>> records(State.Agent state) {
    List<Map<String, Object>> all = none();
    for (String name : state.record()) {
      if (machine.field(name).source() instanceof Source.Agent) {
        combine(all, name, values(machine.field(name)), true);
      }
    }
    all.removeIf(Map::isEmpty);
    return all;
  }

  private List<Map<String, Object>> answers(String tool) {
    List<Map<String, Object>> all = none();
    for (Field field : machine.context().values()) {
      if (field.from().contains(tool)) {
        combine(all, field.name(), values(field), false);
      }
    }
    return List.copyOf(all);
  }

  private Result result(Call call, Map<String, Object> answer) {
    String text = Json.write(answer);
    for (Field field : machine.context().values()) {
      if (field.from().contains(call.tool())
          && field.source() instanceof Source.Tools tools
          && tools.at().isEmpty()
          && answer.containsKey(field.name())) {
        text = Json.write(answer.get(field.name())); // the whole of it
      }
    }
    return Projection.project(machine, call, "r", text, text);
  }

  // ---- what may occur

  /** Each start of an instance. */
  List<Occurrence> starts() {
    List<Map<String, Object>> inputs = none();
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Input) {
        combine(inputs, field.name(), values(field), false);
      }
    }
    List<Occurrence> starts = new ArrayList<>();
    for (String id : mentions("caller.id ==") ? List.of("caller", "a", "b") : List.of("caller")) {
      Principal caller = new Principal(id, List.of());
      inputs.forEach(
          input -> starts.add(new Occurrence.Started("s", Brute.NOW, caller, caller, input)));
    }
    return starts;
  }

  /** What tools, people and time may do to an instance now. */
  List<Occurrence> occurrences(Instance it) {
    List<Occurrence> all = new ArrayList<>();
    if (it.turn() != null) {
      it.turn().calls().forEach(call -> reports(call, all));
    }
    it.unknown().forEach(call -> settled(call, all));
    for (Parked parked : it.parked()) {
      answers(it, parked, all);
    }
    if (it.approval() != null) {
      answers(it, it.approval(), all);
    }
    it.timers().keySet().forEach(id -> all.add(new Occurrence.TimerFired(Brute.NOW, id)));
    events(it, all);
    messages(it, all);
    if (it.turn() != null && it.turn().open()) {
      all.add(new Occurrence.QuestionFailed(Brute.NOW, 1, "x"));
      all.add(new Occurrence.QuestionOverflowed(Brute.NOW, 1, 9_000_000, "x"));
    }
    if (it.inEscalation()) {
      if (it.escalated() != null && it.escalated().ticket() == null) {
        all.add(new Occurrence.TicketOpened(Brute.NOW, 1, "t"));
      }
      if (machine.state(it.state()) instanceof State.Escalation state) {
        state
            .resume()
            .forEach(to -> all.add(new Occurrence.Resumed("x", Brute.NOW, OPERATOR, to, Map.of())));
      }
    }
    all.add(new Occurrence.Cancelled("x", Brute.NOW, OPERATOR, "x"));
    return all;
  }

  private void reports(Call call, List<Occurrence> all) {
    if (call.stage() == Call.Stage.UNKNOWN) {
      settled(call, all);
    }
    if (call.stage() == Call.Stage.DISPATCHED) {
      returns(call, all);
      all.add(new Occurrence.CallFailed(Brute.NOW, call.number(), "x"));
      all.add(new Occurrence.CallUnknown(Brute.NOW, call.number(), "x"));
      all.add(new Occurrence.CallDrifted(Brute.NOW, call.number(), "x"));
    }
  }

  private void returns(Call call, List<Occurrence> all) {
    List<Map<String, Object>> answers = results.getOrDefault(call.tool(), List.of());
    for (Map<String, Object> answer : answers) {
      all.add(new Occurrence.CallReturned(Brute.NOW, call.number(), result(call, answer)));
    }
    if (!answers.getFirst().isEmpty()) { // what does not fit
      all.add(new Occurrence.CallReturned(Brute.NOW, call.number(), result(call, Map.of())));
    }
    if (answers.getFirst().size() > 1) { // a part fits
      answers
          .getFirst()
          .forEach((name, value) ->
              all.add(
                  new Occurrence.CallReturned(
                      Brute.NOW, call.number(), result(call, Map.of(name, value)))));
    }
  }

  /** Of an unknown call: a late answer says what a person says, too. */
  private void settled(Call call, List<Occurrence> all) {
    for (Map<String, Object> answer : results.getOrDefault(call.tool(), List.of())) {
      all.add(
          new Occurrence.Resolved(
              "x", Brute.NOW, OPERATOR, call.number(), true, result(call, answer)));
    }
    all.add(new Occurrence.Resolved("x", Brute.NOW, OPERATOR, call.number(), true, null));
    all.add(new Occurrence.Resolved("x", Brute.NOW, OPERATOR, call.number(), false, null));
  }

  private static void answers(Instance it, Parked parked, List<Occurrence> all) {
    for (Parked.Ask ask : parked.asks()) {
      Principal by = ask.role().equals(Rule.Ask.USER) ? it.caller() : BOSS;
      for (String answer : List.of("approved", "rejected")) {
        all.add(
            new Occurrence.Answered(
                "x", Brute.NOW, by, parked.number(), parked.hash(), answer, Map.of()));
      }
    }
  }

  private void answers(Instance it, Approval approval, List<Occurrence> all) {
    if (machine.state(it.state()) instanceof State.Approval state) {
      state
          .answers()
          .forEach((word, answer) -> {
            List<Map<String, Object>> forms = none();
            for (String name : answer.fills()) {
              combine(forms, name, values(machine.field(name)), false);
            }
            forms.forEach(form ->
                all.add(
                    new Occurrence.Answered(
                        "x", Brute.NOW, BOSS, approval.number(), approval.hash(), word, form)));
          });
    }
  }

  /** One may wait for a call to settle: what more would, comes after. */
  private void events(Instance it, List<Occurrence> all) {
    if (!it.inbox().events().isEmpty()) {
      return;
    }
    machine
        .events()
        .forEach((name, type) -> {
          List<Map<String, Object>> payloads = none();
          for (Field field : machine.context().values()) {
            if (field.source() instanceof Source.Event event && event.from().contains(name)) {
              combine(payloads, field.name(), values(field), true);
            }
          }
          for (Map<String, Object> payload : payloads) {
            all.add(
                new Occurrence.EventSent(
                    "x",
                    Brute.NOW,
                    sender(it, name, type),
                    name,
                    type.payload() == null ? null : payload));
          }
        });
  }

  /** Whoever may send it; where only an operator's is taken, an operator. */
  private Principal sender(Instance it, String name, EventType type) {
    boolean ends =
        machine.anywhere().on().get(name) instanceof Target.To(String state)
            && machine.state(state).endsOrEscalates();
    boolean operator = type.by().isEmpty() || (it.inEscalation() && !ends);
    return operator ? OPERATOR : type.by().contains(EventType.CALLER) ? it.caller() : BOSS;
  }

  private void messages(Instance it, List<Occurrence> all) {
    boolean waits = it.turn() == null && !it.inEscalation();
    State state = machine.state(it.state());
    if (waits && state instanceof State.Agent) {
      all.add(new Occurrence.MessageSent("x", Brute.NOW, it.caller(), "hello", null));
    }
    if (state instanceof State.Agent agent) {
      List<Map<String, Object>> forms = none();
      for (String name : agent.record()) {
        if (machine.field(name).source() instanceof Source.User) {
          combine(forms, name, values(machine.field(name)), true);
        }
      }
      forms.removeIf(Map::isEmpty);
      if (it.inbox().messages().isEmpty()) {
        forms.forEach(
            form -> all.add(new Occurrence.MessageSent("x", Brute.NOW, it.caller(), "", form)));
      }
    }
  }

  /** Whether something that an occurrence fills is looked at when a state is left. */
  boolean opens(State state, String tool) {
    Set<String> looked = new HashSet<>();
    for (Transition way : ways(state)) {
      Stream.concat(
              way.requires().stream(),
              way.guard() == null ? Stream.of() : way.guard().reads().stream())
          .forEach(name -> looked(name, looked));
    }
    return machine.context().values().stream()
        .anyMatch(field -> looked.contains(field.name()) && field.from().contains(tool));
  }

  private void looked(String name, Set<String> looked) {
    looked.add(name);
    if (machine.field(name).source() instanceof Source.Derived(Expression is)) {
      is.reads().forEach(below -> looked(below, looked));
    }
  }
}
