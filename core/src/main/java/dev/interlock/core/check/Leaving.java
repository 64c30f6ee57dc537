package dev.interlock.core.check;

import dev.interlock.core.check.Explorer.Node;
import dev.interlock.core.check.Explorer.Place;
import dev.interlock.core.check.Forks.Open;
import dev.interlock.core.check.Forks.Option;
import dev.interlock.core.check.Leading.Left;
import dev.interlock.core.check.Step.Cause;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** All that may lead on from a state: people, events, time, spent budgets, the model. */
final class Leaving {
  private final Machine machine;
  private final Explorer explorer;
  private final Explored explored;
  private final Space space;
  private final Watch watch;
  private final Calling calling;
  private final Leading leading;

  /** Whether operators do what they may: resume, and send any event. */
  private final boolean operators;

  Leaving(Machine machine, Explorer explorer, Calling calling, Leading leading, boolean operators) {
    this.machine = machine;
    this.explorer = explorer;
    this.explored = explorer.explored();
    this.space = explorer.space();
    this.watch = explorer.watch();
    this.calling = calling;
    this.leading = leading;
    this.operators = operators;
  }

  void leave(Node node) {
    State state = machine.state(node.place.visit().state());
    if (state instanceof State.Final) {
      return;
    }
    boolean escalation = state instanceof State.Escalation;
    events(node, state, escalation);
    if (!escalation) {
      explorer.over(node, node.box, List.of(Reason.DURATION, Reason.CYCLE));
      if (mayFail(state)) {
        explorer.over(node, node.box, Reason.GUARD_ERROR);
      }
    }
    if (!(state instanceof State.Choice)) {
      for (TimerRule rule : state.frame().after()) {
        explorer.move(node, node.box, rule.target(), Cause.TIMER.of("after " + due(rule)));
      }
    }
    switch (state) {
      case State.Agent agent -> agent(node, agent);
      case State.Call call -> calling.call(node, call);
      case State.Choice choice -> {
        List<Open> ways = new ArrayList<>();
        leading.otherwise(
            node, leading.transitions(node, choice.transitions(), ways), choice.otherwise(), ways);
        explorer.forked(node, ways);
      }
      case State.Approval approval -> {
        List<Open> ways = new ArrayList<>(sent(node, approval));
        approval
            .answers()
            .forEach((word, answer) -> {
              if (several(approval) && !State.Approval.NO.contains(word)) {
                String role = approval.role(); // others may never say the same
                calling.said(node, role, node.box, "one of %s answers %s".formatted(role, word));
              }
              answered(node, approval, word, answer, ways);
            });
        explorer.forked(node, ways);
      }
      case State.Escalation it -> {
        for (String target : operators ? it.resume() : List.<String>of()) {
          explorer.move(
              node, node.box, new Target.To(target), Cause.OPERATOR.of("an operator resumes"));
        }
        boolean left =
            !it.resume().isEmpty()
                || explored.chosen(it.name()).stream()
                    .anyMatch(to -> !(machine.state(to) instanceof State.Final))
                || mayStay(node, it);
        if (left) { // and is come to again, until no visit of it is left
          explorer.enter(
              Machine.BUILT_IN_ESCALATION.name(),
              null,
              node,
              node.box,
              Explorer.over(Reason.VISITS));
        }
      }
      case State.Wait wait -> explorer.forked(node, sent(node, wait));
      case State.Final f -> {}
    }
  }

  private static boolean several(State.Approval approval) {
    return approval.people() != null && !approval.people().source().equals("1");
  }

  /** Whether an event leads where a property keeps a run from, which then escalates again. */
  private boolean mayStay(Node node, State.Escalation state) {
    return Stream.concat(
            state.frame().on().values().stream(), machine.anywhere().on().values().stream())
        .anyMatch(target ->
            target instanceof Target.To(String name)
                && (watch.mayKeep(name) || watch.keeps(name, node.place.happened())));
  }

  private void answered(
      Node node, State.Approval approval, String word, State.Answer answer, List<Open> ways) {
    Step step = Cause.NO.of(approval.role() + " answers " + word);
    Set<String> happened = node.place.happened();
    if (!State.Approval.NO.contains(word)) {
      happened = watch.after(happened, Property.yes(approval.role()));
    }
    if (State.Approval.YES.contains(word)) {
      if (explorer.isSoughtWithout(Gate.Asked.of(approval))) {
        return; // looked for are runs without
      }
      if (watch.avoids(Property.yes(approval.role()))) {
        return;
      }
      step = Cause.YES.of(step.words());
      Option yes = new Option.Go(answer.target(), step, answer.clears());
      ways.add(new Open(yes, node.box, Set.of(), Set.of()));
    }
    Box box = node.box;
    for (String field : answer.fills()) {
      box = space.filled(box, field);
    }
    Place place = node.place.at(node.place.visit(), happened);
    explorer.move(
        new Node(place, node.box, node.from, node.step),
        space.clear(box, answer.clears()),
        answer.target(),
        step);
  }

  /** Whether something other than a guard is evaluated when a state is entered, and may fail. */
  private static boolean mayFail(State state) {
    return state.frame().say() != null
        || state.frame().after().stream().anyMatch(TimerRule.At.class::isInstance)
        || (state instanceof State.Approval approval && approval.people() != null);
  }

  private static String due(TimerRule rule) {
    return switch (rule) {
      case TimerRule.In in -> in.in().toString();
      case TimerRule.At at -> at.at().source();
    };
  }

  private void events(Node node, State state, boolean escalation) {
    on(state)
        .forEach((event, target) -> {
          boolean follows =
              operators
                  || !(operatorsOnly(event) || (escalation && !machine.endsOrEscalates(target)));
          if (follows) {
            event(node, event, target);
          }
        });
  }

  /** The events that a state takes, and where each leads. */
  private Map<String, Target> on(State state) {
    Map<String, Target> on = new LinkedHashMap<>(machine.anywhere().on());
    on.putAll(state.frame().on());
    return on;
  }

  /** Takes the way of an event. */
  void event(Node node, String event, Target target) {
    Box box = node.box;
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Event filled && filled.from().contains(event)) {
        box =
            filled.at().isEmpty() // a part of a payload may not be there
                ? space.filled(box, field.name())
                : space.maybe(box, field.name());
      }
    }
    Step step =
        machine.state(node.place.visit().state()) instanceof State.Escalation
            ? Cause.OPERATOR.of("an operator sends " + event)
            : Cause.EVENT.of("event " + event);
    explorer.move(node, box, target, step);
  }

  /** Where events lead on, those of the caller's among them; none if there are no such. */
  private List<Open> sent(Node node, State state) {
    List<Open> ways = new ArrayList<>();
    boolean any = false;
    for (Map.Entry<String, Target> on : on(state).entrySet()) {
      EventType type = machine.events().get(on.getKey());
      boolean own = type != null && type.by().contains(EventType.CALLER);
      Option way =
          own
              ? new Option.Sent(on.getKey(), on.getValue())
              : new Option.Go(on.getValue(), Cause.EVENT.of("event " + on.getKey()), List.of());
      ways.add(new Open(way, node.box, Set.of(), Set.of()));
      any |= own;
    }
    return any ? ways : List.of();
  }

  private boolean operatorsOnly(String event) {
    EventType type = machine.events().get(event);
    return type == null || type.by().isEmpty();
  }

  private void agent(Node node, State.Agent agent) {
    Box box = node.box;
    for (String field : agent.record()) {
      box = space.maybe(box, field);
      explored.recorded(field, node.place.labels());
    }
    if (!box.equals(node.box)) {
      explorer.reach(
          node.place, box, node, Cause.FACTS.of("record " + String.join(", ", agent.record())));
      if (node.replaced) {
        return; // by what it grew to
      }
    }
    Set<Reason> reasons =
        new LinkedHashSet<>(
            List.of(
                Reason.TURNS,
                Reason.ERRORS,
                Reason.TOTAL_ERRORS,
                Reason.TOKENS,
                Reason.MODEL,
                Reason.CONTEXT_OVERFLOW));
    if (machine.budgets().limit(Budget.COST) != null) {
      reasons.add(Reason.COST);
    }
    if (!agent.tools().isEmpty()) {
      reasons.add(Reason.TOOL_CALLS);
      reasons.add(Reason.TOOL_DRIFT);
    }
    explorer.over(node, node.box, reasons);
    List<Open> ways = new ArrayList<>(leading.spent(node, agent));
    ways.addAll(sent(node, agent));
    for (String tool : agent.tools()) {
      ways.addAll(calling.proposed(node, machine.tool(tool)));
    }
    for (TimerRule rule : agent.idle()) {
      explorer.move(node, node.box, rule.target(), Cause.TIMER.of("idle " + due(rule)));
    }
    List<Left> rest = leading.transitions(node, agent.transitions(), ways);
    if (agent.otherwise() != null) {
      leading.otherwise(node, rest, agent.otherwise(), ways);
    } else {
      rest.forEach(left -> leading.noCase(node, agent, left.box()));
    }
    explorer.forked(node, ways);
  }
}
