package dev.interlock.testkit.walk;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.prompt.Reply;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a hostile model proposes: much of it sensible, so that it gets somewhere. */
final class Proposals {
  private Proposals() {}

  static Reply reply(Machine machine, Instance instance, Hostile draw) {
    List<Reply.Part> parts = new ArrayList<>();
    if (draw.oneIn(3)) {
      parts.add(new Reply.Text(draw.word()));
    }
    int calls = draw.any(List.of(0, 1, 1, 1, 2, 2, 3, 6));
    for (int i = 0; i < calls; i++) {
      parts.add(call(machine, instance, draw, draw.oneIn(60) ? "same" : "c" + i));
    }
    if (draw.oneIn(12)) {
      parts.add(new Reply.Opaque("other", "{}"));
    }
    Reply.Stop stop =
        draw.oneIn(40)
            ? draw.any(List.of(Reply.Stop.LENGTH, Reply.Stop.TOO_LONG, Reply.Stop.DECLINED))
            : calls > 0 ? Reply.Stop.CALLS : Reply.Stop.END;
    long tokens = draw.oneIn(50) ? 8_000 : 100;
    return new Reply(parts, stop, "hostile", new Reply.Usage(tokens, 10, BigDecimal.ZERO));
  }

  private static Reply.Call call(Machine machine, Instance instance, Hostile draw, String id) {
    State state = machine.state(instance.state());
    List<String> here = state instanceof State.Agent agent ? agent.tools() : List.of();
    int kind = draw.any(List.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 5));
    if (kind == 0 && !here.isEmpty()) {
      return tool(machine.tool(draw.any(here)), draw, id);
    }
    if (kind <= 1) {
      return record(machine, state, draw, id);
    }
    return switch (kind) {
      case 2 -> tool(machine.tool(draw.any(Hostile.sorted(machine.tools().keySet()))), draw, id);
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

  private static Reply.Call tool(Tool tool, Hostile draw, String id) {
    Map<String, Object> args = draw.arguments(tool.locked().inputSchema());
    if (!draw.oneIn(15)) {
      args.keySet().removeAll(tool.set().keySet());
    }
    String name = draw.oneIn(2) ? tool.modelName() : tool.name();
    return new Reply.Call(id, name, Json.write(args));
  }

  private static Reply.Call record(Machine machine, State state, Hostile draw, String id) {
    List<String> allowed = state instanceof State.Agent agent ? agent.record() : List.of();
    List<String> all = Hostile.sorted(machine.context().keySet());
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = draw.any(List.of(1, 1, 2)); i > 0 && !all.isEmpty(); i--) {
      String name = allowed.isEmpty() || draw.oneIn(10) ? draw.any(all) : draw.any(allowed);
      Field field = machine.field(name);
      Object fits = field.many() ? draw.some(field.type()) : draw.of(field.type());
      values.put(name, draw.oneIn(12) ? draw.anything() : fits);
    }
    if (draw.oneIn(40)) {
      values.put("surprise", draw.anything());
    }
    return new Reply.Call(id, "record", Json.write(values));
  }
}
