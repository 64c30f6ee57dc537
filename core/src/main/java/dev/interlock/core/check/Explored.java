package dev.interlock.core.check;

import dev.interlock.core.check.Trials.Truth;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Transition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was met on all ways through a machine. */
final class Explored {
  final Machine machine;

  /** Whether there was more than is looked at. */
  boolean cut;
  int count;

  private final Map<String, Explorer.Node> states = new LinkedHashMap<>();
  private final Map<Transition, Set<Truth>> guards = new IdentityHashMap<>();
  private final Map<Rule, Map<String, Set<Truth>>> rules = new IdentityHashMap<>();
  private final Map<String, Set<String>> calls = new LinkedHashMap<>();
  private final Map<String, Set<Reason>> over = new LinkedHashMap<>();
  private final Set<String> otherwise = new LinkedHashSet<>();
  private final Set<String> coarse = new LinkedHashSet<>();
  private final Set<String> unset = new LinkedHashSet<>();

  Explored(Machine machine) {
    this.machine = machine;
  }

  void reached(String state, Explorer.Node node) {
    states.putIfAbsent(state, node);
  }

  void guard(String state, Transition transition, Truth truth, boolean sure) {
    guards.computeIfAbsent(transition, t -> EnumSet.noneOf(Truth.class)).add(truth);
  }

  void when(Rule rule, String tool, Truth truth, boolean sure) {
    Set<Truth> met =
        rules
            .computeIfAbsent(rule, r -> new LinkedHashMap<>())
            .computeIfAbsent(tool, t -> EnumSet.noneOf(Truth.class));
    if (sure) {
      met.add(truth);
    } else {
      met.addAll(EnumSet.allOf(Truth.class));
    }
  }

  void called(String state, String tool) {
    calls.computeIfAbsent(state, s -> new LinkedHashSet<>()).add(tool);
  }

  void over(String state, Reason reason) {
    over.computeIfAbsent(state, s -> EnumSet.noneOf(Reason.class)).add(reason);
  }

  void otherwise(String state) {
    otherwise.add(state);
  }

  void coarse(String what) {
    coarse.add(what);
  }

  void unset(String state, String tool, String argument) {
    unset.add(state + " " + tool + " " + argument);
  }

  Set<String> states() {
    return states.keySet();
  }

  Set<Truth> guards(Transition transition) {
    return guards.getOrDefault(transition, Set.of());
  }

  Set<Truth> when(Rule rule, String tool) {
    return rules.getOrDefault(rule, Map.of()).getOrDefault(tool, Set.of());
  }

  Set<String> calls(String state) {
    return calls.getOrDefault(state, Set.of());
  }

  /** How a state is come to, step by step. */
  List<String> trace(String state) {
    List<String> steps = new ArrayList<>();
    Explorer.@Nullable Node node = states.get(state);
    while (node != null) {
      if (!node.step.isEmpty()) {
        steps.add(node.place.visit().state() + ": " + node.step);
      }
      node = node.from;
    }
    return steps.reversed();
  }

  @Override
  public String toString() {
    return "states " + states.keySet() + "\ncalls " + calls + "\ncoarse " + coarse + "\nunset " + unset
        + "\nguards " + guards.entrySet().stream().map(e -> e.getKey().target() + " " + e.getKey().requires() + (e.getKey().guard() == null ? "" : e.getKey().guard().source()) + " " + e.getValue()).toList()
        + "\nrules " + rules.entrySet().stream().map(e -> e.getKey().sentence() + " " + e.getValue()).toList()
        + "\ncut " + cut;
  }
}
