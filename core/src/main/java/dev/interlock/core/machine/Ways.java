package dev.interlock.core.machine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The ways that a machine declares. */
public final class Ways {
  private final Map<Way, List<String>> declared = new LinkedHashMap<>();

  private Ways(Machine machine) {
    machine.states().values().forEach(this::declare);
    machine
        .anywhere()
        .on()
        .forEach((event, target) -> declare(Way.ANYWHERE, target, "event " + event));
    declare(Way.ANYWHERE, machine.anywhere().over());
  }

  /**
   * All of them, in document order; with each, what must be true to take it, once for every time it
   * is declared: {@code requires request, when context.sum < 5}, {@code PT5M}, or empty.
   */
  public static Map<Way, List<String>> of(Machine machine) {
    return new Ways(machine).declared;
  }

  private void declare(State state) {
    String from = state.name();
    declare(from, state.frame());
    switch (state) {
      case State.Agent agent -> {
        declare(from, agent.transitions());
        if (agent.otherwise() != null) {
          declare(from, agent.otherwise(), "otherwise");
        }
        agent.idle().forEach(rule -> declare(from, rule.target(), "idle", due(rule)));
      }
      case State.Call call -> {
        declare(from, call.ok(), "ok");
        declare(from, call.failed(), "failed");
      }
      case State.Approval approval ->
          approval
              .answers()
              .forEach((word, answer) -> declare(from, answer.target(), "answer " + word));
      case State.Escalation escalation ->
          escalation.resume().forEach(target -> declare(from, new Target.To(target), "resume"));
      case State.Choice choice -> {
        declare(from, choice.transitions());
        declare(from, choice.otherwise(), "otherwise");
      }
      case State.Wait wait -> {}
      case State.Final end -> {}
    }
  }

  private void declare(String from, Frame frame) {
    frame.on().forEach((event, target) -> declare(from, target, "event " + event));
    frame.after().forEach(rule -> declare(from, rule.target(), "after", due(rule)));
    declare(from, frame.over());
  }

  private void declare(String from, Over over) {
    over.byReason().forEach((reason, target) -> declare(from, target, "over " + reason.word()));
    if (over.otherwise() != null) {
      declare(from, over.otherwise(), Way.DEFAULT);
    }
  }

  private void declare(String from, List<Transition> transitions) {
    transitions.forEach(way -> declare(from, way.target(), "transition", condition(way)));
  }

  private void declare(String from, Target target, String cause) {
    declare(from, target, cause, "");
  }

  private void declare(String from, Target target, String cause, String condition) {
    declared
        .computeIfAbsent(new Way(from, target.toString(), cause), way -> new ArrayList<>())
        .add(condition);
  }

  private static String condition(Transition way) {
    List<String> parts = new ArrayList<>();
    if (!way.requires().isEmpty()) {
      parts.add("requires " + String.join(", ", way.requires()));
    }
    if (way.guard() != null) {
      parts.add("when " + way.guard().source());
    }
    return String.join(", ", parts);
  }

  private static String due(TimerRule rule) {
    return switch (rule) {
      case TimerRule.In in -> in.in().toString();
      case TimerRule.At at -> "at " + at.at().source();
    };
  }
}
