package dev.interlock.bench.kill;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Anywhere;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.EventType;
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
import dev.interlock.engine.Machines;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The machine of those that are killed, made by hand: an engine starts in half the time when it
 * needs neither loader nor CEL.
 */
final class KillMachine {
  static final String NAME = "kill";

  /** Short, so that some calls are past their deadline when the next engine starts. */
  private static final Duration TIMEOUT = Duration.ofMillis(700);

  /** Shorter than its server takes now and then. */
  private static final Duration SLOW_TIMEOUT = Duration.ofMillis(Server.SLOWEST_MILLIS / 2);

  private static final Duration SOON = Duration.ofMillis(250);
  private static final Decimal PLENTY = Decimal.of(100_000);

  private KillMachine() {}

  static Machines machines() {
    Machine machine = machine();
    return new Machines(
        List.of(new Machines.Definition(machine, "made by hand", "")), stored -> machine);
  }

  static Machine machine() {
    Map<String, Tool> tools = new LinkedHashMap<>();
    Tool.Probe probe =
        new Tool.Probe("d.by_key", Map.of("key", local("call", "key")), local("result", "found"));
    add(tools, "d.by_key", EffectClass.READ, null);
    add(tools, "d.look", EffectClass.READ, null);
    add(tools, "d.note", EffectClass.IDEMPOTENT, null);
    add(tools, "d.mail", EffectClass.WRITE, null);
    add(tools, "d.lend", EffectClass.WRITE, null);
    add(tools, "d.lease", EffectClass.WRITE, null);
    add(tools, "d.fail", EffectClass.WRITE, probe);
    add(tools, "d.slow", EffectClass.WRITE, probe);
    add(tools, "d.order", EffectClass.WRITE, probe);
    return new Machine(
        Json.sha256(NAME),
        NAME,
        1,
        "Of those that are killed",
        Map.of(),
        tools,
        fields(),
        Map.of(
            "paid", new EventType("paid", List.of(EventType.CALLER), new Type.Whole(), true),
            "stop", new EventType("stop", List.of(EventType.CALLER), null, false)),
        List.of(
            asks("lending needs a manager", "d.lend", Duration.ofDays(1)),
            asks("a lease needs a manager at once", "d.lease", SOON)),
        budgets(),
        "Work",
        states(List.copyOf(tools.keySet())),
        new Anywhere(
            Map.of("stop", new Target.To("Stopped")),
            new Over(Map.of(), new Target.To("Escalate"))),
        true,
        List.of());
  }

  private static void add(
      Map<String, Tool> tools, String name, EffectClass effect, Tool.@Nullable Probe probe) {
    LockedTool locked =
        new LockedTool(
            name, "Does " + name, Map.of("type", "object"), Json.sha256(name), args -> List.of());
    tools.put(
        name,
        new Tool(
            name,
            name.replace(".", "__"),
            effect,
            name.equals("d.slow") ? SLOW_TIMEOUT : TIMEOUT,
            new Tool.Retry(3, Duration.ofMillis(5)),
            Map.of(),
            probe,
            List.of(),
            List.of(),
            Set.of(),
            locked));
  }

  private static Rule asks(String sentence, String tool, Duration expires) {
    Rule.Ask ask = new Rule.Ask("manager", List.of(), expires, null);
    return new Rule(sentence, Set.of(tool), Set.of(), null, null, null, ask);
  }

  private static Map<String, Field> fields() {
    Map<String, Field> fields = new LinkedHashMap<>();
    for (String name : List.of("done", "hold", "rest")) {
      fields.put(name, new Field(name, new Type.Bool(), new Source.Agent(), false, 1));
    }
    fields.put("size", new Field("size", Type.Text.ANY, new Source.User(), false, 1));
    Type paper = new Type.Document(List.of(MediaType.PDF), 1_000);
    fields.put("papers", new Field("papers", paper, new Source.User(), true, 1_000));
    Source paid = new Source.Event(List.of("paid"), "");
    fields.put("amount", new Field("amount", new Type.Whole(), paid, false, 1));
    return fields;
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
            List.of("done", "hold", "rest", "size", "papers"),
            List.of(to("Done", "done"), to("Hold", "hold"), to("Rest", "rest")),
            null,
            false,
            List.of(new TimerRule.In(SOON, new Target.To("Escalate"))),
            false,
            false));
    states.put("Hold", new State.Wait("Hold", waiting(new TimerRule.In(SOON, done()))));
    states.put("Rest", new State.Wait("Rest", waiting()));
    states.put("Done", new State.Final("Done", Frame.EMPTY, ""));
    states.put("Stopped", new State.Final("Stopped", Frame.EMPTY, "stopped"));
    states.put(
        "Escalate", new State.Escalation("Escalate", "", Frame.EMPTY, List.of(), List.of("Work")));
    return states;
  }

  private static Target done() {
    return new Target.To("Done");
  }

  private static Transition to(String state, String requires) {
    return new Transition(new Target.To(state), List.of(requires), null, List.of());
  }

  private static Frame waiting(TimerRule... after) {
    return new Frame(
        List.of(), Map.of("paid", done()), List.of(after), Budgets.NONE, Over.NONE, null);
  }

  private static Expression local(String object, String member) {
    return new Computed(
        object + "." + member,
        scope -> scope.locals().get(object) instanceof Map<?, ?> map ? map.get(member) : null);
  }

  /** An expression that is computed here. */
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
