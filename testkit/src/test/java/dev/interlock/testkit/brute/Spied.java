package dev.interlock.testkit.brute;

import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Transition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A machine that notes how its guards and rules come out whenever they are looked at; in all else
 * as the one that it is made of. A way without a guard has one that is true, to see when it is
 * taken.
 */
public final class Spied {
  private final Machine machine;

  /** What came of the guards and conditions since it was last emptied. */
  final List<Seen> seen = new ArrayList<>();

  /** How a condition comes out. */
  public enum Truth {
    TRUE,
    FALSE,
    ERROR
  }

  /**
   * A condition that was looked at.
   *
   * @param of a transition or a rule of the machine
   */
  record Seen(Object of, Truth truth) {}

  Spied(Machine of) {
    Map<String, State> states = new LinkedHashMap<>();
    of.states().forEach((name, state) -> states.put(name, spied(state)));
    machine =
        new Machine(
            of.identity(),
            of.name(),
            of.version(),
            of.title(),
            of.constants(),
            of.tools(),
            of.context(),
            of.events(),
            of.rules().stream().map(this::spied).toList(),
            of.budgets(),
            of.initial(),
            states,
            of.anywhere(),
            of.listens(),
            of.properties(),
            of.observes(),
            of.history());
  }

  Machine machine() {
    return machine;
  }

  private State spied(State state) {
    return switch (state) {
      case State.Agent it ->
          new State.Agent(
              it.name(),
              it.goal(),
              it.forbid(),
              it.frame(),
              it.tools(),
              it.record(),
              spied(it.transitions()),
              it.otherwise(),
              it.skip(),
              it.idle(),
              it.quiet(),
              it.autonomous());
      case State.Choice it ->
          new State.Choice(it.name(), it.frame(), spied(it.transitions()), it.otherwise());
      case State.Call it -> it;
      case State.Approval it -> it;
      case State.Wait it -> it;
      case State.Escalation it -> it;
      case State.Final it -> it;
    };
  }

  private List<Transition> spied(List<Transition> ways) {
    return ways.stream()
        .map(way ->
            new Transition(way.target(), way.requires(), new Spy(way, way.guard()), way.clears()))
        .toList();
  }

  private Rule spied(Rule rule) {
    return new Rule(
        rule.sentence(),
        rule.tools(),
        rule.in(),
        rule.say(),
        rule.when() == null ? null : new Spy(rule, rule.when()),
        rule.atMost(),
        rule.ask());
  }

  private final class Spy implements Expression {
    private final Object of;
    private final @Nullable Expression real;

    Spy(Object of, @Nullable Expression real) {
      this.of = of;
      this.real = real;
    }

    @Override
    public String source() {
      return real == null ? "true" : real.source();
    }

    @Override
    public Set<String> reads() {
      return real == null ? Set.of() : real.reads();
    }

    @Override
    public Evaluation evaluate(Scope scope) {
      Evaluation outcome = real == null ? new Evaluation.Value(true) : real.evaluate(scope);
      seen.add(
          new Seen(
              of,
              switch (outcome) {
                case Evaluation.Value(Object value) ->
                    Boolean.TRUE.equals(value) ? Truth.TRUE : Truth.FALSE;
                case Evaluation.Unset u -> Truth.ERROR;
                case Evaluation.Failed f -> Truth.ERROR;
              }));
      return outcome;
    }
  }
}
