package dev.interlock.core.decide;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Call.Stage;
import dev.interlock.core.evolve.Counters;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Quorum;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges one call: state, {@code set}, arguments, rules, budget, in that order. The first that
 * fails makes the refusal. Promise 1 stands here: nothing is dispatched that was not accepted by
 * this.
 */
final class CallJudge {
  /** The most values of one argument that an {@code atMost} counts apart. */
  static final int MAX_PER = 100;

  /**
   * The longest arguments of one call, in characters of their JSON. With the size of a schema's
   * patterns it bounds how long one call is judged.
   */
  static final int MAX_ARGUMENTS = 65_536;

  private final Machine machine;
  private final Instance instance;
  private final Scope scope;
  private final int number;
  private final List<Outcome> verdicts = new ArrayList<>();

  /**
   * For one call.
   *
   * @param number of the call
   */
  CallJudge(Machine machine, Instance instance, Scope scope, int number) {
    this.machine = machine;
    this.instance = instance;
    this.scope = scope;
    this.number = number;
  }

  /** What the judge says of a call. */
  sealed interface Judgement {
    /**
     * It may go out, once people have said yes for each rule that asks.
     *
     * @param counted keys under which it is counted at dispatch
     * @param asks the rules that ask people
     */
    record Accepted(Map<String, Object> args, List<String> counted, List<Asking> asks)
        implements Judgement {}

    record Refused(Refusal refusal) implements Judgement {}
  }

  /** A rule that asks people, and what it asks just now. */
  record Asking(Rule.Ask ask, Parked.Ask question) {}

  /** The verdicts of the rules that were judged, to be recorded before the judgement. */
  List<Outcome> verdicts() {
    return verdicts;
  }

  /**
   * Judges a call.
   *
   * @param name as the model or the machine spelled it
   */
  Judgement judge(String name, Map<String, Object> proposed) {
    Optional<Tool> known = Contract.tool(machine, name);
    if (known.isEmpty()) {
      return refused("unknown tool", "there is no tool " + Refusal.shortened(name));
    }
    Tool tool = known.get();
    State state = machine.state(instance.state());
    if (!Contract.tools(state).contains(tool.name())) {
      return refused(
          "state " + state.name(), tool.name() + " may not be called in " + state.name());
    }
    Map<String, Object> args = new LinkedHashMap<>(proposed);
    for (Map.Entry<String, Expression> set : tool.set().entrySet()) {
      String rule = "set " + set.getKey();
      if (proposed.containsKey(set.getKey())) {
        return refused(rule, "the machine fills " + set.getKey() + "; leave it out");
      }
      switch (set.getValue().evaluate(scope)) {
        case Evaluation.Value(Object value) -> args.put(set.getKey(), value);
        case Evaluation.Unset(List<String> fields) -> {
          return refused(rule, "not known yet: " + String.join(", ", fields));
        }
        case Evaluation.Failed(String why) -> {
          return refused(rule, why);
        }
      }
    }
    int length = Json.write(args).length();
    if (length > MAX_ARGUMENTS) {
      return refused(
          "arguments", "found %,d characters, at most %,d".formatted(length, MAX_ARGUMENTS));
    }
    List<String> problems = tool.locked().arguments().problems(args);
    if (!problems.isEmpty()) {
      return refused("arguments", String.join("; ", problems));
    }
    return byRules(tool, args);
  }

  private Judgement byRules(Tool tool, Map<String, Object> args) {
    Scope inRules = scope.with(Map.of("args", args));
    List<String> counted = new ArrayList<>();
    for (int i = 0; i < machine.rules().size(); i++) {
      Rule rule = machine.rules().get(i);
      if (!rule.appliesTo(tool.name(), instance.state())) {
        continue;
      }
      String why = whenFails(rule.when(), inRules);
      if (why.isEmpty() && rule.atMost() != null) {
        why = tooOften(i, rule.atMost(), tool.name(), args, counted);
      }
      if (!why.isEmpty()) {
        verdicts.add(new Outcome.Ruled(number, rule.sentence(), Outcome.Verdict.REFUSES));
        return refused(rule.sentence(), rule.say() == null ? why : rule.say());
      }
      if (rule.when() != null || rule.atMost() != null) {
        verdicts.add(new Outcome.Ruled(number, rule.sentence(), Outcome.Verdict.ALLOWS));
      }
    }
    for (Property.Before before : Properties.of(machine, tool.name())) {
      boolean holds = Properties.holds(instance, before);
      verdicts.add(
          new Outcome.Ruled(
              number, before.name(), holds ? Outcome.Verdict.ALLOWS : Outcome.Verdict.REFUSES));
      if (!holds) {
        return refused(before.name(), Properties.why(before));
      }
    }
    Judgement.@Nullable Refused spent = overBudget(tool, args);
    if (spent != null) {
      return spent;
    }
    return byPeople(tool, args, counted, inRules);
  }

  private Judgement byPeople(
      Tool tool, Map<String, Object> args, List<String> counted, Scope inRules) {
    List<Asking> asks = new ArrayList<>();
    for (Rule rule : machine.rules()) {
      Rule.Ask ask = rule.ask();
      if (ask == null || !rule.appliesTo(tool.name(), instance.state())) {
        continue;
      }
      boolean excused =
          ask.unless() != null
              && ask.unless().evaluate(inRules) instanceof Evaluation.Value(Object value)
              && Boolean.TRUE.equals(value);
      if (excused) {
        verdicts.add(new Outcome.Ruled(number, rule.sentence(), Outcome.Verdict.EXCUSES));
        continue;
      }
      switch (Quorum.count(ask.people(), inRules)) {
        case Quorum.Count.Of(int people) -> {
          verdicts.add(new Outcome.Ruled(number, rule.sentence(), Outcome.Verdict.ASKS));
          Quorum quorum = new Quorum(people, ask.notFrom());
          asks.add(new Asking(ask, new Parked.Ask(ask.role(), rule.sentence(), quorum)));
        }
        case Quorum.Count.Wrong(String why) -> {
          verdicts.add(new Outcome.Ruled(number, rule.sentence(), Outcome.Verdict.REFUSES));
          return refused(rule.sentence(), why);
        }
      }
    }
    return new Judgement.Accepted(args, counted, asks);
  }

  private static String whenFails(@Nullable Expression when, Scope scope) {
    if (when == null) {
      return "";
    }
    return switch (when.evaluate(scope)) {
      case Evaluation.Value(Object value) ->
          Boolean.TRUE.equals(value) ? "" : "it needs " + when.source();
      case Evaluation.Unset(List<String> fields) -> "not known yet: " + String.join(", ", fields);
      case Evaluation.Failed(String why) -> why;
    };
  }

  private String tooOften(
      int rule, Rule.AtMost atMost, String tool, Map<String, Object> args, List<String> counted) {
    for (String key : countKeys(rule, atMost, args)) {
      long before = instance.counts().getOrDefault(key, 0L) + undispatched(key);
      if (before >= atMost.count()) {
        return "%s was called %d times, at most %d".formatted(tool, before, atMost.count());
      }
      counted.add(key);
    }
    return counted.size() > MAX_PER ? "more than %d values at once".formatted(MAX_PER) : "";
  }

  /** Under which keys a call counts in an {@code atMost}: one for each combination of values. */
  private static List<String> countKeys(int rule, Rule.AtMost atMost, Map<String, Object> args) {
    List<String> keys = List.of(prefix(rule));
    for (var per : atMost.per()) {
      Object value = per.of(args);
      Collection<?> values =
          value instanceof List<?> list && !list.isEmpty()
              ? list
              : List.of(value == null ? "" : value);
      List<String> next = new ArrayList<>();
      for (String key : keys) {
        values.stream()
            .distinct()
            .limit(MAX_PER + 1L)
            .forEach(v -> next.add(key + "|" + Json.write(v)));
      }
      keys = next.size() > MAX_PER ? next.subList(0, MAX_PER + 1) : next;
    }
    return keys;
  }

  /**
   * What every key of a rule begins with; where it counts by values, a bar follows.
   *
   * @param rule its place in the machine
   */
  static String prefix(int rule) {
    return "r" + rule;
  }

  /** Calls of this turn that are accepted and will count under that key. */
  private long undispatched(String key) {
    long count = 0;
    for (Call call : acceptedBefore()) {
      for (int i = 0; i < machine.rules().size(); i++) {
        Rule rule = machine.rules().get(i);
        if (rule.atMost() != null
            && rule.appliesTo(call.tool(), instance.state())
            && countKeys(i, rule.atMost(), call.args()).contains(key)) {
          count++;
        }
      }
    }
    return count;
  }

  /**
   * Calls before this one in its turn that are accepted and not yet dispatched. One that may park
   * does not count: each is judged again before it goes out.
   */
  private List<Call> acceptedBefore() {
    Turn turn = instance.turn();
    return turn == null
        ? List.of()
        : turn.calls().stream()
            .filter(call -> call.stage() == Stage.ACCEPTED && call.number() < number)
            .filter(call -> !Contract.asks(machine, call.tool(), instance.state()))
            .toList();
  }

  private Judgement.@Nullable Refused overBudget(Tool tool, Map<String, Object> args) {
    long more = acceptedBefore().size();
    if (reached(Limits.machine(machine, instance, Budget.TOOL_CALLS), instance.spent(), more)
        || reached(
            Limits.state(machine, instance, Budget.TOOL_CALLS), instance.visit().spent(), more)) {
      return refused(Limits.TOOL_CALLS_RULE, "max steps reached");
    }
    for (Field field : machine.context().values()) {
      if (field.from().contains(tool.name()) && full(field, args)) {
        return refused(
            "max " + field.name(), "%s holds its %d".formatted(field.name(), field.max()));
      }
    }
    return null;
  }

  private static boolean reached(@Nullable Decimal limit, Counters spent, long more) {
    return limit != null && Decimal.of(spent.toolCalls() + more).compareTo(limit) >= 0;
  }

  /** Whether there is no room for one more: an entry of a keyed field, an item of a list. */
  private boolean full(Field field, Map<String, Object> args) {
    long more =
        acceptedBefore().stream().filter(call -> field.from().contains(call.tool())).count();
    Object held = instance.facts().get(field.name());
    for (ArgRef part : field.key()) {
      if (!(held instanceof Map<?, ?> entries)) {
        return false;
      }
      Object key = part.of(args);
      held = key == null ? null : entries.get(key);
      if (held == null) {
        return entries.size() + more >= field.max();
      }
    }
    return field.append()
        && held instanceof Collection<?> items
        && items.size() + more >= field.max();
  }

  private static Judgement.Refused refused(String rule, String why) {
    return new Judgement.Refused(new Refusal(rule, why));
  }
}
