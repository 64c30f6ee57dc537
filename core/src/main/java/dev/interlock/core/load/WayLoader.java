package dev.interlock.core.load;

import dev.cel.common.types.SimpleType;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Budgets;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Over;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Loads what leads out of states: targets, transitions, events, timers, budgets, reasons. */
final class WayLoader {
  private static final String BACK = "back";

  /** Reasons that are budgets of the whole instance too. */
  private static final Set<Reason> MACHINE_BUDGETS =
      Set.of(
          Reason.TURNS,
          Reason.TOOL_CALLS,
          Reason.ERRORS,
          Reason.TOTAL_ERRORS,
          Reason.TOKENS,
          Reason.COST,
          Reason.DURATION);

  private final Draft draft;
  private final Reader reader;

  WayLoader(Draft draft) {
    this.draft = draft;
    this.reader = draft.reader;
  }

  /** A state or {@code back}. */
  @Nullable Target target(@Nullable Node node, String what) {
    Node.Scalar word = node == null ? null : reader.word(node, what);
    if (word == null) {
      return null;
    }
    if (word.text().equals(BACK)) {
      return new Target.Back();
    }
    if (draft.states.contains(word.text())) {
      return new Target.To(word.text());
    }
    reader.unknown(word.mark(), LoadCode.UNKNOWN_NAME, "state", word.text(), draft.states);
    return null;
  }

  // ---- transitions

  List<Transition> transitions(List<Node> items) {
    List<Transition> transitions = new ArrayList<>();
    for (Node item : items) {
      MappingReader keys = reader.mapping(item, "a transition");
      Transition transition = keys == null ? null : transition(keys);
      if (transition != null) {
        transitions.add(transition);
      }
    }
    return List.copyOf(transitions);
  }

  private @Nullable Transition transition(MappingReader keys) {
    Target target = target(keys.need("target"), "`target` of a transition");
    List<String> requires = draft.fieldNames(keys.words("requires"));
    Node.Scalar guard = keys.scalar("guard");
    List<String> clears = draft.clears(keys.words("clears"));
    keys.done();
    CompiledExpression compiled =
        guard == null ? null : GuardCompiler.guard(reader, draft.guards(), guard);
    if (guard != null && compiled != null) {
      GuardCompiler.requireSure(
          reader,
          guard,
          compiled,
          draft.sure(requires),
          "add it to `requires`, or write has(context.%s) && …");
    }
    return target == null ? null : new Transition(target, requires, compiled, clears);
  }

  // ---- events and timers

  Map<String, Target> events(List<Node.Member> members) {
    Map<String, Target> events = new LinkedHashMap<>();
    for (Node.Member member : members) {
      if (!draft.events.contains(member.key())) {
        reader.unknown(member.mark(), LoadCode.UNKNOWN_NAME, "event", member.key(), draft.events);
      }
      Target target = target(member.node(), "the target of `" + member.key() + "`");
      if (target != null) {
        events.put(member.key(), target);
      }
    }
    return Collections.unmodifiableMap(events);
  }

  /** {@code {PT24H: TARGET}}, or a list of {@code {in, target}} and {@code {at, target}}. */
  List<TimerRule> timers(@Nullable Node node, String what) {
    List<TimerRule> timers = new ArrayList<>();
    switch (node) {
      case null -> {}
      case Node.Mapping mapping -> {
        for (Node.Member member : mapping.members()) {
          Duration in = reader.duration(member.mark(), member.key(), "the time of a timer");
          Target target = target(member.node(), "the target of a timer");
          if (in != null && target != null) {
            timers.add(new TimerRule.In(in, target));
          }
        }
      }
      case Node.Sequence sequence -> {
        for (Node item : sequence.items()) {
          MappingReader keys = reader.mapping(item, "a timer");
          TimerRule timer = keys == null ? null : timer(keys);
          if (timer != null) {
            timers.add(timer);
          }
        }
      }
      case Node.Scalar scalar ->
          reader.report(
              scalar.mark(), LoadCode.TYPE, scalar.described(), what + ", as {PT24H: STATE}", null);
    }
    return List.copyOf(timers);
  }

  private @Nullable TimerRule timer(MappingReader keys) {
    Duration in = keys.duration("in");
    Node.Scalar at = keys.scalar("at");
    Target target = target(keys.need("target"), "`target` of a timer");
    keys.done();
    if (keys.has("in") == keys.has("at")) {
      reader.report(
          keys.mark(),
          LoadCode.INCOMPLETE,
          "a timer with both or neither",
          "one of `in` and `at`",
          null);
      return null;
    }
    if (at == null) {
      return in == null || target == null ? null : new TimerRule.In(in, target);
    }
    Expression time = GuardCompiler.of(reader, draft.guards(), at, SimpleType.TIMESTAMP);
    return time == null || target == null ? null : new TimerRule.At(time, target);
  }

  // ---- budgets

  /** What is written there, without defaults. */
  Budgets budgets(List<Node.Member> members) {
    Map<Budget, Decimal> limits = new EnumMap<>(Budget.class);
    for (Node.Member member : members) {
      Budget budget = Budget.of(member.key()).orElse(null);
      if (budget == null) {
        List<String> words = Arrays.stream(Budget.values()).map(Budget::word).toList();
        reader.unknown(member.mark(), LoadCode.UNKNOWN_WORD, "budget", member.key(), words);
        continue;
      }
      Decimal limit = limit(budget, member.node());
      if (limit != null) {
        limits.put(budget, limit);
      }
    }
    return new Budgets(Collections.unmodifiableMap(limits));
  }

  /** The budgets of the whole instance, every default filled in. */
  Budgets withDefaults(Budgets written) {
    Map<Budget, Decimal> limits = new EnumMap<>(Budget.class);
    for (Budget budget : Budget.values()) {
      Decimal limit = written.limit(budget);
      String standard = budget.standard();
      if (limit != null) {
        limits.put(budget, limit);
      } else if (standard != null) {
        limits.put(
            budget,
            budget == Budget.DURATION
                ? Decimal.of(Duration.parse(standard).toSeconds())
                : Decimal.of(standard));
      }
    }
    return new Budgets(Collections.unmodifiableMap(limits));
  }

  private @Nullable Decimal limit(Budget budget, Node node) {
    String what = "the budget `" + budget.word() + "`";
    return switch (budget) {
      case DURATION -> {
        Duration duration = reader.duration(node, what);
        yield duration == null ? null : Decimal.of(Math.max(1, duration.toSeconds()));
      }
      case COST -> {
        Decimal cost = reader.number(node, what);
        if (cost != null && cost.value().signum() < 0) {
          reader.report(node.mark(), LoadCode.RANGE, node.described(), what + ", at least 0", null);
        }
        yield cost;
      }
      case TURNS, TOOL_CALLS, CALLS_PER_TURN, ERRORS, TOTAL_ERRORS, TOKENS, VISITS -> {
        Long limit = reader.whole(node, what, budget == Budget.TOOL_CALLS ? 0 : 1);
        yield limit == null ? null : Decimal.of(limit);
      }
    };
  }

  // ---- reasons

  /**
   * Where reasons lead.
   *
   * @param own the budgets of the state itself, which may lead anywhere; null for the machine's
   */
  Over over(List<Node.Member> members, @Nullable Budgets own) {
    Map<Reason, Target> byReason = new EnumMap<>(Reason.class);
    Target otherwise = null;
    for (Node.Member member : members) {
      Target target = target(member.node(), "the target of `" + member.key() + "`");
      Reason reason = Reason.of(member.key()).filter(r -> r != Reason.ENTERED).orElse(null);
      if (member.key().equals("default")) {
        otherwise = target;
      } else if (reason == null) {
        reader.unknown(member.mark(), LoadCode.UNKNOWN_WORD, "reason", member.key(), reasons());
      } else if (target != null) {
        byReason.put(reason, target);
      }
      boolean spends =
          (own == null && member.key().equals("default"))
              || (reason != null && MACHINE_BUDGETS.contains(reason) && !ownBudget(own, reason));
      if (spends && target != null && !ends(target)) {
        reader.report(
            member.node().mark(),
            LoadCode.MISPLACED,
            "`" + target + "`, where a spent budget of the machine would lead",
            "an escalation or a final state",
            draft.ends.isEmpty() ? null : "one of " + Reader.list(draft.ends));
      }
    }
    return new Over(Collections.unmodifiableMap(byReason), otherwise);
  }

  private static boolean ownBudget(@Nullable Budgets own, Reason reason) {
    return own != null && Budget.of(reason.word()).map(own::limit).isPresent();
  }

  private boolean ends(Target target) {
    return switch (target) {
      case Target.To(String state) -> draft.ends.contains(state);
      case Target.Back back -> false;
    };
  }

  private static Set<String> reasons() {
    Set<String> words =
        Arrays.stream(Reason.values())
            .filter(reason -> reason != Reason.ENTERED)
            .map(Reason::word)
            .collect(Collectors.toCollection(TreeSet::new));
    words.add("default");
    return words;
  }
}
