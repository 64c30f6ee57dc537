package dev.interlock.core.load;

import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Frame;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Over;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loads {@code states}: first their names, then each by its type. */
final class StateLoader {
  private static final List<String> TYPES =
      List.of("agent", "call", "approval", "wait", "choice", "escalation", "final");
  private static final Set<String> NOT_YET = Set.of("child");

  private final Draft draft;
  private final Reader reader;
  private final WayLoader ways;

  StateLoader(Draft draft, WayLoader ways) {
    this.draft = draft;
    this.reader = draft.reader;
    this.ways = ways;
  }

  /** Learns the names, so that targets may refer to them. */
  void declare(List<Node.Member> members) {
    for (Node.Member member : members) {
      String name = member.key();
      if (name.equals("back") || name.equals(Machine.BUILT_IN_ESCALATION.name())) {
        reader.report(
            member.mark(),
            LoadCode.NAME,
            "the state name `" + name + "`",
            "a name that means nothing else",
            "rename it");
      } else {
        draft.validWord(member.mark(), "state", name);
      }
      draft.states.add(name);
      String type = type(member.node());
      if (type.equals("final") || type.equals("escalation")) {
        draft.ends.add(name);
      }
    }
  }

  private static String type(Node node) {
    return node instanceof Node.Mapping mapping
            && mapping.member("type") instanceof Node.Member(Mark m, String k, Node.Scalar word)
        ? word.text()
        : "agent";
  }

  /**
   * Loads the states, once everything else is known.
   *
   * @param anywhere whether events lead out of every state
   */
  Map<String, State> load(
      List<Node.Member> members, Map<String, Tool> tools, List<Rule> rules, boolean anywhere) {
    Map<String, State> states = new LinkedHashMap<>();
    for (Node.Member member : members) {
      MappingReader keys = reader.mapping(member.node(), "the state `" + member.key() + "`");
      State state = keys == null ? null : state(member.key(), keys, tools, rules, anywhere);
      if (state != null) {
        states.put(member.key(), state);
      }
    }
    return states;
  }

  private @Nullable State state(
      String name,
      MappingReader keys,
      Map<String, Tool> tools,
      List<Rule> rules,
      boolean anywhere) {
    Node.Scalar word = keys.word("type");
    String type = word == null ? "agent" : word.text();
    State state =
        switch (type) {
          case "agent" -> agent(name, keys, anywhere);
          case "call" -> call(name, keys, tools, rules);
          case "approval" -> approval(name, keys);
          case "wait" -> waiting(name, keys, anywhere);
          case "choice" -> choice(name, keys);
          case "escalation" -> escalation(name, keys);
          case "final" -> new State.Final(name, end(keys), keys.text("outcome", ""));
          default -> null;
        };
    if (TYPES.contains(type)) {
      keys.done();
    } else if (word != null && NOT_YET.contains(type)) {
      reader.notYet(
          word.mark(), "the type `" + type + "`", "one of " + Reader.list(TYPES), type, "");
    } else if (word != null) {
      reader.unknown(word.mark(), LoadCode.UNKNOWN_WORD, "type", type, TYPES);
    }
    return state;
  }

  /** What every kind where an instance may rest has; {@code on} is read apart. */
  private Frame frame(MappingReader keys, Map<String, Target> on, Effective effective) {
    return frame(keys, on, ways.timers(keys.take("after"), "`after`"), effective);
  }

  private Frame frame(
      MappingReader keys, Map<String, Target> on, List<TimerRule> after, Effective effective) {
    List<String> clears = draft.clears(keys.words("clears"));
    List<Node.Member> limits = keys.members("budgets");
    List<Node.Member> reasons = keys.members("over");
    Budgets budgets = ways.budgets(limits);
    Over over = ways.over(reasons, budgets);
    for (Node.Member member : limits) {
      Budget.of(member.key())
          .filter(budget -> !effective.budgets().contains(budget))
          .ifPresent(budget -> inVain(member, effective.type(), effective.budgets()));
    }
    for (Node.Member member : reasons) {
      Reason.of(member.key())
          .filter(reason -> reason != Reason.ENTERED)
          .filter(reason -> !effective.reasons().contains(reason))
          .ifPresent(reason -> inVain(member, effective.type(), effective.reasons()));
    }
    return new Frame(clears, on, after, budgets, over, say(keys));
  }

  private Frame end(MappingReader keys) {
    return new Frame(List.of(), Map.of(), List.of(), Budgets.NONE, Over.NONE, say(keys));
  }

  private @Nullable Expression say(MappingReader keys) {
    Node.Scalar text = keys.word("say");
    return text == null ? null : Template.of(draft, text);
  }

  private void inVain(Node.Member member, String type, Collection<?> others) {
    List<String> words = others.stream().map(Object::toString).toList();
    reader.noEffect(member.mark(), member.key(), type, "one of " + Reader.list(words));
  }

  private @Nullable State agent(String name, MappingReader keys, boolean anywhere) {
    String goal = keys.needText("goal");
    List<String> forbid = keys.words("forbid").stream().map(Node.Scalar::text).toList();
    List<String> tools = Selector.expand(draft, keys, "tools");
    List<String> record = draft.fieldNames(keys.words("record"), "`record`", "agent", "user");
    List<Transition> transitions = ways.transitions(keys.list("transitions"));
    Target otherwise = ways.target(keys.take("otherwise"), "`otherwise`");
    boolean skip = keys.bool("skip", false);
    boolean quiet = keys.bool("quiet", false);
    boolean autonomous = keys.bool("autonomous", false);
    List<TimerRule> idle = ways.timers(keys.take("idle"), "`idle`");
    for (TimerRule rule : idle) {
      if (rule instanceof TimerRule.At at) {
        reader.report(
            keys.mark(),
            LoadCode.MISPLACED,
            "the timer `" + at.at().source() + "` in `idle`",
            "durations: it counts while the instance waits",
            "put it into `after`");
      }
    }
    if (autonomous && keys.has("idle")) {
      reader.noEffect(keys, "idle", "an autonomous state", "it where the user is waited for");
    }
    Frame frame = frame(keys, ways.events(keys.members("on")), Effective.AGENT);
    wayOut(name, keys, anywhere, List.of("transitions", "otherwise", "on", "after", "idle"));
    return goal == null
        ? null
        : new State.Agent(
            name,
            goal,
            forbid,
            frame,
            tools,
            record,
            transitions,
            otherwise,
            skip,
            idle,
            quiet,
            autonomous);
  }

  /** Reports a state that nothing leads out of. */
  private void wayOut(String name, MappingReader keys, boolean anywhere, List<String> ways) {
    if (!anywhere && ways.stream().noneMatch(keys::has)) {
      reader.report(
          keys.mark(),
          LoadCode.INCOMPLETE,
          "the state `" + name + "` without a way out",
          "one of " + Reader.list(ways),
          null);
    }
  }

  private State waiting(String name, MappingReader keys, boolean anywhere) {
    Frame frame = frame(keys, ways.events(keys.members("on")), Effective.WAIT);
    wayOut(name, keys, anywhere, List.of("on", "after"));
    return new State.Wait(name, frame);
  }

  private @Nullable State choice(String name, MappingReader keys) {
    List<Transition> transitions = ways.transitions(keys.list("transitions"));
    Target otherwise = ways.target(keys.need("otherwise"), "`otherwise`");
    Frame frame = frame(keys, Map.of(), List.of(), Effective.CHOICE);
    return otherwise == null ? null : new State.Choice(name, frame, transitions, otherwise);
  }

  private @Nullable State call(
      String name, MappingReader keys, Map<String, Tool> tools, List<Rule> rules) {
    List<State.Made> calls = new ArrayList<>();
    boolean several = keys.has("calls");
    if (several && keys.has("call")) {
      reader.report(
          keys.mark(),
          LoadCode.NO_EFFECT,
          "the keys `call` and `calls`",
          "one of them",
          "put the one call into the list");
    }
    if (several) {
      calls.addAll(several(name, keys, tools, rules));
    } else {
      made(keys.needWord("call"), keys, "the state `" + name + "`", tools).ifPresent(calls::add);
    }
    MappingReader on = keys.has("on") ? keys.mapping("on") : null;
    Target ok = null;
    Target failed = null;
    if (on == null) {
      keys.need("on");
    } else {
      ok = ways.target(on.need("ok"), "the target of `ok`");
      failed = ways.target(on.need("failed"), "the target of `failed`");
      on.done();
    }
    Frame frame = frame(keys, Map.of(), Effective.CALL);
    return ok == null || failed == null || calls.isEmpty()
        ? null
        : new State.Call(name, frame, List.copyOf(calls), ok, failed);
  }

  /** Reads that go out together: a name, or {@code {call, with}}, each. */
  private List<State.Made> several(
      String name, MappingReader keys, Map<String, Tool> tools, List<Rule> rules) {
    List<Node> items = keys.list("calls");
    if (items.isEmpty() || items.size() > State.Call.MAX_CALLS) {
      reader.report(
          keys.mark(),
          LoadCode.RANGE,
          items.size() + " calls of the state `" + name + "`",
          "1 to " + State.Call.MAX_CALLS,
          null);
    }
    List<State.Made> calls = new ArrayList<>();
    for (Node item : items) {
      String what = "a call of the state `" + name + "`";
      MappingReader each =
          item instanceof Node.Mapping mapping ? new MappingReader(reader, mapping, what) : null;
      Node.Scalar word = each == null ? reader.word(item, what) : each.needWord("call");
      made(word, each, what, tools).ifPresent(calls::add);
      if (each != null) {
        each.done();
      }
      if (word != null) {
        together(name, word, rules);
      }
    }
    return calls;
  }

  private void together(String state, Node.Scalar word, List<Rule> rules) {
    if (draft.tools.getOrDefault(word.text(), EffectClass.READ) != EffectClass.READ) {
      reader.report(
          word.mark(),
          LoadCode.MISPLACED,
          "`" + word.text() + "` in `calls`, whose effect is not read",
          "reads only: they go out together",
          "give it a state of its own, with `call`");
    }
    for (Rule rule : rules) {
      if (rule.ask() != null && rule.appliesTo(word.text(), state)) {
        reader.report(
            word.mark(),
            LoadCode.MISPLACED,
            "`%s` in `calls`, which the rule \"%s\" asks about"
                .formatted(word.text(), rule.sentence()),
            "reads that nobody is asked about",
            "give it a state of its own, with `call`");
      }
    }
  }

  /**
   * A call and its arguments.
   *
   * @param keys where {@code with} stands, or null if there is none
   */
  private Optional<State.Made> made(
      Node.@Nullable Scalar word,
      @Nullable MappingReader keys,
      String what,
      Map<String, Tool> tools) {
    List<Node.Member> with = keys == null ? List.of() : keys.members("with");
    if (word == null) {
      return Optional.empty();
    }
    String tool = word.text();
    if (!draft.tools.containsKey(tool)) {
      reader.unknown(word.mark(), LoadCode.UNKNOWN_NAME, "tool", tool, draft.tools.keySet());
      return Optional.empty();
    }
    Map<String, Expression> filled = new Arguing(draft).filled(with, tool, draft.plain());
    Set<String> set = new HashSet<>(filled.keySet());
    Tool declared = tools.get(tool);
    if (declared != null) {
      for (Node.Member member : with) {
        if (declared.set().containsKey(member.key())) {
          reader.report(
              member.mark(),
              LoadCode.DUPLICATE_NAME,
              "`" + member.key() + "`, which `set` of `" + tool + "` fills",
              "each argument once",
              "take it out");
        }
      }
      set.addAll(declared.set().keySet());
      with.forEach(member -> set.add(member.key()));
      Mark mark = keys == null ? word.mark() : keys.mark();
      new Arguing(draft).complete(mark, what, tool, set);
    }
    return Optional.of(new State.Made(tool, filled));
  }

  private @Nullable State approval(String name, MappingReader keys) {
    Node.Scalar role = keys.needWord("role");
    QuorumLoader quorum = new QuorumLoader(draft);
    Expression people = quorum.people(keys, draft.plain());
    List<String> notFrom = quorum.notFrom(keys, role == null ? "" : role.text(), Set.of());
    List<String> shows = draft.shown(keys.words("shows"));
    Map<String, State.Answer> answers = new LinkedHashMap<>();
    keys.need("answers");
    List<Node.Member> members = keys.members("answers");
    if (keys.has("answers") && members.isEmpty()) {
      reader.report(
          keys.mark(),
          LoadCode.INCOMPLETE,
          "no answers",
          "at least one, as approved: {target: STATE}",
          null);
    }
    for (Node.Member member : members) {
      draft.validWord(member.mark(), "answer", member.key());
      State.Answer answer = answer(member);
      if (answer != null) {
        answers.put(member.key(), answer);
      }
    }
    Frame frame = frame(keys, ways.events(keys.members("on")), Effective.APPROVAL);
    return role == null || !draft.validWord(role.mark(), "role", role.text())
        ? null
        : new State.Approval(
            name, frame, role.text(), shows, people, notFrom, Collections.unmodifiableMap(answers));
  }

  private State.@Nullable Answer answer(Node.Member member) {
    MappingReader keys = reader.mapping(member.node(), "the answer `" + member.key() + "`");
    if (keys == null) {
      return null;
    }
    Target target = ways.target(keys.need("target"), "`target` of an answer");
    List<String> fills = draft.fieldNames(keys.words("fills"), "`fills`", "human");
    List<String> clears = draft.clears(keys.words("clears"));
    keys.done();
    return target == null ? null : new State.Answer(target, fills, clears);
  }

  private State escalation(String name, MappingReader keys) {
    String desk = keys.text("desk", "");
    List<String> bundle = draft.told(keys.words("bundle"), "`bundle`");
    List<Node.Scalar> resume = keys.words("resume");
    List<String> resumes = new ArrayList<>(draft.stateNames(resume));
    for (Node.Scalar word : resume) {
      if (draft.ends.contains(word.text())) {
        reader.report(
            word.mark(),
            LoadCode.MISPLACED,
            "`" + word.text() + "`, an end, in `resume`",
            "states where the work goes on",
            null);
      }
    }
    Frame frame = frame(keys, ways.events(keys.members("on")), Effective.ESCALATION);
    return new State.Escalation(name, desk, frame, bundle, List.copyOf(resumes));
  }
}
