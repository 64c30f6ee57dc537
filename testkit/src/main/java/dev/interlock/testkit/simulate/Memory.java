package dev.interlock.testkit.simulate;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Transition;
import dev.interlock.testkit.cast.Hostile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a modelled model keeps in mind: its plan for the visit it is in, and how that goes. */
final class Memory {
  /** After so many turns of a visit it tries another way out. */
  private static final int PATIENCE = 4;

  /** The most calls that it sets out to make in a visit. */
  private static final int PLANNED = 6;

  private final Setting setting;
  private final Map<Integer, String> tools = new HashMap<>();
  private final List<String> plan = new ArrayList<>();
  private final Map<String, Integer> calls = new HashMap<>();
  private final Map<String, Integer> refusals = new HashMap<>();
  private final Map<String, Map<String, Object>> considered = new HashMap<>();
  private final Map<String, Integer> records = new HashMap<>();
  private final Set<String> opening = new HashSet<>();
  private @Nullable Transition aim;
  private long visit = -1;
  private int turns;
  private boolean instructed;

  Memory(Setting setting) {
    this.setting = setting;
  }

  /** Before each reply: of another visit, it makes a new plan. */
  void visit(Machine machine, State.Agent agent, Mind.Moment moment) {
    if (visit != moment.instance().visit().number()) {
      visit = moment.instance().visit().number();
      turns = 0;
      calls.clear();
      refusals.clear();
      considered.clear();
      records.clear();
      opening.clear();
      agent.transitions().forEach(way -> opening.addAll(way.requires()));
      planned(machine, agent, moment.draw());
      aim = aim(machine, agent, moment.draw());
    } else if (turns % PATIENCE == 0) {
      records.clear();
      aim = aim(machine, agent, moment.draw());
    }
    turns++;
  }

  /** Reads first; of the others one or two. */
  private void planned(Machine machine, State.Agent agent, Hostile draw) {
    plan.clear();
    List<String> writes = new ArrayList<>();
    for (String tool : agent.tools()) {
      if (machine.tool(tool).effect() != EffectClass.READ) {
        writes.add(tool);
      } else if (!draw.oneIn(3)) {
        plan.add(tool);
      }
    }
    for (int i = 1 + draw.below(2); i > 0 && !writes.isEmpty(); i--) {
      plan.add(draw.any(writes));
    }
    while (plan.size() > PLANNED) {
      plan.removeFirst();
    }
  }

  /** One of the ways out, of those to a person the one in eight times. */
  private static @Nullable Transition aim(Machine machine, State.Agent agent, Hostile draw) {
    List<Transition> ways = agent.transitions();
    List<Transition> good =
        draw.oneIn(8) ? ways : ways.stream().filter(way -> !Mind.givesUp(machine, way)).toList();
    List<Transition> from = good.isEmpty() ? ways : good;
    return from.isEmpty() ? null : draw.any(from);
  }

  // ---- what it reads of it

  Optional<Transition> aim() {
    return Optional.ofNullable(aim);
  }

  /** Whether a field stands in the way of some way out. */
  boolean opens(String field) {
    return opening.contains(field);
  }

  /** The tool that it wants to call next, or null. */
  @Nullable String next() {
    while (!plan.isEmpty() && refusals.getOrDefault(plan.getFirst(), 0) >= Mind.tries()) {
      plan.removeFirst();
    }
    return plan.isEmpty() ? null : plan.getFirst();
  }

  int turns() {
    return turns;
  }

  int calls(String tool) {
    return calls.getOrDefault(tool, 0);
  }

  /** Whether it thinks before it calls a tool: after a refusal, once for the same facts. */
  boolean considers(String tool, Map<String, Object> facts) {
    return refusals.containsKey(tool) && !facts.equals(considered.put(tool, facts));
  }

  boolean mayRecord(String field) {
    return records.getOrDefault(field, 0) < Mind.tries();
  }

  void recorded(String field) {
    records.merge(field, 1, Integer::sum);
  }

  boolean instructed() {
    return instructed;
  }

  // ---- what it learns

  void instruct() {
    instructed = true;
  }

  void take(Outcome outcome) {
    switch (outcome) {
      case Outcome.CallProposed proposed -> {
        String tool = setting.named(proposed.tool());
        tools.put(proposed.call(), tool);
        calls.merge(tool, 1, Integer::sum);
      }
      case Outcome.CallRefused(int call, var refusal) ->
          refusals.merge(tools.getOrDefault(call, ""), 1, Integer::sum);
      case Outcome.CallAccepted(int call, var args) -> plan.remove(tools.getOrDefault(call, ""));
      default -> {}
    }
  }

  /** The tool of a call that was proposed, or an empty text. */
  String tool(int call) {
    return tools.getOrDefault(call, "");
  }
}
