package dev.interlock.core.check;

import dev.interlock.core.check.Explorer.Node;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether private data may leave the house by somebody else's words: what is called with arguments
 * that may hold both, after both were read, and nobody was shown them.
 */
final class FlowCheck {
  private static final Set<Label> BOTH = Set.of(Label.PRIVATE, Label.UNTRUSTED);

  private final Machine machine;
  private final Explored explored;
  private final Influence influence;

  private FlowCheck(Machine machine, Explorer explorer) {
    this.machine = machine;
    this.explored = explorer.explored();
    this.influence = explorer.influence();
  }

  /** What is found on a machine that was explored to its end. */
  static List<Finding> of(Machine machine, Explorer explorer) {
    FlowCheck check = new FlowCheck(machine, explorer);
    List<Finding> findings = new ArrayList<>();
    check
        .explored
        .sent()
        .forEach((sent, node) -> {
          State state = machine.state(sent.state());
          Tool tool = machine.tool(sent.tool());
          Set<String> leaking = check.leaking(state, tool, node.place.labels());
          boolean shown = sent.asked() && leaking.stream().noneMatch(tool.secret()::contains);
          if (!leaking.isEmpty() && !shown && findings.stream().noneMatch(it -> isAt(it, state))) {
            findings.add(check.leak(state, tool, leaking, node));
          }
        });
    return findings;
  }

  private static boolean isAt(Finding finding, State state) {
    return finding.at().equals(List.of("states", state.name()));
  }

  private Finding leak(State state, Tool tool, Set<String> leaking, Node node) {
    List<String> trace = new ArrayList<>(Explored.trace(node));
    trace.add(state.name() + ": " + tool.name());
    return new Finding(
        Code.LEAK,
        List.of("states", state.name()),
        "that %s may send out in %s what is private, as words of others ask for it (%s; private: %s; untrusted: %s)"
            .formatted(
                tool.name(),
                state.name(),
                String.join(", ", leaking),
                labelled(Label.PRIVATE),
                labelled(Label.UNTRUSTED)),
        "that nothing goes out after both were read, but what somebody was shown",
        "write a rule that asks for each call, or one with `when: \"!('untrusted' in run.labels)\"`",
        trace);
  }

  private String labelled(Label label) {
    return String.join(
        ", ",
        machine.tools().values().stream()
            .filter(tool -> tool.labels().contains(label))
            .map(Tool::name)
            .toList());
  }

  /** The arguments by which private data may leave, together with words of others. */
  private Set<String> leaking(State state, Tool tool, Set<Label> conversation) {
    Set<Label> all = EnumSet.noneOf(Label.class);
    Set<String> leaking = new HashSet<>();
    if (state instanceof State.Agent) {
      for (String argument : Influence.free(tool)) {
        if (!influence.bound(tool, state, argument) && conversation.containsAll(BOTH)) {
          all.addAll(BOTH);
          leaking.add(argument);
        }
      }
    }
    influence
        .filled(tool, state)
        .forEach((argument, with) -> {
          Set<Label> labels = labels(with, new HashSet<>());
          labels.retainAll(BOTH);
          if (!labels.isEmpty()) {
            all.addAll(labels);
            leaking.add(argument);
          }
        });
    return all.containsAll(BOTH) ? leaking : Set.of();
  }

  private Set<Label> labels(Expression expression, Set<String> seen) {
    Set<Label> labels = EnumSet.noneOf(Label.class);
    expression.reads().forEach(field -> labels.addAll(labels(field, seen)));
    return labels;
  }

  /** What a field's values may hold. */
  private Set<Label> labels(String name, Set<String> seen) {
    Set<Label> labels = EnumSet.noneOf(Label.class);
    if (!seen.add(name)) {
      return labels;
    }
    Field field = machine.field(name);
    switch (field.source()) {
      case Source.Agent it -> labels.addAll(explored.recorded(name));
      case Source.Tools source ->
          source.from().forEach(from -> labels.addAll(returned(machine.tool(from), seen)));
      case Source.Derived(Expression is) -> labels.addAll(labels(is, seen));
      case Source.User it -> {}
      case Source.Human it -> {}
      case Source.Event it -> {}
      case Source.Input it -> {}
    }
    return labels;
  }

  /** What a result may hold: what its tool is labelled with, and what it was asked with. */
  private Set<Label> returned(Tool tool, Set<String> seen) {
    Set<Label> labels = EnumSet.noneOf(Label.class);
    labels.addAll(tool.labels());
    for (State state : machine.states().values()) {
      if (explored.calls(state.name()).contains(tool.name())) {
        if (state instanceof State.Agent && !Influence.free(tool).isEmpty()) {
          labels.addAll(explored.labels(state.name()));
        }
        influence.filled(tool, state).values().forEach(with -> labels.addAll(labels(with, seen)));
      }
    }
    return labels;
  }
}
