package dev.interlock.core.difference;

import static dev.interlock.core.difference.MachineChanges.lists;
import static dev.interlock.core.difference.MachineChanges.minus;
import static dev.interlock.core.difference.MachineChanges.source;
import static dev.interlock.core.difference.MachineChanges.sources;

import dev.interlock.core.difference.Difference.Changes;
import dev.interlock.core.difference.Difference.Kind;
import dev.interlock.core.machine.Frame;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Way;
import dev.interlock.core.machine.Ways;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What differs between two versions of a machine, state by state. */
final class StateChanges {
  private final Machine old;
  private final Machine now;
  private final Changes changes;
  private final RuleChanges rules;

  StateChanges(Machine old, Machine now, Changes changes) {
    this.old = old;
    this.now = now;
    this.changes = changes;
    this.rules = new RuleChanges(old, now, changes);
  }

  void compare() {
    for (State is : now.states().values()) {
      State was = old.states().get(is.name());
      if (was == null) {
        changes.add(Kind.BESIDE, is.name(), "the state is new, of type " + type(is));
        rules.entered(is.name(), tools(is));
      } else if (!was.getClass().equals(is.getClass())) {
        changes.add(
            Kind.OTHERWISE, is.name(), "is of type %s, not %s".formatted(type(is), type(was)));
        rules.compare(is.name(), tools(was), tools(is));
      } else {
        rules.compare(is.name(), tools(was), tools(is));
        frame(is.name(), was.frame(), is.frame());
        state(is.name(), was, is);
      }
    }
    minus(old.states().keySet(), now.states().keySet())
        .forEach(name -> changes.add(Kind.BESIDE, name, "the state is gone"));
    ways();
  }

  private static String type(State state) {
    return state.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private static List<String> tools(State state) {
    return switch (state) {
      case State.Agent agent -> agent.tools();
      case State.Call call -> call.calls().stream().map(State.Made::tool).distinct().toList();
      case State.Approval s -> List.of();
      case State.Choice s -> List.of();
      case State.Wait s -> List.of();
      case State.Escalation s -> List.of();
      case State.Final s -> List.of();
    };
  }

  private void frame(String state, Frame was, Frame is) {
    MachineChanges.budgets(changes, state, was.budgets(), is.budgets());
    lists(
        was.clears(),
        is.clears(),
        fields -> changes.add(Kind.REFUSED, state, "clears %s at entry".formatted(fields)),
        fields ->
            changes.add(
                Kind.ALLOWED, state, "keeps %s at entry, which it cleared".formatted(fields)));
    changes.differs(
        Kind.BESIDE, state, source(was.say()), source(is.say()), "says something else at entry");
  }

  private void state(String name, State was, State is) {
    switch (is) {
      case State.Agent agent when was instanceof State.Agent before -> agent(name, before, agent);
      case State.Call call when was instanceof State.Call before -> call(name, before, call);
      case State.Approval approval when was instanceof State.Approval before ->
          approval(name, before, approval);
      case State.Choice choice when was instanceof State.Choice before ->
          order(name, before.transitions(), choice.transitions());
      case State.Escalation escalation when was instanceof State.Escalation before -> {
        lists(
            before.bundle(),
            escalation.bundle(),
            more -> changes.add(Kind.BESIDE, name, "its ticket has %s too".formatted(more)),
            less -> changes.add(Kind.BESIDE, name, "its ticket is without %s".formatted(less)));
        changes.differs(
            Kind.BESIDE, name, before.desk(), escalation.desk(), "its ticket is opened elsewhere");
      }
      case State.Final end when was instanceof State.Final before ->
          changes.differs(
              Kind.BESIDE, name, before.outcome(), end.outcome(), "has another outcome");
      default -> {} // what a wait has is in its frame
    }
  }

  private void agent(String name, State.Agent was, State.Agent is) {
    lists(
        was.record(),
        is.record(),
        fields -> changes.add(Kind.ALLOWED, name, "the model may record %s".formatted(fields)),
        fields ->
            changes.add(
                Kind.REFUSED, name, "the model may not record %s any more".formatted(fields)));
    if (was.autonomous() != is.autonomous()) {
      changes.add(
          is.autonomous() ? Kind.ALLOWED : Kind.REFUSED,
          name,
          is.autonomous() ? "goes on without the user" : "waits for the user");
    }
    changes.differs(
        Kind.OTHERWISE,
        name,
        was.skip(),
        is.skip(),
        is.skip()
            ? "may be left at entry, before the model is asked"
            : "is left after a turn, not at entry");
    order(name, was.transitions(), is.transitions());
    changes.differs(Kind.BESIDE, name, was.goal(), is.goal(), "its goal is worded otherwise");
    changes.differs(
        Kind.BESIDE, name, was.forbid(), is.forbid(), "what it tells the model not to do differs");
    changes.differs(Kind.BESIDE, name, was.quiet(), is.quiet(), "is quiet, or not any more");
  }

  private void call(String name, State.Call was, State.Call is) {
    changes.differs(
        Kind.OTHERWISE, name, made(was), made(is), "makes its calls with other arguments");
  }

  private static List<Map<String, String>> made(State.Call state) {
    return state.calls().stream().map(call -> sources(call.with())).toList();
  }

  private void approval(String name, State.Approval was, State.Approval is) {
    changes.differs(
        Kind.OTHERWISE,
        name,
        was.role(),
        is.role(),
        "is answered by %s, not by %s".formatted(is.role(), was.role()));
    changes.differs(
        Kind.OTHERWISE,
        name,
        source(was.people()),
        source(is.people()),
        "asks %s people, not %s".formatted(people(is), people(was)));
    lists(
        was.notFrom(),
        is.notFrom(),
        more -> changes.add(Kind.REFUSED, name, "is not answered by %s".formatted(more)),
        less -> changes.add(Kind.ALLOWED, name, "may be answered by %s too".formatted(less)));
    lists(
        was.shows(),
        is.shows(),
        more -> changes.add(Kind.REFUSED, name, "shows %s to whoever answers".formatted(more)),
        less -> changes.add(Kind.ALLOWED, name, "is answered without seeing %s".formatted(less)));
    is.answers()
        .forEach((word, answer) -> {
          State.Answer before = was.answers().get(word);
          if (before != null) {
            lists(
                before.fills(),
                answer.fills(),
                more ->
                    changes.add(
                        Kind.REFUSED, name, "the answer %s asks for %s".formatted(word, more)),
                less ->
                    changes.add(
                        Kind.ALLOWED, name, "the answer %s is without %s".formatted(word, less)));
            changes.differs(
                Kind.OTHERWISE,
                name,
                before.clears(),
                answer.clears(),
                "the answer %s clears other fields".formatted(word));
          }
        });
  }

  private static String people(State.Approval state) {
    return Objects.requireNonNullElse(source(state.people()), "1");
  }

  /** The first that is open is taken, so their order is judged; clears stand in no way. */
  private void order(String name, List<Transition> was, List<Transition> is) {
    List<String> before = new ArrayList<>(targets(was));
    List<String> after = new ArrayList<>(targets(is));
    before.retainAll(targets(is));
    after.retainAll(targets(was));
    changes.differs(
        Kind.OTHERWISE, name, before, after, "its ways out are looked at in another order");
    Map<String, List<String>> clears = clears(was);
    clears(is)
        .forEach((target, fields) -> {
          List<String> others = clears.get(target);
          if (others != null) {
            changes.differs(
                Kind.OTHERWISE,
                name,
                others,
                fields,
                "its way to %s clears other fields".formatted(target));
          }
        });
  }

  private static List<String> targets(List<Transition> ways) {
    return ways.stream().map(way -> way.target().toString()).distinct().toList();
  }

  private static Map<String, List<String>> clears(List<Transition> ways) {
    Map<String, List<String>> clears = new LinkedHashMap<>();
    ways.forEach(way ->
        clears
            .computeIfAbsent(way.target().toString(), target -> new ArrayList<>())
            .addAll(way.clears()));
    return clears;
  }

  // ---- ways

  private void ways() {
    Map<Way, List<String>> before = Ways.of(old);
    Map<Way, List<String>> after = Ways.of(now);
    after.forEach((way, conditions) -> {
      List<String> others = before.get(way);
      if (!known(way, old)) {
        return; // of a state that is new: it is entered by a way that is
      }
      if (others == null) {
        changes.add(Kind.ALLOWED, where(way), words(way, conditions));
      } else if (!others.equals(conditions)) {
        changes.add(
            Kind.OTHERWISE,
            where(way),
            "%s; before it was %s".formatted(words(way, conditions), told(others)));
      }
    });
    before.forEach((way, conditions) -> {
      if (!after.containsKey(way) && known(way, now)) {
        changes.add(Kind.REFUSED, where(way), words(way, conditions) + ", no longer");
      }
    });
  }

  private static boolean known(Way way, Machine machine) {
    return way.from().equals(Way.ANYWHERE) || machine.states().containsKey(way.from());
  }

  private static String where(Way way) {
    return way.from().equals(Way.ANYWHERE) ? Difference.EVERYWHERE : way.from();
  }

  private static String words(Way way, List<String> conditions) {
    String condition = told(conditions);
    return switch (way.cause()) {
      case "transition" -> "goes to %s, %s".formatted(way.target(), condition);
      case "otherwise" -> "goes to %s where nothing else is open".formatted(way.target());
      case "after" -> "goes to %s after %s".formatted(way.target(), condition);
      case "idle" -> "goes to %s when the user is silent for %s".formatted(way.target(), condition);
      case "ok", "failed" ->
          "goes to %s when its calls are %s".formatted(way.target(), way.cause());
      case "resume" -> "an operator may resume it in %s".formatted(way.target());
      default -> "%s leads to %s".formatted(cause(way.cause()), way.target());
    };
  }

  private static String cause(String cause) {
    return cause.startsWith("over ")
        ? cause.equals(Way.DEFAULT)
            ? "any other reason to escalate"
            : "the reason " + cause.substring(5)
        : "the " + cause;
  }

  private static String told(@Nullable List<String> conditions) {
    return conditions == null || conditions.isEmpty()
        ? "always"
        : conditions.stream()
            .map(condition -> condition.isEmpty() ? "always" : condition)
            .reduce((one, more) -> one + ", or " + more)
            .orElse("always");
  }
}
