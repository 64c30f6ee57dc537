package dev.interlock.local;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Anywhere;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Frame;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.machine.Over;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Type;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The machine of the crash test, made by hand: a child starts in half the time when it needs
 * neither loader nor CEL.
 */
final class CrashMachine {
  static final String NAME = "contract";

  /** Short, so that some calls are past their deadline when the next child starts. */
  private static final Duration TIMEOUT = Duration.ofMillis(700);

  private static final Duration IDLE = Duration.ofMillis(300);
  private static final Decimal PLENTY = Decimal.of(100_000);

  private CrashMachine() {}

  static Machine machine() {
    Map<String, Tool> tools = new LinkedHashMap<>();
    add(tools, "d.by_key", EffectClass.READ, null);
    add(tools, "d.note", EffectClass.IDEMPOTENT, null);
    add(tools, "d.mail", EffectClass.WRITE, null);
    add(tools, "d.lend", EffectClass.WRITE, null);
    add(
        tools,
        "d.order",
        EffectClass.WRITE,
        new Tool.Probe("d.by_key", Map.of("key", local("call", "key")), local("result", "found")));
    Rule lending =
        new Rule(
            "lending needs a manager",
            Set.of("d.lend"),
            Set.of(),
            null,
            null,
            null,
            new Rule.Ask("manager", List.of(), Duration.ofDays(1), null));
    return new Machine(
        Json.sha256("crash"),
        NAME,
        1,
        "Of the crash test",
        Map.of(),
        tools,
        Map.of("done", done(), "papers", papers()),
        Map.of(),
        List.of(lending),
        budgets(),
        "Work",
        states(List.copyOf(tools.keySet())),
        new Anywhere(Map.of(), new Over(Map.of(), new Target.To("Escalate"))),
        false,
        List.of());
  }

  private static void add(
      Map<String, Tool> tools, String name, EffectClass effect, Tool.@Nullable Probe probe) {
    LockedTool locked =
        new LockedTool(
            name, "Does " + name, Map.of("type", "object"), Json.sha256(name), args -> List.of());
    Tool.Retry retry = new Tool.Retry(3, Duration.ofMillis(5));
    tools.put(
        name,
        new Tool(
            name,
            name.replace(".", "__"),
            effect,
            TIMEOUT,
            retry,
            Map.of(),
            probe,
            List.of(),
            List.of(),
            Set.of(),
            locked));
  }

  private static Field papers() {
    return new Field(
        "papers",
        new Type.Document(List.of(MediaType.PDF), 1_000),
        new Source.User(),
        true,
        1_000,
        Field.Privacy.OPEN);
  }

  private static Field done() {
    return new Field("done", new Type.Bool(), new Source.Agent(), false, 1);
  }

  private static Budgets budgets() {
    Map<Budget, Decimal> limits = new LinkedHashMap<>();
    for (Budget budget : Budget.values()) {
      if (budget.standard() != null) {
        limits.put(budget, PLENTY);
      }
    }
    return new Budgets(limits);
  }

  private static Map<String, State> states(List<String> tools) {
    Map<String, State> states = new LinkedHashMap<>();
    states.put(
        "Work",
        new State.Agent(
            "Work",
            "Help.",
            List.of(),
            Frame.EMPTY,
            tools,
            List.of("done", "papers"),
            List.of(new Transition(new Target.To("Done"), List.of("done"), null, List.of())),
            null,
            false,
            List.of(new TimerRule.In(IDLE, new Target.To("Escalate"))),
            false,
            false));
    states.put("Done", new State.Final("Done", Frame.EMPTY, ""));
    states.put(
        "Escalate", new State.Escalation("Escalate", "", Frame.EMPTY, List.of(), List.of("Work")));
    return states;
  }

  private static Expression local(String object, String member) {
    return new Computed(
        object + "." + member,
        scope -> scope.locals().get(object) instanceof Map<?, ?> map ? map.get(member) : null);
  }

  /** An expression that a test computes itself. */
  private record Computed(String source, Function<Scope, @Nullable Object> value)
      implements Expression {
    @Override
    public Set<String> reads() {
      return Set.of();
    }

    @Override
    public Evaluation evaluate(Scope scope) {
      Object found = value.apply(scope);
      return found == null ? new Evaluation.Failed("no " + source) : new Evaluation.Value(found);
    }
  }
}
