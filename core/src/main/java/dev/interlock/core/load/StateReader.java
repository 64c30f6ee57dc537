package dev.interlock.core.load;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Anywhere;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Frame;
import dev.interlock.core.machine.Over;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code states}, {@code anywhere} and {@code budgets}. */
final class StateReader {
  private static final List<String> TYPES =
      List.of("agent", "call", "approval", "escalation", "final");
  private static final List<String> LATER = List.of("wait", "choice", "child");
  private static final Set<String> RESERVED = Set.of("back", "escalated", "default");

  private final Reader reader;
  private final Names names;
  private final Map<String, Field> fields;
  private final Guards guards;

  StateReader(Reader reader, Names names, Map<String, Field> fields, Guards guards) {
    this.reader = reader;
    this.names = names;
    this.fields = fields;
    this.guards = guards;
  }

  @Nullable State state(Node.Member member) {
    String name = member.key();
    MappingReader keys = reader.mapping(member.node(), "the state " + name);
    if (keys == null) {
      return null;
    }
    if (RESERVED.contains(name)) {
      reader.report(
          member.mark(), "name", "the state `" + name + "`", "another name: it is reserved", null);
    }
    Node.Scalar word = keys.word("type");
    String type = word == null ? "agent" : word.text();
    keys.notYet("say", "quiet", "autonomous", "calls", "people", "notFrom", "except");
    State state =
        switch (type) {
          case "agent" -> agent(name, keys);
          case "call" -> call(name, keys);
          case "approval" -> approval(name, keys);
          case "escalation" -> escalation(name, keys);
          case "final" -> new State.Final(name, Frame.EMPTY, keys.text("outcome", ""));
          default -> {
            if (word != null) {
              unknownType(word);
            }
            yield null;
          }
        };
    if (state != null) {
      keys.done();
    }
    return state;
  }

  private void unknownType(Node.Scalar word) {
    if (LATER.contains(word.text())) {
      reader.report(
          word.mark(),
          "not-yet",
          "the state type `" + word.text() + "`",
          "one of " + String.join(", ", TYPES),
          "not yet: it belongs to the format, but is not built");
    } else {
      reader.unknown(word.mark(), "unknown-type", "state type", word.text(), TYPES);
    }
  }

  private State agent(String name, MappingReader keys) {
    List<String> record = fieldsOf(keys.words("record"), Field.Source.AGENT, "recorded");
    List<Transition> transitions = new ArrayList<>();
    for (Node node : keys.list("transitions")) {
      Transition transition = transition(node);
      if (transition != null) {
        transitions.add(transition);
      }
    }
    State.Agent agent =
        new State.Agent(
            name,
            keys.text("goal", ""),
            keys.words("forbid").stream().map(Node.Scalar::text).toList(),
            frame(keys, Set.of()),
            names.selected(keys.words("tools")),
            record,
            transitions,
            target(keys.word("otherwise")),
            keys.bool("skip", false),
            idle(keys));
    boolean leaves =
        !agent.transitions().isEmpty()
            || agent.otherwise() != null
            || !agent.frame().on().isEmpty()
            || !agent.frame().after().isEmpty()
            || !agent.idle().isEmpty();
    if (!leaves && reader.count() == 0) {
      reader.report(
          keys.mark(),
          "no-way-out",
          "the state " + name + " without a way out",
          "transitions, otherwise, on, after or idle",
          "make it `type: final` if the work ends here");
    }
    return agent;
  }

  private @Nullable Transition transition(Node node) {
    MappingReader keys = reader.mapping(node, "a transition");
    if (keys == null) {
      return null;
    }
    Target target = target(keys.needWord("target"));
    List<String> requires = names.all(keys.words("requires"), "field", names.fields());
    Expression guard = guards.guard(keys.word("guard"), requires);
    List<String> clears = clears(keys);
    keys.done();
    return target == null ? null : new Transition(target, requires, guard, clears);
  }

  private List<TimerRule> idle(MappingReader keys) {
    List<TimerRule> rules = new ArrayList<>();
    for (Node.Member member : keys.members("idle")) {
      TimerRule rule = in(member);
      if (rule != null) {
        rules.add(rule);
      }
    }
    return rules;
  }

  private @Nullable TimerRule in(Node.Member member) {
    Duration in = reader.duration(member.mark(), member.key(), "a timer");
    Target target = target(reader.word(member.node(), "the target of a timer"));
    return in == null || target == null ? null : new TimerRule.In(in, target);
  }

  private List<TimerRule> after(MappingReader keys) {
    Node node = keys.take("after");
    List<TimerRule> rules = new ArrayList<>();
    if (node instanceof Node.Sequence sequence) {
      for (Node item : sequence.items()) {
        TimerRule rule = listed(item);
        if (rule != null) {
          rules.add(rule);
        }
      }
    } else {
      for (Node.Member member : keys.members("after")) {
        TimerRule rule = in(member);
        if (rule != null) {
          rules.add(rule);
        }
      }
    }
    return rules;
  }

  private @Nullable TimerRule listed(Node node) {
    MappingReader keys = reader.mapping(node, "a timer");
    if (keys == null) {
      return null;
    }
    Duration in = keys.duration("in");
    Expression at = guards.time(keys.word("at"));
    Target target = target(keys.needWord("target"));
    keys.done();
    if (keys.has("in") == keys.has("at")) {
      reader.report(node.mark(), "timer", "a timer", "either `in` or `at`", null);
    }
    if (target == null) {
      return null;
    }
    if (in != null) {
      return new TimerRule.In(in, target);
    }
    return at == null ? null : new TimerRule.At(at, target);
  }

  private @Nullable State call(String name, MappingReader keys) {
    Node.Scalar tool = keys.needWord("call");
    boolean known = tool != null && names.check(tool, "tool", names.tools().keySet());
    Map<String, Expression> with =
        known && tool != null ? guards.arguments(keys.members("with"), tool.text()) : Map.of();
    keys.take("with");
    Target ok = null;
    Target failed = null;
    MappingReader on = keys.mapping("on");
    if (on == null) {
      keys.need("on");
    } else {
      ok = target(on.needWord("ok"));
      failed = target(on.needWord("failed"));
    }
    Frame frame = frame(keys, Set.of("ok", "failed"));
    return !known || tool == null || ok == null || failed == null
        ? null
        : new State.Call(name, frame, tool.text(), with, ok, failed);
  }

  private State approval(String name, MappingReader keys) {
    Map<String, State.Answer> answers = new LinkedHashMap<>();
    for (Node.Member member : keys.members("answers")) {
      MappingReader answer = reader.mapping(member.node(), "the answer " + member.key());
      if (answer != null) {
        Target target = target(answer.needWord("target"));
        List<String> fills = fieldsOf(answer.words("fills"), Field.Source.HUMAN, "filled");
        List<String> clears = clears(answer);
        answer.done();
        if (target != null) {
          answers.put(member.key(), new State.Answer(target, fills, clears));
        }
      }
    }
    if (!keys.has("answers")) {
      keys.need("answers");
    }
    String role = keys.needText("role");
    return new State.Approval(
        name,
        frame(keys, Set.of()),
        role == null ? "" : role,
        names.all(keys.words("shows"), "field", names.fields()),
        answers);
  }

  private State escalation(String name, MappingReader keys) {
    return new State.Escalation(
        name,
        keys.text("desk", ""),
        frame(keys, Set.of()),
        names.all(keys.words("bundle"), "field", names.fields()),
        names.all(keys.words("resume"), "state", names.states()));
  }

  private Frame frame(MappingReader keys, Set<String> besideEvents) {
    List<String> clears = clears(keys);
    Map<String, Target> on = on(keys, besideEvents);
    List<TimerRule> after = after(keys);
    Budgets budgets = budgets(keys.mapping("budgets"));
    return new Frame(clears, on, after, budgets, over(keys.mapping("over")));
  }

  private Map<String, Target> on(MappingReader keys, Set<String> besideEvents) {
    Map<String, Target> on = new LinkedHashMap<>();
    for (Node.Member member : keys.members("on")) {
      if (besideEvents.contains(member.key())) {
        continue;
      }
      names.check(member.mark(), member.key(), "event", names.events());
      Target target = target(reader.word(member.node(), "the target of an event"));
      if (target != null) {
        on.put(member.key(), target);
      }
    }
    return on;
  }

  private List<String> clears(MappingReader keys) {
    List<Node.Scalar> words = keys.words("clears");
    for (Node.Scalar word : words) {
      Field field = fields.get(word.text());
      if (field != null && field.source() == Field.Source.INPUT) {
        reader.report(
            word.mark(),
            "clears-input",
            "the input `" + word.text() + "`",
            "a field that changes",
            null);
      }
    }
    return names.all(words, "field", names.fields());
  }

  private List<String> fieldsOf(List<Node.Scalar> words, Field.Source source, String verb) {
    for (Node.Scalar word : words) {
      Field field = fields.get(word.text());
      if (field != null && (field.source() != source || field.keyed())) {
        reader.report(
            word.mark(),
            "wrong-source",
            "the field `%s` of source %s".formatted(word.text(), field.source().word()),
            "a field of source %s: only those are %s".formatted(source.word(), verb),
            null);
      }
    }
    return names.all(words, "field", names.fields());
  }

  @Nullable Target target(Node.@Nullable Scalar word) {
    if (word == null) {
      return null;
    }
    if (word.text().equals("back")) {
      return new Target.Back();
    }
    return names.check(word, "state", names.states()) ? new Target.To(word.text()) : null;
  }

  Over over(@Nullable MappingReader keys) {
    if (keys == null) {
      return Over.NONE;
    }
    Map<Reason, Target> byReason = new EnumMap<>(Reason.class);
    Target otherwise = null;
    List<String> words = new ArrayList<>();
    for (Reason reason : Reason.values()) {
      words.add(reason.word());
    }
    words.add("default");
    for (Node.Member member : keys.node().members()) {
      Target target = target(reader.word(member.node(), "where a reason leads"));
      if (target == null) {
        continue;
      }
      if (member.key().equals("default")) {
        otherwise = target;
      } else if (Reason.of(member.key()).isPresent()) {
        byReason.put(Reason.of(member.key()).get(), target);
      } else {
        reader.unknown(member.mark(), "unknown-reason", "reason", member.key(), words);
      }
    }
    return new Over(byReason, otherwise);
  }

  Anywhere anywhere(@Nullable MappingReader keys, Map<String, State> states) {
    if (keys == null) {
      return new Anywhere(Map.of(), Over.NONE);
    }
    Map<String, Target> on = on(keys, Set.of());
    Over over = over(keys.mapping("over"));
    keys.done();
    Set<Target> targets = new LinkedHashSet<>(over.byReason().values());
    if (over.otherwise() != null) {
      targets.add(over.otherwise());
    }
    for (Target target : targets) {
      if (!(target instanceof Target.To(String name)
          && (states.get(name) instanceof State.Escalation
              || states.get(name) instanceof State.Final))) {
        reader.report(
            keys.mark(),
            "over-target",
            "`over` that leads to " + target,
            "an escalation or a final state: nothing else can go on with a spent budget",
            null);
      }
    }
    return new Anywhere(on, over);
  }

  Budgets budgets(@Nullable MappingReader keys) {
    if (keys == null) {
      return Budgets.NONE;
    }
    Map<Budget, Decimal> limits = new EnumMap<>(Budget.class);
    for (Budget budget : Budget.values()) {
      Decimal limit =
          switch (budget) {
            case DURATION -> seconds(keys.duration(budget.word()));
            case COST -> keys.number(budget.word());
            default -> {
              Long whole = keys.whole(budget.word(), 1);
              yield whole == null ? null : Decimal.of(whole);
            }
          };
      if (limit != null) {
        limits.put(budget, limit);
      }
    }
    keys.done();
    return new Budgets(limits);
  }

  private static @Nullable Decimal seconds(@Nullable Duration duration) {
    return duration == null ? null : Decimal.of(duration.toSeconds());
  }

  /** The machine's budgets, with every default. */
  Budgets all(Budgets own) {
    Map<Budget, Decimal> limits = new EnumMap<>(Budget.class);
    for (Budget budget : Budget.values()) {
      String standard = budget.standard();
      if (standard != null) {
        limits.put(
            budget,
            budget == Budget.DURATION
                ? Decimal.of(Duration.parse(standard).toSeconds())
                : Decimal.of(standard));
      }
    }
    limits.putAll(own.limits());
    return new Budgets(limits);
  }

  /** Names that stand twice where each must be told apart. */
  static Set<String> doubled(List<String> names) {
    Set<String> seen = new HashSet<>();
    Set<String> twice = new LinkedHashSet<>();
    names.stream().filter(name -> !seen.add(name)).forEach(twice::add);
    return twice;
  }
}
