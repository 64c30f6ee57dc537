package dev.interlock.core.check;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Over;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Ways;
import dev.interlock.testkit.brute.Met;
import dev.interlock.testkit.brute.Spied;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where the check may say of a machine that runs do more than they do: the whole list. */
final class Coarse {
  private final Machine machine;
  private final Met met;
  private final Explorer explorer;

  Coarse(Machine machine, Met met, Explorer explorer) {
    this.machine = machine;
    this.met = met;
    this.explorer = explorer;
  }

  /** Why it may; empty if it may not. */
  String why() {
    String why = ofMachine();
    boolean passing = false;
    for (State state : machine.states().values()) {
      why = why.isEmpty() ? of(state) : why;
      why = why.isEmpty() && state instanceof State.Agent agent ? of(agent) : why;
      passing |= isPassed(state);
    }
    if (!why.isEmpty()) {
      return why;
    }
    if (passing && !machine.anywhere().on().isEmpty()) {
      return "events are taken to come in states that are left at once";
    }
    if (machine.states().values().stream().anyMatch(State.Choice.class::isInstance)
        && states().stream().anyMatch(it -> isOver(it.name()) && leadsOn(it))) {
      return "a choice is taken to spend budgets";
    }
    return states().stream().anyMatch(this::isSpentOnly)
        ? "what spent budgets lead to is taken to be come to"
        : "";
  }

  private String ofMachine() {
    if (!conditions().allMatch(explorer.space()::exact)) {
      return "what is calculated is taken to come out in any way";
    }
    if (machine.rules().stream().anyMatch(rule -> rule.atMost() != null)) {
      return "`atMost` is taken to last";
    }
    if (machine.anywhere().over().byReason().keySet().size() > 0) {
      return "each reason to escalate is taken to come up anywhere";
    }
    if (Ways.of(machine).keySet().stream().anyMatch(way -> way.target().equals("back"))) {
      return "`back` is taken to lead to what was left also where `anywhere` came in between";
    }
    return "";
  }

  private String of(State state) {
    if (!state.frame().over().equals(Over.NONE)) {
      return "each reason to escalate is taken to come up anywhere";
    }
    if (state instanceof State.Call call) {
      if (!(state.frame().on().isEmpty() && state.frame().after().isEmpty())) {
        return "events and timers are taken to come while a call waits for people";
      }
      if (call.calls().stream().anyMatch(it -> !machine.tool(it.tool()).forgets().isEmpty())) {
        return "a call of a state is taken to be refused now and then";
      }
    }
    if (ways(state).stream().anyMatch(this::readsKeyed)) {
      return "of keyed facts the one is followed that is asked for, there or not";
    }
    return ways(state).stream().allMatch(this::stored)
        ? ""
        : "of a derived field that is required it is not known when it is set";
  }

  private String of(State.Agent state) {
    if (state.skip()) {
      return "a state whose ways are looked at first is taken to ask the model all the same";
    }
    if (!state.idle().isEmpty()) {
      return "`idle` is taken to pass where nobody waits";
    }
    if (state.transitions().isEmpty()) {
      return "";
    }
    if (passes(state)) {
      return "a way that is always open is taken to leave time for another turn";
    }
    if (asks(state)) {
      return "what waits for a yes is taken to wait though its state is left";
    }
    if (feeds(state)) {
      return "what a call needs is taken to be filled anew before the turn ends";
    }
    boolean left =
        !state.frame().on().isEmpty()
            || !state.frame().after().isEmpty()
            || !machine.anywhere().on().isEmpty();
    return fills(state) && left
        ? "events and timers are taken to come between what is filled and the end of a turn"
        : "";
  }

  /** All that is true or false somewhere. */
  private Stream<Expression> conditions() {
    Stream<@Nullable Expression> all =
        Stream.of(
                machine.context().values().stream()
                    .map(field -> field.source() instanceof Source.Derived(var is) ? is : null),
                machine.rules().stream().map(Rule::when),
                machine.rules().stream()
                    .map(rule -> rule.ask() == null ? null : rule.ask().unless()),
                states().stream().flatMap(state -> ways(state).stream()).map(Transition::guard),
                machine.properties().stream().map(Watch::condition))
            .flatMap(it -> it);
    return all.<Expression>mapMulti((each, next) -> {
      if (each != null) {
        next.accept(each);
      }
    });
  }

  List<State> states() {
    List<State> states = new ArrayList<>(machine.states().values());
    states.add(Machine.BUILT_IN_ESCALATION);
    return states;
  }

  /** Whether a state is left at once, or as soon as what it calls has settled. */
  static boolean isPassed(State state) {
    return state instanceof State.Call || state instanceof State.Choice;
  }

  /** Whether a call turns on what is filled in the same state, which may be left by then. */
  private boolean feeds(State.Agent state) {
    Set<String> filled = new HashSet<>(state.record());
    machine.context().values().stream()
        .filter(field -> field.from().stream().anyMatch(state.tools()::contains))
        .forEach(field -> filled.add(field.name()));
    Set<String> read = new HashSet<>();
    for (String tool : state.tools()) {
      machine.tool(tool).set().values().forEach(set -> read.addAll(set.reads()));
      read.addAll(machine.tool(tool).forgets());
      for (Property property : machine.properties()) {
        @Nullable Expression about = Watch.condition(property);
        if (about != null && tool.equals(about(property))) {
          read.addAll(about.reads());
        }
      }
      for (Rule rule : machine.rules()) {
        if (rule.appliesTo(tool, state.name()) && rule.when() != null) {
          read.addAll(rule.when().reads());
        }
        if (rule.appliesTo(tool, state.name())
            && rule.ask() != null
            && rule.ask().unless() != null) {
          read.addAll(rule.ask().unless().reads());
        }
      }
    }
    return read.stream()
        .flatMap(name ->
            machine.field(name).source() instanceof Source.Derived(Expression is)
                ? is.reads().stream()
                : Stream.of(name))
        .anyMatch(filled::contains);
  }

  /** What may be against a property. */
  private static String about(Property property) {
    return switch (property) {
      case Property.Before before -> before.then();
      case Property.Never never -> never.what();
      case Property.AtMost most -> most.of();
      case Property.Eventually e -> "";
    };
  }

  private boolean readsKeyed(Transition way) {
    Stream<String> guard = way.guard() == null ? Stream.of() : way.guard().reads().stream();
    return Stream.concat(way.requires().stream(), guard)
        .anyMatch(name -> machine.field(name).keyed());
  }

  private boolean fills(State.Agent state) {
    return !state.record().isEmpty()
        || machine.context().values().stream()
            .anyMatch(field -> field.from().stream().anyMatch(state.tools()::contains));
  }

  private boolean asks(State.Agent state) {
    return state.tools().stream().anyMatch(tool -> Contract.asks(machine, tool, state.name()));
  }

  private boolean passes(State.Agent state) {
    return state.transitions().stream()
        .anyMatch(way ->
            way.requires().isEmpty()
                && (way.guard() == null || met.truths(way).equals(Set.of(Spied.Truth.TRUE))));
  }

  /** Whether spent budgets lead to a state: they are taken to be spent wherever that is worse. */
  boolean isOver(String state) {
    return state.equals(Machine.BUILT_IN_ESCALATION.name())
        || new Target.To(state).equals(machine.anywhere().over().otherwise());
  }

  /** Whether only the check comes to a state that spent budgets lead to, and on from there. */
  private boolean isSpentOnly(State state) {
    return leadsOn(state)
        && isOver(state.name())
        && explorer.explored().states().contains(state.name())
        && !met.states().contains(state.name());
  }

  private boolean leadsOn(State state) {
    return !machine.anywhere().on().isEmpty()
        || !state.frame().on().isEmpty()
        || (state instanceof State.Escalation escalation && !escalation.resume().isEmpty());
  }

  static List<Transition> ways(State state) {
    return switch (state) {
      case State.Agent agent -> agent.transitions();
      case State.Choice choice -> choice.transitions();
      default -> List.of();
    };
  }

  /** Of a way that requires what is derived it is not said whether there is a case for all. */
  boolean stored(Transition way) {
    return way.requires().stream()
        .noneMatch(name -> machine.field(name).source() instanceof Source.Derived);
  }
}
