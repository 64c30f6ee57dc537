package dev.interlock.core.contract;

import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The contract of a state, judged and put into words. */
public final class Contract {
  private Contract() {}

  /** The tools that may be called in a state. */
  public static List<String> tools(State state) {
    return switch (state) {
      case State.Agent agent -> agent.tools();
      case State.Call call -> call.calls().stream().map(State.Made::tool).toList();
      case State.Approval a -> List.of();
      case State.Wait w -> List.of();
      case State.Choice c -> List.of();
      case State.Escalation e -> List.of();
      case State.Final f -> List.of();
    };
  }

  /** The tool that a model means by a name: its own spelling or the machine's. */
  public static Optional<Tool> tool(Machine machine, String name) {
    Tool tool = machine.tools().get(name);
    if (tool != null) {
      return Optional.of(tool);
    }
    return machine.tools().values().stream().filter(t -> t.modelName().equals(name)).findFirst();
  }

  /** Whether some rule may ask a person before that tool is called in that state. */
  public static boolean asks(Machine machine, String tool, String state) {
    for (Rule rule : machine.rules()) {
      if (rule.ask() != null && rule.appliesTo(tool, state)) {
        return true;
      }
    }
    return false;
  }

  /** The fields of {@code requires} that are not met: unset, false, or empty. */
  public static List<String> missing(Transition transition, Map<String, Object> facts) {
    List<String> missing = new ArrayList<>();
    for (String name : transition.requires()) {
      if (!met(facts.get(name))) {
        missing.add(name);
      }
    }
    return missing;
  }

  /** Whether a value is what {@code requires} asks for. */
  public static boolean met(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean bool -> bool;
      case String text -> !text.isEmpty();
      case Collection<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      default -> true;
    };
  }

  /** What may be done in a state at all: tools as the model spells them, fields, the way out. */
  public static List<String> moves(Machine machine, State state) {
    if (!(state instanceof State.Agent agent)) {
      return List.of();
    }
    List<String> moves = new ArrayList<>();
    agent.tools().forEach(name -> moves.add("call " + machine.tool(name).modelName()));
    agent.record().forEach(name -> moves.add("record " + name));
    moves.add(agent.otherwise() == null ? "say something" : "end the turn without calls");
    return moves;
  }

  /** What may be done now and what is still missing, for the model, one sentence a line. */
  public static String status(Machine machine, State state, Scope scope) {
    if (!(state instanceof State.Agent agent)) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    if (!agent.tools().isEmpty()) {
      List<String> names = agent.tools().stream().map(n -> machine.tool(n).modelName()).toList();
      text.append("Tools here: ").append(String.join(", ", names)).append(".\n");
    }
    if (!agent.record().isEmpty()) {
      text.append("To be recorded here: ");
      List<String> fields = new ArrayList<>();
      for (String name : agent.record()) {
        Object value = scope.context().get(name);
        boolean set = value != null && !(value instanceof Collection<?> items && items.isEmpty());
        Field field = machine.field(name);
        String how =
            field.byFormOnly()
                ? " by the user's form, not by you"
                : field.source() instanceof Source.User ? " as the user typed it" : "";
        fields.add(name + how + (set ? " (set)" : ""));
      }
      text.append(String.join(", ", fields)).append(".\n");
    }
    for (Transition transition : agent.transitions()) {
      text.append("Way out to ").append(transition.target()).append(": ");
      text.append(way(transition, scope)).append(".\n");
    }
    if (agent.otherwise() != null) {
      text.append("Otherwise to ")
          .append(agent.otherwise())
          .append(": when you end a turn without calls.\n");
    }
    return text.toString();
  }

  private static String way(Transition transition, Scope scope) {
    List<String> missing = missing(transition, scope.context());
    if (!missing.isEmpty()) {
      return "waits for " + String.join(", ", missing);
    }
    if (transition.guard() == null) {
      return "open at the end of this turn";
    }
    return switch (transition.guard().evaluate(scope)) {
      case Evaluation.Value(Object value) when Boolean.TRUE.equals(value) ->
          "open at the end of this turn";
      case Evaluation.Value v -> "waits for " + transition.guard().source();
      case Evaluation.Unset(List<String> fields) -> "waits for " + String.join(", ", fields);
      case Evaluation.Failed(String why) -> "closed: " + why;
    };
  }

  /** The fields that the caller may fill in where it writes: a state's form. */
  public static List<String> form(Machine machine, State.Agent state) {
    return state.record().stream()
        .filter(name -> machine.field(name).source() instanceof Source.User)
        .toList();
  }

  /** JSON Schema of what {@code record} takes in a state. */
  public static Map<String, Object> recordSchema(Machine machine, State.Agent state) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (String name : state.record()) {
      Field field = machine.field(name);
      if (field.byFormOnly()) {
        continue;
      }
      properties.put(
          name,
          field.many()
              ? Map.of("type", "array", "items", field.type().schema())
              : field.type().schema());
    }
    return Map.of("type", "object", "properties", properties, "additionalProperties", false);
  }

  /** A tool's schema without the arguments that the machine fills. */
  public static Map<String, Object> modelSchema(Tool tool) {
    if (tool.set().isEmpty()) {
      return tool.locked().inputSchema();
    }
    Map<String, Object> schema = new LinkedHashMap<>(tool.locked().inputSchema());
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      Map<Object, Object> kept = new LinkedHashMap<>(properties);
      kept.keySet().removeAll(tool.set().keySet());
      schema.put("properties", kept);
    }
    if (schema.get("required") instanceof List<?> required) {
      schema.put("required", required.stream().filter(r -> !tool.set().containsKey(r)).toList());
    }
    return schema;
  }
}
