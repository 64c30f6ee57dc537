package dev.interlock.core.check;

import dev.interlock.core.check.Forks.Fork;
import dev.interlock.core.check.Forks.Option;
import dev.interlock.core.check.Influence.Reads;
import dev.interlock.core.check.Safeguards.Passed;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether what stands before a write is the model's choice: a route round an approval or a rule,
 * conditions that rest only on what the model says or looked up, approvals that do not show, or no
 * longer, what is done by them.
 */
final class InfluenceCheck {
  private static final String MEND =
      "let it turn on what the model does not choose, or show it to whoever says yes (`said(…)` and"
          + " `source: user` prove only that the caller typed a value, not that it is true)";

  private final Machine machine;
  private final Explored explored;
  private final Influence influence;
  private final Explorer explorer;
  private final Safeguards safeguards;
  private final List<Finding> findings = new ArrayList<>();

  /** Facts that are told already, where they are used. */
  private final Set<String> told = new HashSet<>();

  /** A call of a write in a state. */
  private record Write(Tool tool, State state) {
    String words() {
      return "%s in %s".formatted(tool.name(), state.name());
    }
  }

  private InfluenceCheck(Machine machine, Explorer explorer) {
    this.machine = machine;
    this.explorer = explorer;
    this.explored = explorer.explored();
    this.influence = explorer.influence();
    this.safeguards = new Safeguards(machine, explored, influence);
  }

  /** What is found on a machine that was explored to its end. */
  static List<Finding> of(Machine machine, Explorer explorer) {
    InfluenceCheck check = new InfluenceCheck(machine, explorer);
    check.forks();
    List<Write> writes = check.writes();
    writes.forEach(check::write);
    machine.states().values().forEach(check::people);
    check.identified(writes);
    return check.findings;
  }

  private void people(State state) {
    if (state instanceof State.Approval approval
        && approval.people() != null
        && explored.states().contains(state.name())) {
      people(
          approval.people(),
          List.of("states", state.name(), "people"),
          "how many must answer in " + state.name(),
          explored.trace(state.name()));
    }
  }

  private List<Write> writes() {
    List<Write> writes = new ArrayList<>();
    for (State state : machine.states().values()) {
      for (String name : explored.calls(state.name())) {
        if (machine.tool(name).effect() != EffectClass.READ) {
          writes.add(new Write(machine.tool(name), state));
        }
      }
    }
    return writes;
  }

  // ---- routes

  /** Where the model may take a way that misses what stands on another. */
  private void forks() {
    Set<List<Object>> seen = new HashSet<>();
    for (Fork fork : explorer.forks().found()) {
      for (Tool tool : machine.tools().values()) {
        if (tool.effect() != EffectClass.READ) {
          missed(fork, tool)
              .filter(gate -> seen.add(List.of(tool.name(), gate)))
              .flatMap(gate -> round(fork, tool, gate))
              .ifPresent(findings::add);
        }
      }
    }
  }

  /** What stands before every call that is come to by one way, and not by the other. */
  private Optional<Gate> missed(Fork fork, Tool tool) {
    @Nullable Set<Gate> taken = gates(fork.taken().option(), fork, tool);
    @Nullable Set<Gate> instead = gates(fork.instead(), fork, tool);
    return taken == null || instead == null
        ? Optional.empty()
        : instead.stream().filter(gate -> !taken.contains(gate)).findFirst();
  }

  private @Nullable Set<Gate> gates(Option option, Fork fork, Tool tool) {
    String state = fork.node().place.visit().state();
    return switch (option) {
      case Option.Call(String name) -> name.equals(tool.name()) ? safeguards.at(name, state) : null;
      case Option.Go(Target target, Step step, List<String> clears) ->
          target instanceof Target.To(String name) ? safeguards.ahead(tool.name()).get(name) : null;
    };
  }

  private Optional<Finding> round(Fork fork, Tool tool, Gate gate) {
    String state = fork.node().place.visit().state();
    return explorer
        .find(fork, new Explorer.Search(tool.name(), gate))
        .map(trace ->
            new Finding(
                Code.ROUTE_ROUND,
                at(state, fork.taken().option()),
                "that the model may lead %s to %s round %s: it chooses %s instead of %s"
                    .formatted(
                        state,
                        tool.name(),
                        gate.words(),
                        words(fork.taken().option()),
                        words(fork.instead())),
                "ways that all pass it, or a choice by what the model does not choose",
                "let each way pass it, or choose by a fact that the machine looks up itself",
                trace));
  }

  private List<String> at(String state, Option taken) {
    List<String> at = List.of("states", state);
    List<Transition> ways = transitions(machine.state(state));
    if (taken instanceof Option.Go go && go.step().cause() == Step.Cause.TRANSITION) {
      for (int i = 0; i < ways.size(); i++) {
        if (ways.get(i).target().equals(go.target())) {
          return Finding.then(at, "transitions", String.valueOf(i));
        }
      }
    }
    return at;
  }

  /** The transitions of a state that has such. */
  static List<Transition> transitions(State state) {
    return switch (state) {
      case State.Agent agent -> agent.transitions();
      case State.Choice choice -> choice.transitions();
      default -> List.of();
    };
  }

  private static String words(Option option) {
    return switch (option) {
      case Option.Call(String tool) -> "the call of " + tool;
      case Option.Go(Target target, Step step, List<String> clears) ->
          step.cause() == Step.Cause.TRANSITION
              ? "the way to " + target
              : "`%s` to %s".formatted(step.words(), target);
    };
  }

  // ---- what stands before a write

  private void write(Write write) {
    Map<String, Expression> filled = influence.filled(write.tool(), write.state());
    List<Rule> rules =
        machine.rules().stream()
            .filter(rule -> rule.appliesTo(write.tool().name(), write.state().name()))
            .toList();
    String state = write.state().name();
    Set<String> vetted = new LinkedHashSet<>(safeguards.still(state).vetted());
    Set<String> approved = safeguards.behind(state).shown(); // whether they are still: `approved`
    Set<String> shown = new LinkedHashSet<>(approved);
    boolean asked = false;
    for (Rule rule : rules) {
      if (rule.when() != null) {
        vetted.addAll(influence.vets(rule.when(), true, filled));
      }
      if (rule.ask() != null && rule.ask().unless() == null) {
        shown.addAll(rule.ask().shows());
        asked = true;
      }
    }
    for (Rule rule : rules) {
      List<String> at = List.of("rules", String.valueOf(machine.rules().indexOf(rule)));
      if (rule.when() != null) {
        Reads reads = influence.reads(rule.when(), filled).vetted(vetted);
        if (!reads.fixed() || vacuous(rule.when(), write, filled, reads)) {
          rests(
              "the rule \"%s\" before %s".formatted(rule.sentence(), write.words()),
              reads,
              shown,
              Finding.then(at, "when"),
              write);
        }
      }
      if (rule.ask() != null) {
        ask(write, rule, at, filled, approved, vetted);
      }
    }
    filled(write, asked, shown, vetted);
    if (asked) {
      unseen(write);
    } else {
      approved(write, filled, rules, vetted);
    }
    stale(write, rules);
  }

  /** Whether the model chooses that nobody is asked, or how many. */
  private void ask(
      Write write,
      Rule rule,
      List<String> at,
      Map<String, Expression> filled,
      Set<String> approved,
      Set<String> vetted) {
    Rule.Ask ask = Objects.requireNonNull(rule.ask());
    if (ask.people() != null) {
      people(
          ask.people(),
          Finding.then(at, "people"),
          "how many must say yes to " + write.words(),
          trace(write));
    }
    @Nullable Expression unless = ask.unless();
    if (unless == null) {
      return;
    }
    String excuses = "what excuses %s from \"%s\"".formatted(write.words(), rule.sentence());
    if (influence.isOfTheRun(unless)) {
      found(
          Code.INFLUENCED,
          Finding.then(at, "unless"),
          excuses + ", which rests only on what the run has done: the model does that",
          "something that the model does not choose",
          MEND,
          trace(write));
    }
    Reads reads = influence.reads(unless, filled).vetted(vetted);
    boolean decides =
        !reads.chosen().isEmpty()
            && explorer.trials().decidedBy(reads.chosen(), unless, write.tool(), filled);
    if (!reads.fixed() || decides) {
      rests(excuses, reads, approved, Finding.then(at, "unless"), write);
    }
  }

  /** Whether the machine fills arguments with nothing but what the model chooses. */
  private void filled(Write write, boolean asked, Set<String> shown, Set<String> vetted) {
    Tool tool = write.tool();
    tool.set()
        .forEach((argument, with) -> {
          Reads reads = influence.reads(with).vetted(vetted);
          boolean seen = asked && !tool.secret().contains(argument);
          if (!reads.fixed() && !seen) {
            rests(
                "`set` of %s for %s".formatted(argument, write.words()),
                reads,
                shown,
                List.of("tools", tool.name(), "set", argument),
                write);
          }
        });
  }

  /** Whether how many must agree is the model's choice. */
  private void people(Expression people, List<String> at, String what, List<String> trace) {
    Reads reads = influence.reads(people);
    if (!reads.fixed() && !reads.influenced().isEmpty()) {
      found(
          Code.INFLUENCED,
          at,
          "%s, which rests only on what the model chooses: %s".formatted(what, values(reads)),
          "something that the model does not choose",
          "write a number, or take it from a fact that the machine looks up itself",
          trace);
    }
  }

  /** That something rests only on what the model chooses, if whoever says yes is not shown it. */
  private void rests(String what, Reads reads, Set<String> shown, List<String> at, Write write) {
    if (shown.containsAll(reads.influenced())) { // or there is nothing of its choice
      return;
    }
    told.addAll(reads.lookedUp());
    found(
        Code.INFLUENCED,
        at,
        "%s, which rests only on what the model chooses: %s".formatted(what, values(reads)),
        "something that the model does not choose",
        MEND,
        trace(write));
  }

  private static String values(Reads reads) {
    List<String> values = new ArrayList<>();
    reads.chosen().forEach(field -> values.add(field + ", which holds what it said"));
    reads.lookedUp().forEach(field -> values.add(field + ", looked up by arguments that it chose"));
    return String.join("; ", values);
  }

  private void found(
      Code code, List<String> at, String found, String expected, String mend, List<String> trace) {
    if (findings.stream().noneMatch(it -> it.code() == code && it.at().equals(at))) {
      findings.add(new Finding(code, at, found, expected, mend, trace));
    }
  }

  private List<String> trace(Write write) {
    List<String> trace = new ArrayList<>(explored.trace(write.state().name()));
    trace.add(write.state().name() + ": " + write.tool().name());
    return trace;
  }

  /** Whether the model makes a condition true by what it records, whatever all else is. */
  private boolean vacuous(
      Expression condition, Write write, Map<String, Expression> filled, Reads reads) {
    return !reads.chosen().isEmpty()
        && explorer.trials().alwaysBy(reads.chosen(), condition, write.tool(), filled);
  }

  /** Whether the model fills something that whoever is asked is not shown. */
  private void unseen(Write write) {
    List<String> unseen = new ArrayList<>(Influence.free(write.tool()));
    unseen.retainAll(write.tool().secret());
    unseen.removeIf(argument -> influence.bound(write.tool(), write.state(), argument));
    if (!unseen.isEmpty() && write.state() instanceof State.Agent) {
      found(
          Code.NOT_SHOWN,
          List.of("states", write.state().name()),
          "that whoever is asked before %s is not shown %s, which is secret and which the model fills"
              .formatted(write.words(), String.join(", ", unseen)),
          "an approval of the values that are used",
          "fill it by `set`, or let it not be secret",
          trace(write));
    }
  }

  // ---- approvals on the way

  /** Whether the yes on the way to a write was said to what is done now. */
  private void approved(
      Write write, Map<String, Expression> filled, List<Rule> rules, Set<String> vetted) {
    String state = write.state().name();
    Passed behind = safeguards.behind(state);
    if (behind.asked().isEmpty()) {
      return;
    }
    Set<String> used = new LinkedHashSet<>();
    Set<String> read = new LinkedHashSet<>();
    for (Expression with : filled.values()) {
      read.addAll(with.reads());
      used.addAll(influence.reads(with).vetted(vetted).influenced());
    }
    rules.stream()
        .filter(rule -> rule.when() != null)
        .forEach(rule -> read.addAll(rule.when().reads()));
    Set<String> lost = new LinkedHashSet<>();
    for (Safeguards.Seen seen : behind.seen()) {
      if (read.contains(seen.field()) && !safeguards.still(state).seen().contains(seen)) {
        lost.add(seen.field());
      }
    }
    String roles = behind.roles();
    if (!lost.isEmpty()) {
      found(
          Code.OUTLIVES,
          List.of("states", state),
          "that the yes of %s outlives what it was said to: %s may change before %s"
              .formatted(roles, String.join(", ", lost), write.words()),
          "the values that were shown",
          "let no state record or look them up again on the way, or ask anew",
          trace(write));
    }
    boolean bounded =
        rules.stream().anyMatch(rule -> rule.atMost() != null && rule.atMost().per().isEmpty());
    if (write.state() instanceof State.Agent && !bounded) {
      found(
          Code.STALE,
          List.of("tools", write.tool().name()),
          "that one yes of %s covers any number of calls of %s".formatted(roles, write.words()),
          "a yes for each, or a bound",
          "write a rule with `atMost`, or one that asks for each call",
          trace(write));
    }
    used.removeAll(behind.shown());
    List<String> free =
        write.state() instanceof State.Agent ? untied(write.tool(), rules) : List.of();
    List<String> unseen = new ArrayList<>(used);
    free.forEach(argument -> unseen.add("the argument " + argument));
    if (!unseen.isEmpty()) {
      found(
          Code.NOT_SHOWN,
          List.of("states", state),
          "that the yes of %s is not to what %s does: it was not shown %s"
              .formatted(roles, write.words(), String.join(", ", unseen)),
          "an approval of the values that are used",
          "show them, and fill the arguments from what was shown; or ask for each call by a rule",
          trace(write));
    }
  }

  /** The arguments that no rule ties to a field: equal to it, or at most as much. */
  private List<String> untied(Tool tool, List<Rule> rules) {
    List<String> free = new ArrayList<>(Influence.free(tool));
    free.removeIf(argument -> !influence.matters(tool, argument));
    for (Rule rule : rules) {
      if (rule.when() != null) {
        free.removeIf(argument -> influence.ties(rule.when(), argument));
      }
    }
    return free;
  }

  // ---- facts

  /** Facts that let a write through and are not looked up anew after it. */
  private void stale(Write write, List<Rule> rules) {
    String tool = write.tool().name();
    boolean once =
        machine.rules().stream()
            .anyMatch(rule ->
                rule.appliesTo(tool, write.state().name())
                    && rule.atMost() != null
                    && rule.atMost().count() == 1);
    if (once) {
      return;
    }
    for (Rule rule : rules) {
      if (rule.when() != null) {
        for (String field : influence.spent(rule.when())) {
          if (!write.tool().forgets().contains(field)) {
            found(
                Code.STALE,
                List.of("tools", tool),
                "that %s may go out again by %s as it was before: the rule \"%s\""
                    .formatted(tool, field, rule.sentence()),
                "a fact that is looked up anew after a write that may have changed it",
                "write `forgets: [%s]`, or `atMost: 1`".formatted(field),
                trace(write));
          }
        }
      }
    }
  }

  /** Ways that only what the model looked up opens, where a write lies ahead. */
  private void identified(List<Write> writes) {
    for (State state : machine.states().values()) {
      List<Transition> ways = transitions(state);
      for (int i = 0; i < ways.size(); i++) {
        identified(state, ways.get(i), i, writes);
      }
    }
  }

  private void identified(State state, Transition way, int index, List<Write> writes) {
    Reads required = influence.reads(way.requires());
    Set<String> facts = new LinkedHashSet<>(required.lookedUp());
    boolean fixed = required.fixed();
    if (way.guard() != null) {
      Reads guard = influence.reads(way.guard());
      facts.addAll(guard.lookedUp());
      fixed |= guard.fixed();
    }
    facts.removeAll(told);
    facts.removeAll(safeguards.still(state.name()).vetted());
    if (fixed || facts.isEmpty() || !(way.target() instanceof Target.To(String to))) {
      return;
    }
    Set<String> ahead = safeguards.from(to);
    writes.stream()
        .filter(write -> ahead.contains(write.state().name()) && unguarded(to, write, facts))
        .findFirst()
        .ifPresent(write ->
            found(
                Code.INFLUENCED,
                List.of("states", state.name(), "transitions", String.valueOf(index)),
                "the way from %s to %s, which rests only on what the model looked up: %s; it leads to %s"
                    .formatted(state.name(), to, String.join(", ", facts), write.words()),
                "a fact that the model cannot choose, or one that is compared with such",
                "fill the arguments of the lookup by `set`, or compare its result with `caller`",
                trace(write)));
  }

  /** Whether neither a person nor a comparison with what is not the model's choice stands there. */
  private boolean unguarded(String from, Write write, Set<String> facts) {
    String state = write.state().name();
    Set<String> vetted = new LinkedHashSet<>(safeguards.still(state).vetted());
    for (Rule rule : machine.rules()) {
      if (rule.appliesTo(write.tool().name(), state)) {
        if (rule.ask() != null && rule.ask().unless() == null) {
          return false;
        }
        if (rule.when() != null) {
          vetted.addAll(influence.vets(rule.when(), true, influence.filled(write.tool(), write.state())));
        }
      }
    }
    @Nullable Set<Gate> gates = safeguards.ahead(write.tool().name()).get(from);
    boolean asked = gates != null && gates.stream().anyMatch(Gate.Asked.class::isInstance);
    return !asked && safeguards.behind(state).asked().isEmpty() && !vetted.containsAll(facts);
  }
}
