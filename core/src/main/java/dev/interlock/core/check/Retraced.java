package dev.interlock.core.check;

import dev.interlock.core.check.Explorer.Node;
import dev.interlock.core.check.Step.Cause;
import dev.interlock.core.counterexample.Route;
import dev.interlock.core.counterexample.Route.Leg;
import dev.interlock.core.counterexample.Route.Wanted;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.Tool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a run comes to a place, for whoever plays it. */
final class Retraced {
  private final Machine machine;
  private final Space space;
  private final List<Leg> legs = new ArrayList<>();

  private Retraced(Ground ground) {
    this.machine = ground.machine();
    this.space = ground.space();
  }

  /**
   * The route of a run against a property.
   *
   * @param last where it is against it
   */
  static Route of(Ground ground, Property property, Node last) {
    Retraced retraced = new Retraced(ground);
    retraced.legs(last, doing(property));
    return new Route(
        List.copyOf(retraced.legs),
        retraced.values(ground.space().everything()),
        retraced.arguments());
  }

  /** The tool or state that is against a property; empty if there is not one. */
  private static String doing(Property property) {
    return switch (property) {
      case Property.Before before -> before.then();
      case Property.Never never -> never.what();
      case Property.AtMost most -> most.of();
      case Property.Eventually eventually -> "";
    };
  }

  /**
   * All legs.
   *
   * @param doing if it is a state, it is entered from the last place
   */
  private void legs(Node last, String doing) {
    Deque<Node> nodes = new ArrayDeque<>();
    for (@Nullable Node node = last;
        node != null && !node.place.visit().state().isEmpty();
        node = node.from) {
      nodes.addFirst(node);
    }
    List<Box> narrowed = narrowed(List.copyOf(nodes));
    List<String> calls = new ArrayList<>();
    String state = "";
    int at = 0;
    Map<String, Wanted> values = new LinkedHashMap<>();
    for (Node node : nodes) {
      Map<String, Wanted> here = values(narrowed.get(at++));
      if (!state.isEmpty() && node.step.cause() != Cause.FACTS) {
        filledBy(values, here);
        legs.add(new Leg(state, List.copyOf(calls), values, reason(node.step)));
        calls.clear();
      }
      boolean enters = node.equals(last) && machine.states().containsKey(doing);
      state = enters ? doing : node.place.visit().state();
      if (node.step.cause() == Cause.FACTS && machine.tools().containsKey(node.step.about())) {
        calls.add(node.step.about());
      }
      values = here;
    }
    legs.add(new Leg(state, List.copyOf(calls), values, null));
  }

  /** What an answer or an event fills, it fills when the state is left. */
  private void filledBy(Map<String, Wanted> values, Map<String, Wanted> after) {
    machine
        .context()
        .forEach((name, field) -> {
          if (field.source() instanceof Source.Human || field.source() instanceof Source.Event) {
            values.put(name, after.getOrDefault(name, Wanted.ANY));
          }
        });
  }

  private static @Nullable Reason reason(Step step) {
    return step.isOver() ? Reason.of(step.about()).orElse(null) : null;
  }

  /** What fields may hold at each place so that the run goes on as it does. */
  private static List<Box> narrowed(List<Node> nodes) {
    List<Box> boxes = new ArrayList<>(nodes.stream().map(node -> node.box).toList());
    for (int i = boxes.size() - 2; i >= 0; i--) {
      Box box = boxes.get(i);
      for (int variable = 0; variable < box.size(); variable++) {
        long both = box.mask(variable) & boxes.get(i + 1).mask(variable);
        if (both != 0) { // else it is filled or cleared in between
          box = box.with(variable, both);
        }
      }
      boxes.set(i, box);
    }
    return boxes;
  }

  private Map<String, Wanted> values(Box box) {
    Map<String, Wanted> values = new LinkedHashMap<>();
    for (int variable = 0; variable < space.size(); variable++) {
      values.put(space.name(variable), wanted(space.samples(variable), box.mask(variable)));
    }
    return values;
  }

  private static Wanted wanted(Samples samples, long mask) {
    boolean unset = false;
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < samples.values().size(); i++) {
      if ((mask & (1L << i)) != 0) {
        @Nullable Object value = samples.values().get(i);
        if (value == null || value.equals(List.of()) || value.equals(Map.of())) {
          unset = true;
        }
        if (value != null) {
          values.add(value);
        }
      }
    }
    return new Wanted(unset, List.copyOf(values));
  }

  private Map<String, Map<String, Wanted>> arguments() {
    Map<String, Map<String, Wanted>> all = new LinkedHashMap<>();
    for (Tool tool : machine.tools().values()) {
      Map<String, Wanted> arguments = new LinkedHashMap<>();
      if (tool.locked().inputSchema().get("properties") instanceof Map<?, ?> properties) {
        Json.object(properties).keySet().stream()
            .filter(name -> !tool.set().containsKey(name))
            .forEach(name -> arguments.put(name, wanted(space.argument(tool, name), -1L)));
      }
      all.put(tool.name(), arguments);
    }
    return all;
  }
}
