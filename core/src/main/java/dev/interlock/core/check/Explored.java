package dev.interlock.core.check;

import dev.interlock.core.check.Explorer.Node;
import dev.interlock.core.check.Trials.Truth;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Transition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What was met on all ways through a machine. */
final class Explored {
  /** The most steps that are shown. */
  private static final int MAX_TRACE = 30;

  private final Map<String, List<Node>> states = new LinkedHashMap<>();
  private final Map<String, Set<Edge>> edges = new LinkedHashMap<>();
  private final Map<String, Set<String>> chosen = new LinkedHashMap<>();
  private final IdentityHashMap<Transition, Set<Truth>> guards = new IdentityHashMap<>();
  private final IdentityHashMap<Transition, Boolean> looked = new IdentityHashMap<>();
  private final IdentityHashMap<Transition, Boolean> met = new IdentityHashMap<>();
  private final IdentityHashMap<Transition, Node> openAtEntry = new IdentityHashMap<>();
  private final IdentityHashMap<Rule, Map<String, Set<Truth>>> rules = new IdentityHashMap<>();
  private final Map<String, Set<String>> calls = new LinkedHashMap<>();
  private final Map<Sent, Node> sent = new LinkedHashMap<>();
  private final Map<String, Set<Label>> labels = new LinkedHashMap<>();
  private final Map<String, Set<Label>> recorded = new LinkedHashMap<>();
  private final Set<Mixed> mixed = new LinkedHashSet<>();
  private final IdentityHashMap<Object, Boolean> unsure = new IdentityHashMap<>();
  private final Map<String, NoCase> noCase = new LinkedHashMap<>();
  private boolean cut;
  private int nodes;

  /** A way that turns on what the model chooses and on what it does not, nobody knows how. */
  record Mixed(String state, Transition way, Set<String> influenced) {}

  /**
   * A call that leaves the house.
   *
   * @param asked whether somebody was asked first
   * @param labels of what had been returned before
   */
  record Sent(String state, String tool, boolean asked, Set<Label> labels) {}

  /**
   * A way that was taken.
   *
   * @param from a state; empty where an instance starts
   */
  record Edge(String from, String to, Step.Cause cause) {}

  /**
   * A case that no way out of a state is for.
   *
   * @param values of the fields that its guards read
   * @param at where it is met
   */
  record NoCase(String values, Node at) {
    /** How it is come to, step by step. */
    List<String> trace() {
      return Explored.trace(at);
    }
  }

  // ---- told by the explorer

  /** One more place; how many there are with it. */
  int next() {
    return ++nodes;
  }

  void cut() {
    cut = true;
  }

  void reached(String state, Node node) {
    states.computeIfAbsent(state, s -> new ArrayList<>()).add(node);
    labels.computeIfAbsent(state, s -> EnumSet.noneOf(Label.class)).addAll(node.place.labels());
  }

  void way(String from, String to, Step step) {
    edges.computeIfAbsent(to, t -> new LinkedHashSet<>()).add(new Edge(from, to, step.cause()));
    if (!step.isOver()) {
      chosen.computeIfAbsent(from, s -> new LinkedHashSet<>()).add(to);
    }
  }

  void met(Transition transition) {
    met.put(transition, true);
  }

  void looked(Transition transition) {
    looked.put(transition, true);
  }

  void openAtEntry(Transition transition, Node node) {
    openAtEntry.putIfAbsent(transition, node);
  }

  void noCase(String state, String values, Node node) {
    noCase.putIfAbsent(state, new NoCase(values, node));
  }

  void guard(Transition transition, Truth truth, boolean sure) {
    guards.computeIfAbsent(transition, t -> EnumSet.noneOf(Truth.class)).add(truth);
    if (!sure) {
      unsure.put(transition, true);
    }
  }

  void when(Rule rule, String tool, Truth truth, boolean sure) {
    rules
        .computeIfAbsent(rule, r -> new LinkedHashMap<>())
        .computeIfAbsent(tool, t -> EnumSet.noneOf(Truth.class))
        .add(truth);
    if (!sure) {
      unsure.put(rule, true);
    }
  }

  void called(String state, String tool) {
    calls.computeIfAbsent(state, s -> new LinkedHashSet<>()).add(tool);
  }

  void sent(String state, String tool, boolean asked, Node node) {
    sent.putIfAbsent(new Sent(state, tool, asked, node.place.labels()), node);
  }

  void mixed(String state, Transition way, Set<String> influenced) {
    mixed.add(new Mixed(state, way, influenced));
  }

  void recorded(String field, Set<Label> conversation) {
    recorded.computeIfAbsent(field, f -> EnumSet.noneOf(Label.class)).addAll(conversation);
  }

  // ---- asked

  /** Whether there was more than is looked at. */
  boolean wasCut() {
    return cut;
  }

  /** How many places were looked at. */
  int nodes() {
    return nodes;
  }

  /** The states that are reached, the built-in escalation among them. */
  Set<String> states() {
    return states.keySet();
  }

  /** Where a state leads by other ways than spent budgets and other reasons to escalate. */
  Set<String> chosen(String state) {
    return chosen.getOrDefault(state, Set.of());
  }

  /** The ways that were taken to a state, those of spent budgets among them. */
  Set<Edge> to(String state) {
    return edges.getOrDefault(state, Set.of());
  }

  /** Whether what a transition requires is ever there when it is its turn. */
  boolean isMet(Transition transition) {
    return met.containsKey(transition);
  }

  /** Whether some box was left for a transition by those above it. */
  boolean isLooked(Transition transition) {
    return looked.containsKey(transition);
  }

  /** Whether a guard, or a rule's condition, comes out as told for all values. */
  boolean isSure(Object transitionOrRule) {
    return !unsure.containsKey(transitionOrRule);
  }

  /** How a transition's guard came out; empty if it was never looked at. */
  Set<Truth> guards(Transition transition) {
    return guards.getOrDefault(transition, Set.of());
  }

  /** How a rule's condition came out for a tool; empty if it was never looked at. */
  Set<Truth> when(Rule rule, String tool) {
    return rules.getOrDefault(rule, Map.of()).getOrDefault(tool, Set.of());
  }

  /** The tools that may be called in a state. */
  Set<String> calls(String state) {
    return calls.getOrDefault(state, Set.of());
  }

  /** Ways of which it is not known how far the model chooses them. */
  Set<Mixed> mixed() {
    return mixed;
  }

  /** The calls that leave the house, each with where it is made. */
  Map<Sent, Node> sent() {
    return sent;
  }

  /** The labels of all that may have been returned before a state, or in it. */
  Set<Label> labels(String state) {
    return labels.getOrDefault(state, Set.of());
  }

  /** The labels of all that the model may have read when it recorded a field. */
  Set<Label> recorded(String field) {
    return recorded.getOrDefault(field, Set.of());
  }

  /** How the state of a transition is come to while the transition is open already. */
  Optional<List<String>> openAtEntry(Transition transition) {
    return Optional.ofNullable(openAtEntry.get(transition)).map(Explored::trace);
  }

  /** A case that no way out of a state is for, if there is one. */
  Optional<NoCase> noCase(String state) {
    return Optional.ofNullable(noCase.get(state));
  }

  /** How a state is come to, step by step. */
  List<String> trace(String state) {
    List<Node> nodes = nodes(state);
    return nodes.isEmpty() ? List.of() : trace(nodes.getFirst());
  }

  /** How a state was come to, the earliest first. */
  List<Node> nodes(String state) {
    return states.getOrDefault(state, List.of());
  }

  /** The newest steps to a place, oldest first. */
  static List<String> trace(@Nullable Node last) {
    List<String> steps = new ArrayList<>();
    for (Node node = last; node != null; node = node.from) {
      if (steps.size() == MAX_TRACE) {
        steps.add("…");
        break;
      }
      if (!node.step.words().isEmpty()) {
        steps.add(node.place.visit().state() + ": " + node.step.words());
      }
    }
    return steps.reversed();
  }
}
