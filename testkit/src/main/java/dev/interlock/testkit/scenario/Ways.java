package dev.interlock.testkit.scenario;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Frame;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Over;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The ways that a machine declares, and those that a journal went. */
public final class Ways {
  private static final String DEFAULT = "over default";

  private final Set<Way> declared = new LinkedHashSet<>();

  private Ways(Machine machine) {
    machine.states().values().forEach(this::declare);
    machine
        .anywhere()
        .on()
        .forEach((event, target) -> declare(Way.ANYWHERE, target, "event " + event));
    declare(Way.ANYWHERE, machine.anywhere().over());
  }

  static Set<Way> declared(Machine machine) {
    return new Ways(machine).declared;
  }

  private void declare(State state) {
    String from = state.name();
    declare(from, state.frame());
    switch (state) {
      case State.Agent agent -> {
        agent.transitions().forEach(way -> declare(from, way.target(), "transition"));
        if (agent.otherwise() != null) {
          declare(from, agent.otherwise(), "otherwise");
        }
        agent.idle().forEach(rule -> declare(from, rule.target(), "idle"));
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
        choice.transitions().forEach(way -> declare(from, way.target(), "transition"));
        declare(from, choice.otherwise(), "otherwise");
      }
      case State.Wait wait -> {}
      case State.Final end -> {}
    }
  }

  private void declare(String from, Frame frame) {
    frame.on().forEach((event, target) -> declare(from, target, "event " + event));
    frame.after().forEach(rule -> declare(from, rule.target(), "after"));
    declare(from, frame.over());
  }

  private void declare(String from, Over over) {
    over.byReason().forEach((reason, target) -> declare(from, target, "over " + reason.word()));
    if (over.otherwise() != null) {
      declare(from, over.otherwise(), DEFAULT);
    }
  }

  private void declare(String from, Target target, String cause) {
    declared.add(new Way(from, target.toString(), cause));
  }

  /** The states that no way leads to, from the initial one on, in document order. */
  public static List<String> unreachable(Machine machine) {
    Set<String> reached = new LinkedHashSet<>(Set.of(machine.initial()));
    Set<Way> declared = declared(machine);
    boolean more = true;
    while (more) {
      more =
          reached.addAll(
              declared.stream()
                  .filter(way -> way.from().equals(Way.ANYWHERE) || reached.contains(way.from()))
                  .map(Way::target)
                  .toList());
    }
    return machine.states().keySet().stream().filter(state -> !reached.contains(state)).toList();
  }

  /** The declared ways that a journal went. */
  static Set<Way> visited(Machine machine, List<Entry> journal) {
    Set<Way> declared = declared(machine);
    Set<Way> visited = new LinkedHashSet<>();
    String state = "";
    for (Entry entry : journal) {
      for (Outcome outcome : entry.outcomes()) {
        if (outcome instanceof Outcome.Entered entered) {
          way(declared, state, entered, entry.occurrence()).ifPresent(visited::add);
          state = entered.state();
        }
      }
    }
    return visited;
  }

  /** Which declared way led there: the state's own before those of anywhere. */
  private static Optional<Way> way(
      Set<Way> declared, String from, Outcome.Entered entered, Occurrence occurrence) {
    String target = entered.back() ? "back" : entered.state();
    String cause = entered.cause();
    Stream<String> causes =
        Reason.of(cause).isPresent()
            ? Stream.of("over " + cause, DEFAULT)
            : occurrence instanceof Occurrence.Answered answered
                ? Stream.of(cause, "answer " + answered.answer())
                : Stream.of(cause);
    List<String> words = causes.toList();
    return Stream.of(from, Way.ANYWHERE)
        .flatMap(place -> words.stream().map(word -> new Way(place, target, word)))
        .filter(declared::contains)
        .findFirst();
  }
}
