package dev.interlock.testkit.cast;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Type;
import dev.interlock.core.prompt.Reply;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a hostile model proposes: much of it sensible, so that it gets somewhere. */
public final class Proposals {
  /** How often arguments are changed until the machine would accept them. */
  private static final int TRIES = 40;

  /** The same of one that means well: it gives up sooner. */
  private static final int SINCERE_TRIES = 8;

  private final Machine machine;
  private final Instance instance;
  private final Hostile draw;
  private final Foresight foresight;

  /** For one reply. */
  public Proposals(Machine machine, Instance instance, Hostile draw, Foresight foresight) {
    this.machine = machine;
    this.instance = instance;
    this.draw = draw;
    this.foresight = foresight;
  }

  /** A reply to the open question. */
  public Reply reply() {
    List<Reply.Part> parts = new ArrayList<>();
    if (draw.oneIn(3)) {
      parts.add(new Reply.Text(draw.word()));
    }
    int calls = draw.any(List.of(0, 1, 1, 1, 2, 2, 3, draw.patient() ? 1 : 6));
    for (int i = 0; i < calls; i++) {
      parts.add(call(draw.slips(60) ? "same" : "c" + i));
    }
    if (draw.oneIn(12)) {
      parts.add(new Reply.Opaque("other", "{}"));
    }
    Reply.Stop stop =
        draw.slips(40)
            ? draw.any(List.of(Reply.Stop.LENGTH, Reply.Stop.TOO_LONG, Reply.Stop.DECLINED))
            : calls > 0 ? Reply.Stop.CALLS : Reply.Stop.END;
    long tokens = draw.slips(50) ? 8_000 : 100;
    return new Reply(parts, stop, "hostile", new Reply.Usage(tokens, 10, BigDecimal.ZERO));
  }

  private Reply.Call call(String id) {
    State state = machine.state(instance.state());
    List<String> here = state instanceof State.Agent agent ? agent.tools() : List.of();
    int kind = draw.any(List.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 5));
    if (kind > 1 && draw.patient() && !draw.oneIn(4)) {
      kind = 0;
    }
    if (kind == 0 && !here.isEmpty()) {
      return chosen(here, id);
    }
    if (kind <= 1) {
      return record(state, id);
    }
    return switch (kind) {
      case 2 ->
          machine.tools().isEmpty()
              ? record(state, id)
              : tool(machine.tool(draw.any(Hostile.sorted(machine.tools().keySet()))), id);
      case 3 ->
          new Reply.Call(
              id,
              "take_back",
              "{\"call\":%d}".formatted(Math.max(1, instance.numbers() - (draw.oneIn(2) ? 1 : 0))));
      case 4 ->
          new Reply.Call(id, "recall", "{\"call\":%d}".formatted(draw.any(List.of(-1, 1, 2, 900))));
      default ->
          draw.oneIn(3)
              ? new Reply.Call(id, draw.word(), "{}")
              : new Reply.Call(
                  id,
                  here.isEmpty() ? "record" : draw.any(here),
                  draw.any(List.of("{", "[]", "null", "{\"item\":1e999999}", "{\"a\":1,\"a\":2}")));
    };
  }

  /** A call of one of these tools; of one that has not returned yet, if it may be patient. */
  private Reply.Call chosen(List<String> here, String id) {
    if (draw.patient() && draw.oneIn(6)) {
      List<String> never =
          here.stream().filter(tool -> !instance.returned().contains(tool)).toList();
      if (!never.isEmpty()) {
        Tool tool = machine.tool(draw.any(never));
        Map<String, Object> better = better(tool, arguments(tool));
        if (foresight.allowed(tool, better) >= Foresight.ACCEPTED || draw.oneIn(4)) {
          return call(tool, better, id);
        }
      }
    }
    return tool(machine.tool(draw.any(here)), id);
  }

  /** A call of that tool. */
  public Reply.Call tool(Tool tool, String id) {
    return call(tool, arguments(tool), id);
  }

  /** A call of that tool with arguments that pass as many rules as it finds any to pass. */
  public Reply.Call considered(Tool tool, String id) {
    return call(tool, better(tool, arguments(tool)), id);
  }

  private Map<String, Object> arguments(Tool tool) {
    Map<String, Object> args = draw.arguments(tool.locked().inputSchema());
    if (!draw.slips(15)) {
      args.keySet().removeAll(tool.set().keySet());
    }
    return args;
  }

  private Reply.Call call(Tool tool, Map<String, Object> args, String id) {
    return new Reply.Call(id, draw.oneIn(2) ? tool.modelName() : tool.name(), Json.write(args));
  }

  /**
   * The same arguments, changed one by one as long as that passes no fewer rules: whoever knows
   * machine and instance can find out what would be accepted.
   */
  private Map<String, Object> better(Tool tool, Map<String, Object> first) {
    Map<String, Object> schema = tool.locked().inputSchema();
    Map<String, Object> best = first;
    int passed = foresight.allowed(tool, best);
    int tries = draw.sincere() ? SINCERE_TRIES : TRIES;
    for (int i = 0; i < tries && passed >= 0 && passed < Foresight.ACCEPTED; i++) {
      Map<String, Object> other = draw.changed(best, schema);
      if (draw.oneIn(3)) {
        other = draw.changed(other, schema);
      }
      other.keySet().removeAll(tool.set().keySet());
      int passes = foresight.allowed(tool, other);
      if (passes > passed) {
        i = 0;
      }
      if (passes >= passed) {
        best = other;
        passed = passes;
      }
    }
    return best;
  }

  private Reply.Call record(State state, String id) {
    List<String> allowed = state instanceof State.Agent agent ? agent.record() : List.of();
    List<String> all = Hostile.sorted(machine.context().keySet());
    Map<String, Object> values = new LinkedHashMap<>();
    List<String> names = new ArrayList<>();
    if (draw.patient() && draw.oneIn(2)) {
      names.addAll(allowed);
      names.removeIf(name ->
          machine.field(name).byFormOnly() && machine.field(name).source() instanceof Source.User);
    }
    if (names.isEmpty()) {
      for (int i = draw.any(List.of(1, 1, 2)); i > 0 && !all.isEmpty(); i--) {
        names.add(allowed.isEmpty() || draw.slips(10) ? draw.any(all) : draw.any(allowed));
      }
    }
    if (draw.patient() && !draw.oneIn(10)) {
      names.removeAll(ending(state));
    }
    for (String name : names) {
      Field field = machine.field(name);
      values.put(name, draw.slips(12) ? draw.anything() : value(draw, field));
    }
    if (draw.slips(40)) {
      values.put("surprise", draw.anything());
    }
    return new Reply.Call(id, "record", Json.write(values));
  }

  /** Fields that open a way to an end, or to a person. */
  private Set<String> ending(State state) {
    Set<String> ending = new HashSet<>();
    if (state instanceof State.Agent agent) {
      for (Transition way : agent.transitions()) {
        if (way.target() instanceof Target.To(String to)
            && (machine.state(to) instanceof State.Final
                || machine.state(to) instanceof State.Escalation)) {
          ending.addAll(way.requires());
        }
      }
    }
    return ending;
  }

  /** A value, or a list of them, that fits a field. */
  public static Object value(Hostile draw, Field field) {
    Type type = field.type();
    return field.many() ? draw.some(field.name(), type) : draw.of(field.name(), type);
  }
}
