package dev.interlock.core.check;

import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Comparisons.Outcome;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether what stands before a write is the model's choice: conditions and values that rest only on
 * what the model says or looked up. What it leads round, and what people agree to, is looked at
 * beside.
 */
final class InfluenceCheck {
  private static final String MEND =
      "let it turn on what the model does not choose, or show it to whoever says yes"
          + Findings.SAID;

  private final Machine machine;
  private final Explored explored;
  private final Influence influence;
  private final Explorer explorer;
  private final Safeguards safeguards;
  private final Vetting vetting;
  private final Skipping skipping;
  private final Findings findings = new Findings();

  /** Facts that are told already, where they are used. */
  private final Set<String> told = new HashSet<>();

  private InfluenceCheck(Machine machine, Explorer explorer) {
    this.machine = machine;
    this.explorer = explorer;
    this.explored = explorer.explored();
    this.influence = explorer.influence();
    this.vetting = explorer.ground().vetting();
    this.skipping = new Skipping(machine, explorer);
    this.safeguards = new Safeguards(machine, explored);
  }

  /** What is found on a machine that was explored to its end. */
  static List<Finding> of(Machine machine, Explorer explorer) {
    InfluenceCheck check = new InfluenceCheck(machine, explorer);
    new RouteCheck(machine, explorer, check.safeguards).check(check.findings);
    List<Write> writes = check.writes();
    ApprovalCheck approvals =
        new ApprovalCheck(machine, explorer, check.safeguards, check.findings);
    for (Write write : writes) {
      Before before = check.before(write);
      check.write(write, before);
      approvals.check(write, before.vetted());
    }
    machine.states().values().forEach(state -> check.people(state, writes));
    check.identified(writes);
    return check.findings.all();
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

  /** The transitions of a state that has such. */
  static List<Transition> transitions(State state) {
    return switch (state) {
      case State.Agent agent -> agent.transitions();
      case State.Choice choice -> choice.transitions();
      default -> List.of();
    };
  }

  // ---- what stands before a write

  /**
   * What stands before a write on every route.
   *
   * @param vetted facts that are about what is not the model's choice
   * @param excused facts that are so where a rule asks nobody; else its call is shown
   * @param shown fields that are shown to whoever says yes
   * @param asked whether somebody is asked for each call
   */
  private record Before(
      Set<String> vetted, Set<String> excused, Set<String> shown, boolean asked) {}

  private Before before(Write write) {
    Set<String> vetted = vetted(write);
    Set<String> excused = new LinkedHashSet<>();
    Set<String> shown = new LinkedHashSet<>(safeguards.behind(write.state().name()).shown());
    boolean asked = false;
    for (Rule rule : write.rules(machine)) {
      Rule.@Nullable Ask ask = rule.ask();
      if (ask == null) {
        continue;
      }
      @Nullable Expression unless = ask.unless();
      if (unless == null) {
        shown.addAll(ask.shows());
        asked = true;
      } else {
        Map<String, Expression> filled = influence.filled(write.tool(), write.state());
        Set<String> vets = influence.vets(unless, true, filled, vetted);
        excused.addAll(vets);
        vets.retainAll(ask.shows());
        vetted.addAll(vets);
      }
    }
    return new Before(vetted, excused, shown, asked);
  }

  /** The facts that are vetted in a state, or by what a rule of a call lets through. */
  private Set<String> vetted(Write write) {
    Map<String, Expression> filled = influence.filled(write.tool(), write.state());
    Set<String> vetted = new LinkedHashSet<>(vetting.at(write.state().name()));
    boolean more = true;
    while (more) { // what is compared with what is vetted
      more = false;
      for (Rule rule : write.rules(machine)) {
        more |=
            rule.when() != null && vetted.addAll(influence.vets(rule.when(), true, filled, vetted));
      }
    }
    return vetted;
  }

  private void write(Write write, Before before) {
    Map<String, Expression> filled = influence.filled(write.tool(), write.state());
    for (Rule rule : write.rules(machine)) {
      List<String> at = List.of("rules", String.valueOf(machine.rules().indexOf(rule)));
      if (rule.when() != null) {
        when(write, rule, rule.when(), filled, before);
      }
      if (rule.ask() != null) {
        ask(write, rule, at, filled, before.vetted());
      }
    }
    write
        .tool()
        .set()
        .forEach((argument, with) -> {
          if (!before.asked() || write.tool().secret().contains(argument)) {
            set(write, argument, with, before);
          }
        });
  }

  private void when(
      Write write, Rule rule, Expression when, Map<String, Expression> filled, Before before) {
    List<String> at = List.of("rules", String.valueOf(machine.rules().indexOf(rule)), "when");
    String what = "the rule \"%s\" before %s".formatted(rule.sentence(), write.words());
    Reads reads = influence.reads(when, filled).vetted(before.vetted());
    if (!reads.fixed() || vacuous(when, write, filled, reads)) {
      rests(new Rests(what, reads), before.shown(), at, write);
    }
    skipped(what, when, before.shown(), at, write);
    boolean asked = before.asked() || !safeguards.behind(write.state().name()).asked().isEmpty();
    if (!asked
        && influence.countsTheRun(when)
        && explorer.trials().atStart(when) != Trials.Truth.TRUE) {
      ofTheRun(
          what + ", which counts only what the run has done: the model does that", at, when, write);
    }
  }

  /** That the model need only leave something where it is. */
  private void skipped(
      String what, Expression condition, Set<String> shown, List<String> at, Write write) {
    Set<String> skipped = skipping.of(condition, write);
    skipped.removeAll(shown);
    if (!skipped.isEmpty()) {
      findings.add(
          new Finding(
              Code.INFLUENCED,
              at,
              "%s, which the model makes true by not looking up %s"
                  .formatted(what, String.join(", ", skipped)),
              "facts that are there whenever it is judged",
              "let the machine look them up in a `call` state on the way, or ask for them by `has`",
              trace(write, Set.of())));
    }
  }

  private void ofTheRun(String what, List<String> at, Expression condition, Write write) {
    findings.add(
        new Finding(
            Code.INFLUENCED,
            at,
            what,
            "something that the model does not choose",
            "let it turn on a fact that the machine looks up itself, or let somebody be asked",
            trace(write, influence.stored(condition))));
  }

  /** Whether the model makes a condition true by what it records, whatever all else is. */
  private boolean vacuous(
      Expression condition, Write write, Map<String, Expression> filled, Reads reads) {
    return !reads.chosen().isEmpty()
        && explorer.trials().alwaysBy(reads.chosen(), condition, true, write.tool(), filled);
  }

  /** Whether the model chooses that nobody is asked, or how many. */
  private void ask(
      Write write, Rule rule, List<String> at, Map<String, Expression> filled, Set<String> vetted) {
    Rule.Ask ask = Objects.requireNonNull(rule.ask());
    if (ask.people() != null) {
      people(
          ask.people(),
          vetted,
          Finding.then(at, "people"),
          "how many must say yes to " + write.words(),
          fields -> trace(write, fields));
    }
    @Nullable Expression unless = ask.unless();
    if (unless == null) {
      return;
    }
    String excuses = "what excuses %s from \"%s\"".formatted(write.words(), rule.sentence());
    if (influence.isOfTheRun(unless)) {
      ofTheRun(
          excuses + ", which rests only on what the run has done: the model does that",
          Finding.then(at, "unless"),
          unless,
          write);
    }
    Set<String> shown = safeguards.behind(write.state().name()).shownFor(ask.role());
    skipped(excuses, unless, shown, Finding.then(at, "unless"), write);
    Reads reads = influence.reads(unless, filled).vetted(vetted);
    boolean decides =
        !reads.chosen().isEmpty()
            && explorer.trials().decidedBy(reads.chosen(), unless, write.tool(), filled);
    if (!reads.fixed() || decides) {
      rests(new Rests(excuses, reads), shown, Finding.then(at, "unless"), write);
    }
  }

  /** Whether the machine fills an argument with nothing but what the model chooses. */
  private void set(Write write, String argument, Expression with, Before before) {
    Set<String> vetted = new LinkedHashSet<>(before.vetted());
    if (!write.tool().secret().contains(argument)) {
      vetted.addAll(before.excused());
    }
    cases(with, vetted, write.tool(), "`set` of %s for %s".formatted(argument, write.words()))
        .ifPresent(rests ->
            rests(
                rests,
                before.shown(),
                List.of("tools", write.tool().name(), "set", argument),
                write));
  }

  private void people(State state, List<Write> writes) {
    if (state instanceof State.Approval approval
        && approval.people() != null
        && explored.states().contains(state.name())) {
      Set<String> ahead = safeguards.from(state.name());
      people(
          approval.people(),
          vetting.at(state.name()),
          List.of("states", state.name(), "people"),
          "how many must answer in " + state.name(),
          fields ->
              writes.stream()
                  .filter(write -> ahead.contains(write.state().name()))
                  .findFirst()
                  .map(write -> explorer.trace(state.name(), fields, null, write))
                  .orElseGet(() -> explorer.trace(state.name(), fields)));
    }
  }

  /** Whether how many must agree is the model's choice. */
  private void people(
      Expression people,
      Set<String> vetted,
      List<String> at,
      String what,
      Function<Set<String>, List<String>> trace) {
    cases(people, vetted, null, what)
        .ifPresent(rests ->
            findings.add(
                new Finding(
                    Code.INFLUENCED,
                    at,
                    rests.words(),
                    "something that the model does not choose",
                    "write a number, or take it from a fact that the machine looks up itself"
                        + Findings.SAID,
                    trace.apply(rests.reads().influenced()))));
  }

  // ---- what rests only on what the model chooses

  /**
   * What is told.
   *
   * @param what as it is told
   * @param reads what it rests on
   */
  private record Rests(String what, Reads reads) {
    String words() {
      List<String> values = new ArrayList<>();
      reads.chosen().forEach(field -> values.add(field + ", which holds what it said"));
      reads
          .lookedUp()
          .forEach(field -> values.add(field + ", looked up by arguments that it chose"));
      return "%s, which rests only on what the model chooses: %s"
          .formatted(what, String.join("; ", values));
    }
  }

  /**
   * Of a value that rests only on what the model chooses, or of which a part does, or a case that
   * it brings about whatever the facts are.
   *
   * @param tool that the value is for; null if for none
   */
  private Optional<Rests> cases(
      Expression value, Set<String> vetted, @Nullable Tool tool, String what) {
    Reads reads = influence.reads(value).vetted(vetted);
    if (!reads.fixed()) {
      return reads.influenced().isEmpty() ? Optional.empty() : Optional.of(new Rests(what, reads));
    }
    for (Outcome outcome : influence.outcomes(value)) {
      Reads part = influence.reads(outcome, vetted);
      if (!part.fixed() && !part.influenced().isEmpty()) {
        return Optional.of(new Rests("a part or a case of " + what, part));
      }
      if (outcome.constant().isPresent()
          && !reads.chosen().isEmpty()
          && explorer
              .trials()
              .alwaysBy(reads.chosen(), value, outcome.constant().get(), tool, Map.of())) {
        return Optional.of(
            new Rests(
                "the case %s of %s".formatted(Json.write(outcome.constant().get()), what),
                new Reads(false, Set.of(), reads.chosen())));
      }
    }
    return Optional.empty();
  }

  /** That something rests only on what the model chooses, if whoever says yes is not shown it. */
  private void rests(Rests rests, Set<String> shown, List<String> at, Write write) {
    if (shown.containsAll(rests.reads().influenced())) { // or there is nothing of its choice
      return;
    }
    told.addAll(rests.reads().lookedUp());
    findings.add(
        new Finding(
            Code.INFLUENCED,
            at,
            rests.words(),
            "something that the model does not choose",
            MEND,
            trace(write, rests.reads().influenced())));
  }

  /** How a run comes to a write with these fields filled. */
  private List<String> trace(Write write, Collection<String> fields) {
    return Finding.then(
        explorer.trace(write.state().name(), fields),
        write.state().name() + ": " + write.tool().name());
  }

  // ---- facts

  /** Ways that only what the model looked up opens, where a write lies ahead. */
  private void identified(List<Write> writes) {
    for (State state : machine.states().values()) {
      List<Transition> ways = new ArrayList<>(transitions(state));
      List<Reads> reads = new ArrayList<>();
      ways.forEach(way -> reads.add(influence.reads(way)));
      if (state instanceof State.Choice choice) {
        reads.add(influence.guards(ways));
        ways.add(new Transition(choice.otherwise(), List.of(), null, List.of()));
      }
      for (int i = 0; i < ways.size(); i++) {
        if (ways.get(i).target() instanceof Target.To(String to)) {
          Set<String> facts = facts(state, i, reads.get(i));
          if (!facts.isEmpty()) {
            identified(state, ways.get(i), to, facts, writes);
          }
        }
      }
    }
  }

  /** The facts that alone open a way, and of which nothing is known. */
  private Set<String> facts(State state, int way, Reads reads) {
    Set<String> facts = new LinkedHashSet<>(reads.fixed() ? Set.of() : reads.lookedUp());
    facts.removeAll(told);
    facts.removeAll(vetting.by(state, way));
    return facts;
  }

  private void identified(
      State state, Transition way, String to, Set<String> facts, List<Write> writes) {
    int index = transitions(state).indexOf(way);
    List<String> at = List.of("states", state.name());
    Set<String> ahead = safeguards.from(to);
    writes.stream()
        .filter(write -> ahead.contains(write.state().name()) && unguarded(to, write, facts))
        .findFirst()
        .ifPresent(write ->
            findings.add(
                new Finding(
                    Code.INFLUENCED,
                    index < 0
                        ? Finding.then(at, "otherwise")
                        : Finding.then(at, "transitions", String.valueOf(index)),
                    "the way from %s to %s, which rests only on what the model looked up: %s; it leads to %s"
                        .formatted(state.name(), to, String.join(", ", facts), write.words()),
                    "a fact that the model cannot choose, or one that is compared with such",
                    "fill the arguments of the lookup by `set`, or compare its result with `caller`"
                        + Findings.SAID,
                    explorer.trace(state.name(), facts, way, write))));
  }

  /** Whether neither a person nor a comparison with what is not the model's choice stands there. */
  private boolean unguarded(String from, Write write, Set<String> facts) {
    String state = write.state().name();
    Map<String, Expression> filled = influence.filled(write.tool(), write.state());
    Set<String> vetted = vetted(write);
    for (Rule rule : write.rules(machine)) {
      if (rule.ask() != null) {
        @Nullable Expression unless = rule.ask().unless();
        if (unless == null) {
          return false;
        }
        vetted.addAll(influence.vets(unless, true, filled, vetted));
      }
      if (rule.when() != null) {
        vetted.addAll(influence.vetsOfTheCall(rule.when(), filled));
      }
    }
    @Nullable Set<Gate> gates = safeguards.ahead(write.tool().name()).get(from);
    boolean asked = gates != null && gates.stream().anyMatch(Gate.Asked.class::isInstance);
    return !asked && safeguards.behind(state).asked().isEmpty() && !vetted.containsAll(facts);
  }
}
