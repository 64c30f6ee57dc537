package dev.interlock.testkit.brute;

import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Budget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Tiny machines that may take little, so that all that they take can be counted. */
public final class TinyBudgets {
  /** As good as none. */
  private static final long AMPLE = 10_000;

  private TinyBudgets() {}

  /** A machine all of whose budgets are small; the same seed draws the same one. */
  public static Tiny tight(long seed) {
    Random random = random(seed);
    Map<String, Object> budgets = new LinkedHashMap<>();
    budgets.put("turns", 2L + random.nextInt(2));
    budgets.put("toolCalls", 1L + random.nextInt(3));
    budgets.put("callsPerTurn", 1L + random.nextInt(2));
    budgets.put("errors", 2L);
    budgets.put("totalErrors", 2L);
    budgets.put("visits", 1L + random.nextInt(2));
    Tiny tiny = with(Tiny.of(seed), budgets);
    Map<String, Object> machine = new LinkedHashMap<>(tiny.machine());
    machine.computeIfPresent(
        "states", (key, states) -> each(states, state -> bounded(state, random)));
    if (machine.containsKey("tools") && random.nextInt(3) == 0) {
      machine.merge("rules", atMost(random), TinyBudgets::joined);
    }
    return new Tiny(machine, tiny.schemas());
  }

  private static List<Object> atMost(Random random) {
    String tools = List.of("all", "writes").get(random.nextInt(2));
    return List.of(Map.of("rule", "not often", "for", tools, "atMost", 1L + random.nextInt(2)));
  }

  private static List<Object> joined(Object some, Object more) {
    List<Object> all = new ArrayList<>((List<?>) some);
    all.addAll((List<?>) more);
    return all;
  }

  private static Map<String, Object> bounded(Map<String, Object> state, Random random) {
    String type = String.valueOf(state.getOrDefault("type", "agent"));
    List<String> words =
        switch (type) {
          case "agent" -> List.of("visits", "turns", "toolCalls", "callsPerTurn");
          case "final" -> List.of();
          default -> List.of("visits");
        };
    if (!words.isEmpty() && !state.containsKey("budgets") && random.nextInt(3) == 0) {
      state.put("budgets", Map.of(words.get(random.nextInt(words.size())), 1L));
    }
    return state;
  }

  /**
   * A machine in which nothing but its states and one small budget keeps a run from anything: no
   * guard, rule, property, value that may be missing, or budget of a state.
   */
  public static Tiny plain(long seed, Budget small) {
    Map<String, Object> budgets = new LinkedHashMap<>();
    for (String word : List.of("turns", "toolCalls", "errors", "totalErrors", "visits")) {
      budgets.put(word, AMPLE);
    }
    budgets.put("callsPerTurn", 2L);
    budgets.put(small.word(), 1L + random(seed).nextInt(3));
    Tiny tiny = with(Tiny.of(seed), budgets);
    Map<String, Object> machine = new LinkedHashMap<>(tiny.machine());
    machine.keySet().removeAll(List.of("rules", "properties", "context"));
    machine.computeIfPresent("states", (key, states) -> each(states, TinyBudgets::plain));
    machine.computeIfPresent("tools", (key, tools) -> each(tools, TinyBudgets::tool));
    machine.computeIfPresent("events", (key, events) -> each(events, TinyBudgets::event));
    Map<String, Object> schemas = each(tiny.schemas(), schema -> Map.of("type", "object"));
    return new Tiny(machine, schemas);
  }

  private static Random random(long seed) {
    return new Random(seed * 0xD1B54A32D192ED03L + 0x9E3779B97F4A7C15L);
  }

  private static Tiny with(Tiny tiny, Map<String, Object> budgets) {
    Map<String, Object> machine = new LinkedHashMap<>(tiny.machine());
    machine.put("budgets", budgets);
    return new Tiny(machine, tiny.schemas());
  }

  private interface Change {
    Map<String, Object> of(Map<String, Object> one);
  }

  private static Map<String, Object> each(Object all, Change change) {
    Map<String, Object> changed = new LinkedHashMap<>();
    map(all).forEach((name, one) -> changed.put(name, change.of(map(one))));
    return changed;
  }

  private static Map<String, Object> map(Object tree) {
    return new LinkedHashMap<>(Json.object((Map<?, ?>) tree));
  }

  /** Its first way is taken as soon as the model calls nothing. */
  private static Map<String, Object> plain(Map<String, Object> state) {
    Object ways = state.remove("transitions");
    if (ways instanceof List<?> list && list.getFirst() instanceof Map<?, ?> first) {
      state.putIfAbsent("otherwise", String.valueOf(first.get("target")));
    }
    state
        .keySet()
        .removeAll(List.of("record", "clears", "with", "budgets", "over", "skip", "shows"));
    state.computeIfPresent(
        "answers",
        (key, answers) ->
            each(answers, answer -> new LinkedHashMap<>(Map.of("target", answer.get("target")))));
    return state;
  }

  private static Map<String, Object> tool(Map<String, Object> tool) {
    tool.keySet().removeAll(List.of("set", "forgets"));
    return tool;
  }

  private static Map<String, Object> event(Map<String, Object> event) {
    event.keySet().removeAll(List.of("type", "properties"));
    return event;
  }
}
