package dev.interlock.testkit;

import static dev.interlock.testkit.JavaExpression.equal;
import static dev.interlock.testkit.JavaExpression.path;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Anywhere;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Frame;
import dev.interlock.core.machine.History;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.machine.Over;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A machine built by hand, so that tests of the testkit need no file: a service desk that
 * identifies whoever asks, looks keys up with the manager's yes (and the auditor's, every other
 * turn), lends devices with the manager's and the owner's, refunds small amounts, and asks a
 * manager before it closes, and waits for what was lent to be fetched. It has something of
 * everything that a walk must meet.
 */
public final class Desks {
  private static final Expression TWO =
      new JavaExpression("2", Set.of(), scope -> new Expression.Evaluation.Value(2L));

  private static final Map<String, List<Label>> LABELS =
      Map.of(
          "d.look", List.of(Label.PRIVATE),
          "d.find", List.of(Label.UNTRUSTED, Label.PRIVATE),
          "d.refund", List.of(Label.EXTERNAL));

  private Desks() {}

  public static Machine machine() {
    Map<String, Tool> tools = new LinkedHashMap<>();
    add(tools, "d.find", EffectClass.READ, "email", Map.of("email", path("caller.id")), null);
    add(tools, "d.look", EffectClass.READ, "item", Map.of(), null);
    add(tools, "d.by_key", EffectClass.READ, "key", Map.of(), null);
    Tool.Probe probe =
        new Tool.Probe("d.by_key", Map.of("key", path("call.key")), path("result.found"));
    add(
        tools,
        "d.lend",
        EffectClass.WRITE,
        "item",
        Map.of("person", path("context.person.id")),
        probe);
    add(tools, "d.refund", EffectClass.WRITE, "item", Map.of(), null);
    add(
        tools,
        "d.note",
        EffectClass.IDEMPOTENT,
        "item",
        Map.of("person", path("context.person.id")),
        null);
    return new Machine(
        Json.sha256("desks"),
        "desks",
        1,
        "A service desk",
        Map.of("most", 2L),
        tools,
        context(),
        Map.of(
            "unclear", new EventType("unclear", List.of(EventType.CALLER), null, false),
            "picked", new EventType("picked", List.of(EventType.CALLER), picked(), true),
            "stop", new EventType("stop", List.of("manager"), null, true)),
        rules(),
        budgets(),
        "Collect",
        states(),
        new Anywhere(
            Map.of("unclear", to("Clarify"), "stop", to("Stopped")),
            new Over(Map.of(), to("Escalate"))),
        true,
        List.of());
  }

  private static Type picked() {
    return new Type.Struct(Map.of("by", Type.Text.ANY));
  }

  /** The same, but its conversations are summed up. */
  public static Machine talkative() {
    Machine m = machine();
    return new Machine(
        Json.sha256("talkative"),
        "talkative",
        m.version(),
        m.title(),
        m.constants(),
        m.tools(),
        m.context(),
        m.events(),
        m.rules(),
        m.budgets(),
        m.initial(),
        m.states(),
        m.anywhere(),
        m.listens(),
        m.properties(),
        m.observes(),
        new History(History.MIN_WINDOW, 2));
  }

  /**
   * The same, but people must agree before the machine itself looks somebody up, and several before
   * money goes back.
   */
  public static Machine cautious() {
    Machine m = machine();
    List<Rule> rules = new ArrayList<>(m.rules());
    rules.add(
        new Rule(
            "the user agrees to be looked up",
            Set.of("d.find"),
            Set.of("Identify"),
            null,
            null,
            null,
            new Rule.Ask(Rule.Ask.USER, List.of("request"), Duration.ofHours(6), null)));
    rules.add(
        new Rule(
            "two managers agree to a refund",
            Set.of("d.refund", "d.note"),
            Set.of(),
            null,
            null,
            null,
            new Rule.Ask(
                "manager", List.of(), Duration.ofDays(3), null, TWO, List.of("caller", "remark"))));
    rules.add(
        new Rule(
            "looked up twice at most",
            Set.of("d.find"),
            Set.of(),
            null,
            null,
            new Rule.AtMost(2, List.of()),
            null));
    Map<String, State> states = new LinkedHashMap<>(m.states());
    if (states.get("Confirm") instanceof State.Approval one) {
      states.put(
          one.name(),
          new State.Approval(
              one.name(), one.frame(), one.role(), one.shows(), TWO, one.notFrom(), one.answers()));
    }
    return new Machine(
        Json.sha256("cautious"),
        "cautious",
        m.version(),
        m.title(),
        m.constants(),
        m.tools(),
        m.context(),
        m.events(),
        rules,
        m.budgets(),
        m.initial(),
        states,
        m.anywhere(),
        m.listens(),
        List.of(
            new Property.Before("looked up before noted", "d.look", "d.note"),
            new Property.Before("looked up before it is picked up", "d.look", "Pickup"),
            new Property.Before("acted before clarified", "Act", "Clarify")));
  }

  private static Map<String, Field> context() {
    Map<String, Field> context = new LinkedHashMap<>();
    Type.Text kind = new Type.Text(List.of("lend", "refund"), null, null);
    add(context, field("channel", Type.Text.ANY, new Source.Input("web")));
    add(context, field("request", kind, new Source.Agent()));
    add(context, field("wish", Type.Text.ANY, new Source.User()));
    Type pdf = new Type.Document(List.of(MediaType.PDF), 6);
    add(context, field("scan", pdf, new Source.User()));
    add(context, new Field("papers", pdf, new Source.User(), true, 3));
    add(context, field("by", Type.Text.ANY, new Source.Event(List.of("picked"), "/by")));
    add(context, field("answer", Type.Text.ANY, new Source.Agent()));
    add(context, field("done", new Type.Bool(), new Source.Agent()));
    Map<String, Type> person = new LinkedHashMap<>();
    person.put("id", Type.Text.ANY);
    person.put("email", Type.Text.ANY);
    add(context, field("person", new Type.Struct(person), tools("d.find", List.of(), false)));
    add(
        context,
        new Field(
            "items",
            new Type.Struct(Map.of("price", new Type.Whole(), "owner", Type.Text.ANY)),
            tools("d.look", List.of(new ArgRef(List.of("item"))), false),
            false,
            5));
    add(context, new Field("notes", Type.Text.ANY, new Source.Agent(), true, 5));
    add(context, new Field("found", Type.Text.ANY, tools("d.by_key", List.of(), true), true, 3));
    add(context, field("remark", Type.Text.ANY, new Source.Human()));
    return context;
  }

  private static List<Rule> rules() {
    Expression cheap =
        new JavaExpression(
            "context.items[args.item].price <= 100",
            Set.of("items"),
            scope -> {
              Object item = args(scope.locals()).get("item");
              Object known = scope.context().get("items");
              Object entry = known instanceof Map<?, ?> map ? map.get(String.valueOf(item)) : null;
              Object price = entry instanceof Map<?, ?> map ? map.get("price") : null;
              return price instanceof Long value
                  ? new Expression.Evaluation.Value(value <= 100)
                  : new Expression.Evaluation.Unset(List.of("items[args.item].price"));
            });
    Expression everyOtherTurn =
        new JavaExpression(
            "run.turns % 2 == 0",
            Set.of(),
            scope ->
                new Expression.Evaluation.Value(
                    scope.run().get().get("turns") instanceof Long turns && turns % 2 == 0));
    return List.of(
        new Rule(
            "lending needs a manager",
            Set.of("d.lend"),
            Set.of(),
            null,
            null,
            null,
            new Rule.Ask("manager", List.of("request", "notes", "scan"), Duration.ofDays(1), null)),
        new Rule(
            "the owner of an item must agree",
            Set.of("d.lend"),
            Set.of(),
            null,
            null,
            null,
            new Rule.Ask("owner", List.of(), Duration.ofDays(2), cheap)),
        new Rule(
            "keys are looked up with a yes",
            Set.of("d.by_key"),
            Set.of(),
            null,
            null,
            null,
            new Rule.Ask("manager", List.of(), Duration.ofDays(1), null)),
        new Rule(
            "every other turn an auditor must agree too",
            Set.of("d.by_key"),
            Set.of(),
            null,
            null,
            null,
            new Rule.Ask("auditor", List.of(), Duration.ofDays(2), everyOtherTurn)),
        new Rule(
            "the user confirms a refund",
            Set.of("d.refund"),
            Set.of(),
            null,
            null,
            null,
            new Rule.Ask(Rule.Ask.USER, List.of(), Duration.ofHours(4), null)),
        new Rule(
            "refunds are for looked up, cheap items",
            Set.of("d.refund"),
            Set.of(),
            null,
            cheap,
            null,
            null),
        new Rule(
            "two loans and refunds in all",
            Set.of("d.lend", "d.refund"),
            Set.of(),
            null,
            null,
            new Rule.AtMost(2, List.of()),
            null),
        new Rule(
            "each item is noted once",
            Set.of("d.note"),
            Set.of(),
            null,
            null,
            new Rule.AtMost(1, List.of(new ArgRef(List.of("item")))),
            null),
        new Rule(
            "notes only for what was asked",
            Set.of("d.note"),
            Set.of("Act"),
            null,
            equal("context.request", "args.kind"),
            null,
            null));
  }

  private static Budgets budgets() {
    Map<Budget, Decimal> limits = new EnumMap<>(Budget.class);
    limits.put(Budget.TURNS, Decimal.of(30));
    limits.put(Budget.TOOL_CALLS, Decimal.of(12));
    limits.put(Budget.CALLS_PER_TURN, Decimal.of(4));
    limits.put(Budget.ERRORS, Decimal.of(4));
    limits.put(Budget.TOTAL_ERRORS, Decimal.of(20));
    limits.put(Budget.TOKENS, Decimal.of(20_000));
    limits.put(Budget.DURATION, Decimal.of(Duration.ofDays(10).toSeconds()));
    limits.put(Budget.VISITS, Decimal.of(6));
    return new Budgets(limits);
  }

  private static Map<String, State> states() {
    Map<String, State> states = new LinkedHashMap<>();
    add(
        states,
        new State.Agent(
            "Collect",
            "Learn what is needed.",
            List.of(),
            Frame.EMPTY,
            List.of(),
            List.of("request", "notes", "papers"),
            List.of(new Transition(to("Identify"), List.of("request"), null, List.of())),
            null,
            false,
            List.of(new TimerRule.In(Duration.ofDays(1), to("Escalate"))),
            false,
            false));
    add(
        states,
        new State.Call("Identify", Frame.EMPTY, "d.find", Map.of(), to("Act"), to("Escalate")));
    Map<Budget, Decimal> own = new EnumMap<>(Budget.class);
    own.put(Budget.TURNS, Decimal.of(12));
    own.put(Budget.TOOL_CALLS, Decimal.of(8));
    add(
        states,
        new State.Agent(
            "Act",
            "Carry it out.",
            List.of(),
            new Frame(
                List.of(),
                Map.of(),
                List.of(new TimerRule.In(Duration.ofDays(5), to("Close"))),
                new Budgets(own),
                new Over(Map.of(Reason.TURNS, to("Close")), null),
                null),
            List.of("d.look", "d.lend", "d.refund", "d.note", "d.by_key"),
            List.of("done", "notes", "wish", "scan"),
            List.of(new Transition(to("Confirm"), List.of("done"), null, List.of())),
            null,
            false,
            List.of(new TimerRule.In(Duration.ofDays(2), to("Escalate"))),
            true,
            false));
    add(
        states,
        new State.Approval(
            "Confirm",
            Frame.EMPTY,
            "manager",
            List.of("request", "notes"),
            null,
            List.of("caller"),
            Map.of(
                "yes", new State.Answer(to("Sort"), List.of("remark"), List.of()),
                "no", new State.Answer(to("Act"), List.of(), List.of("done")))));
    add(
        states,
        new State.Choice(
            "Sort",
            Frame.EMPTY,
            List.of(
                new Transition(
                    to("Pickup"), List.of("request"), lends(), List.of("done", "answer"))),
            to("Close")));
    add(
        states,
        new State.Wait(
            "Pickup",
            new Frame(
                List.of(),
                Map.of("picked", to("Close")),
                List.of(new TimerRule.In(Duration.ofDays(3), to("Close"))),
                Budgets.NONE,
                Over.NONE,
                null)));
    add(
        states,
        new State.Agent(
            "Close",
            "Say what was done.",
            List.of(),
            saying(says("request", "Done: ")),
            List.of("d.note"),
            List.of(),
            List.of(),
            to("Done"),
            false,
            List.of(),
            false,
            false));
    add(
        states,
        new State.Agent(
            "Clarify",
            "Ask for what is missing.",
            List.of(),
            new Frame(
                List.of("answer"),
                Map.of(),
                List.of(),
                Budgets.NONE,
                Over.NONE,
                says("channel", "Something is missing, ")),
            List.of(),
            List.of("answer"),
            List.of(new Transition(new Target.Back(), List.of("answer"), null, List.of())),
            null,
            false,
            List.of(),
            false,
            true));
    add(states, new State.Final("Done", saying(says("channel", "Goodbye, ")), ""));
    add(states, new State.Final("Stopped", Frame.EMPTY, "stopped"));
    add(
        states,
        new State.Escalation(
            "Escalate",
            "",
            saying(says("person", "A person takes over from ")),
            List.of("request", "person"),
            List.of("Act", "Identify")));
    return states;
  }

  private static Expression lends() {
    return new JavaExpression(
        "context.request == 'lend'",
        Set.of("request"),
        scope -> new Expression.Evaluation.Value("lend".equals(scope.context().get("request"))));
  }

  private static Frame saying(Expression say) {
    return new Frame(List.of(), Map.of(), List.of(), Budgets.NONE, Over.NONE, say);
  }

  /** A text that ends with a field, and that there is none of while the field is unset. */
  private static Expression says(String field, String text) {
    return new JavaExpression(
        text + "{{context." + field + "}}",
        Set.of(field),
        scope -> {
          Object value = scope.context().get(field);
          return value == null
              ? new Expression.Evaluation.Unset(List.of(field))
              : new Expression.Evaluation.Value(text + value);
        });
  }

  private static Target to(String state) {
    return new Target.To(state);
  }

  private static void add(Map<String, State> states, State state) {
    states.put(state.name(), state);
  }

  private static void add(Map<String, Field> context, Field field) {
    context.put(field.name(), field);
  }

  private static Field field(String name, Type type, Source source) {
    return new Field(name, type, source, false, Field.DEFAULT_MAX);
  }

  private static Source tools(String from, List<ArgRef> key, boolean append) {
    return new Source.Tools(List.of(from), "", null, key, append, false);
  }

  private static void add(
      Map<String, Tool> tools,
      String name,
      EffectClass effect,
      String required,
      Map<String, Expression> set,
      Tool.@Nullable Probe probe) {
    Map<String, Object> schema =
        Map.of(
            "type",
            "object",
            "properties",
            Map.of(
                "email", Map.of("type", "string"),
                "item", Map.of("type", "string"),
                "kind", Map.of("type", "string"),
                "key", Map.of("type", "string"),
                "person", Map.of("type", "string")),
            "required",
            List.of(required),
            "additionalProperties",
            false);
    LockedTool locked =
        new LockedTool(name, "", schema, Json.hash(schema), args -> problems(required, args));
    tools.put(
        name,
        new Tool(
            name,
            name.replace(".", "__"),
            effect,
            Duration.ofSeconds(20),
            Tool.Retry.DEFAULT,
            set,
            probe,
            LABELS.getOrDefault(name, List.of()),
            name.equals("d.note") ? List.of("found") : List.of(),
            Set.of(),
            locked));
  }

  private static List<String> problems(String required, Map<String, Object> args) {
    List<String> problems = new ArrayList<>();
    if (!args.containsKey(required)) {
      problems.add(required + " is missing");
    }
    Set<String> known = Set.of("email", "item", "kind", "key", "person");
    args.forEach((name, value) -> {
      if (!known.contains(name)) {
        problems.add("there is no argument " + name);
      } else if (!(value instanceof String)) {
        problems.add(name + " must be a text");
      }
    });
    return problems;
  }

  private static Map<String, Object> args(Map<String, Object> locals) {
    return locals.get("args") instanceof Map<?, ?> map ? Json.object(map) : Map.of();
  }
}
