package dev.interlock.testkit.walk;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Frame;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.testkit.JavaExpression;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Machines that are a little less strict than the one they are made of. */
final class Machines {
  private Machines() {}

  // ---- parts

  private static Machine with(
      Machine m,
      Map<String, Tool> tools,
      Map<String, Field> context,
      List<Rule> rules,
      Map<String, State> states) {
    return new Machine(
        m.identity(),
        m.name(),
        m.version(),
        m.title(),
        m.constants(),
        tools,
        context,
        m.events(),
        rules,
        m.budgets(),
        m.initial(),
        states,
        m.anywhere(),
        m.listens(),
        m.properties());
  }

  private static <T> Map<String, T> each(Map<String, T> map, UnaryOperator<T> change) {
    Map<String, T> changed = new LinkedHashMap<>();
    map.forEach((name, value) -> changed.put(name, change.apply(value)));
    return changed;
  }

  private static Machine tools(Machine m, UnaryOperator<Tool> change) {
    return with(m, each(m.tools(), change), m.context(), m.rules(), m.states());
  }

  private static Machine fields(Machine m, UnaryOperator<Field> change) {
    return with(m, m.tools(), each(m.context(), change), m.rules(), m.states());
  }

  private static Machine rules(Machine m, UnaryOperator<Rule> change) {
    return with(m, m.tools(), m.context(), m.rules().stream().map(change).toList(), m.states());
  }

  private static Machine agents(Machine m, UnaryOperator<State.Agent> change) {
    return with(
        m,
        m.tools(),
        m.context(),
        m.rules(),
        each(
            m.states(), state -> state instanceof State.Agent agent ? change.apply(agent) : state));
  }

  private static State.Agent agent(
      State.Agent s,
      Frame frame,
      List<String> tools,
      List<String> record,
      List<Transition> transitions) {
    return new State.Agent(
        s.name(),
        s.goal(),
        s.forbid(),
        frame,
        tools,
        record,
        transitions,
        s.otherwise(),
        s.skip(),
        s.idle(),
        s.quiet(),
        s.autonomous());
  }

  private static Tool tool(
      Tool t, EffectClass effect, Map<String, Expression> set, LockedTool locked) {
    return new Tool(
        t.name(),
        t.modelName(),
        effect,
        t.timeout(),
        t.retry(),
        set,
        t.probe(),
        t.labels(),
        t.forgets(),
        Set.of(),
        locked);
  }

  private static Rule rule(
      Rule r, @Nullable Expression when, Rule.@Nullable AtMost atMost, Rule.@Nullable Ask ask) {
    return new Rule(r.sentence(), r.tools(), r.in(), r.say(), when, atMost, ask);
  }

  // ---- what may be called, and how

  static Machine everyToolEverywhere(Machine m) {
    return agents(
        m, s -> agent(s, s.frame(), List.copyOf(m.tools().keySet()), s.record(), s.transitions()));
  }

  static Machine anyArguments(Machine m) {
    return tools(
        m,
        t ->
            tool(
                t,
                t.effect(),
                t.set(),
                new LockedTool(
                    t.locked().name(),
                    t.locked().description(),
                    t.locked().inputSchema(),
                    t.locked().hash(),
                    arguments -> List.of())));
  }

  static Machine withoutSet(Machine m) {
    return tools(m, t -> tool(t, t.effect(), Map.of(), t.locked()));
  }

  static Machine everythingReads(Machine m) {
    return tools(m, t -> tool(t, EffectClass.READ, t.set(), t.locked()));
  }

  // ---- rules

  static Machine withoutWhen(Machine m) {
    return rules(m, r -> rule(r, null, r.atMost(), r.ask()));
  }

  static Machine withoutAtMost(Machine m) {
    return rules(m, r -> rule(r, r.when(), null, r.ask()));
  }

  static Machine oneMore(Machine m) {
    return rules(
        m,
        r ->
            rule(
                r,
                r.when(),
                r.atMost() == null
                    ? null
                    : new Rule.AtMost(r.atMost().count() + 1, r.atMost().per()),
                r.ask()));
  }

  static Machine withoutAsk(Machine m) {
    return rules(m, r -> rule(r, r.when(), r.atMost(), null));
  }

  static Machine alwaysExcused(Machine m) {
    Expression always =
        new JavaExpression("true", Set.of(), scope -> new Expression.Evaluation.Value(true));
    return asks(
        m,
        ask ->
            new Rule.Ask(
                ask.role(), ask.shows(), ask.expires(), always, ask.people(), ask.notFrom()));
  }

  /** Only the rules ask that something parked was asked by. */
  static Machine asksNoMoreThan(Machine m, Instance instance) {
    return rules(
        m,
        r -> {
          boolean asked =
              instance.parked().stream()
                  .flatMap(parked -> parked.asks().stream())
                  .anyMatch(ask -> ask.rules().contains(r.sentence()));
          return asked ? r : rule(r, r.when(), r.atMost(), null);
        });
  }

  static Machine neverExpires(Machine m) {
    return asks(
        m,
        ask ->
            new Rule.Ask(
                ask.role(),
                ask.shows(),
                Duration.ofDays(9_999),
                ask.unless(),
                ask.people(),
                ask.notFrom()));
  }

  private static Machine asks(Machine m, UnaryOperator<Rule.Ask> change) {
    return rules(
        m, r -> rule(r, r.when(), r.atMost(), r.ask() == null ? null : change.apply(r.ask())));
  }

  // ---- fields

  static Machine recordsEverywhere(Machine m) {
    List<String> all =
        m.context().values().stream()
            .filter(field -> field.source() instanceof Source.Agent)
            .map(Field::name)
            .toList();
    return agents(m, s -> agent(s, s.frame(), s.tools(), all, s.transitions()));
  }

  static Machine agentFacts(Machine m) {
    List<String> all = List.copyOf(m.context().keySet());
    return agents(m, s -> agent(s, s.frame(), s.tools(), all, s.transitions()));
  }

  static Machine userFieldsByAgent(Machine m) {
    return fields(
        m,
        f ->
            f.source() instanceof Source.User
                ? new Field(f.name(), f.type(), new Source.Agent(), f.many(), f.max())
                : f);
  }

  static Machine unboundedFields(Machine m) {
    return fields(m, f -> new Field(f.name(), f.type(), f.source(), f.many(), Integer.MAX_VALUE));
  }

  // ---- ways

  static Machine withoutRequires(Machine m) {
    return agents(
        m,
        s ->
            agent(
                s,
                s.frame(),
                s.tools(),
                s.record(),
                s.transitions().stream()
                    .map(t -> new Transition(t.target(), List.of(), t.guard(), t.clears()))
                    .toList()));
  }

  static Machine otherTargets(Machine m) {
    List<String> names = new ArrayList<>(m.states().keySet());
    return agents(
        m,
        s ->
            agent(
                s,
                s.frame(),
                s.tools(),
                s.record(),
                s.transitions().stream()
                    .map(t ->
                        new Transition(
                            new Target.To(names.get(names.size() / 2)),
                            t.requires(),
                            t.guard(),
                            t.clears()))
                    .toList()));
  }

  /** Choices look at no transition. */
  static Machine choicesByOtherwise(Machine m) {
    return with(
        m,
        m.tools(),
        m.context(),
        m.rules(),
        each(
            m.states(),
            state ->
                state instanceof State.Choice choice
                    ? new State.Choice(choice.name(), choice.frame(), List.of(), choice.otherwise())
                    : state));
  }

  static Machine loud(Machine m) {
    return agents(m, s -> agent(s, false, s.autonomous()));
  }

  static Machine waitsForTheUser(Machine m) {
    return agents(m, s -> agent(s, s.quiet(), false));
  }

  private static State.Agent agent(State.Agent s, boolean quiet, boolean autonomous) {
    return new State.Agent(
        s.name(),
        s.goal(),
        s.forbid(),
        s.frame(),
        s.tools(),
        s.record(),
        s.transitions(),
        s.otherwise(),
        s.skip(),
        s.idle(),
        quiet,
        autonomous);
  }

  // ---- budgets

  static Machine withoutLimits(Machine m) {
    return limits(m, limit -> limit.add(BigDecimal.valueOf(1_000_000)));
  }

  static Machine oneMoreOfEach(Machine m) {
    return limits(m, limit -> limit.add(BigDecimal.ONE));
  }

  private static Machine limits(Machine m, UnaryOperator<BigDecimal> change) {
    Machine changed =
        agents(
            m,
            s ->
                agent(
                    s,
                    new Frame(
                        s.frame().clears(),
                        s.frame().on(),
                        s.frame().after(),
                        budgets(s.frame().budgets(), change),
                        s.frame().over(),
                        s.frame().say()),
                    s.tools(),
                    s.record(),
                    s.transitions()));
    return new Machine(
        m.identity(),
        m.name(),
        m.version(),
        m.title(),
        m.constants(),
        m.tools(),
        m.context(),
        m.events(),
        m.rules(),
        budgets(m.budgets(), change),
        m.initial(),
        changed.states(),
        m.anywhere(),
        m.listens(),
        m.properties());
  }

  private static Budgets budgets(Budgets budgets, UnaryOperator<BigDecimal> change) {
    Map<Budget, Decimal> limits = new EnumMap<>(Budget.class);
    budgets
        .limits()
        .forEach((budget, limit) -> limits.put(budget, new Decimal(change.apply(limit.value()))));
    return new Budgets(limits);
  }
}
