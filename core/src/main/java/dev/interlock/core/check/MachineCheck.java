package dev.interlock.core.check;

import dev.interlock.core.check.Trials.Truth;
import dev.interlock.core.contract.Contract;
import dev.interlock.core.counterexample.Counterexample;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Explores a machine and says what is wrong with it. */
public final class MachineCheck {
  private static final String STATES = "states";
  private static final String TRANSITIONS = "transitions";

  private final Machine machine;
  private final Explorer explorer;
  private final Explored explored;
  private final List<Finding> findings = new ArrayList<>();
  private final PropertyCheck properties;

  private MachineCheck(Machine machine) {
    this.machine = machine;
    Ground ground = Ground.of(machine);
    this.properties = PropertyCheck.of(ground);
    this.explorer = Explorer.of(ground, properties.unproven());
    this.explored = explorer.explored();
  }

  /**
   * What was found.
   *
   * @param whole whether the machine was explored to its end; if not, only what was found is true
   * @param places how many places were looked at
   * @param proven the names of the properties that hold of every run
   * @param provenWithoutOperators of those that hold of every run in which no operator resumes or
   *     sends an event
   * @param violated a run against each property that one was found against, as {@code decide}
   *     decides it
   * @param unknown what is not known, a clause each
   */
  public record Checked(
      List<Finding> findings,
      boolean whole,
      int places,
      List<String> proven,
      List<String> provenWithoutOperators,
      List<Counterexample> violated,
      List<String> unknown) {
    /** Whether nothing keeps the machine from doing what it says. */
    public boolean passed() {
      return findings.stream().noneMatch(it -> it.code().severity() == Code.Severity.ERROR);
    }
  }

  /** Checks a machine. Pure, and bounded in time and memory. */
  public static Checked of(Machine machine) {
    MachineCheck check = new MachineCheck(machine);
    check.structure();
    if (!check.explored.wasCut()) {
      check.reached();
      if (!machine.observes()) { // what it would refuse goes out all the same
        check.findings.addAll(InfluenceCheck.of(machine, check.explorer));
        check.findings.addAll(FlowCheck.of(machine, check.explorer));
      }
    }
    check.findings.addAll(check.properties.findings());
    return new Checked(
        List.copyOf(check.findings),
        !check.explored.wasCut(),
        check.explored.nodes(),
        check.properties.proven(),
        check.properties.provenWithoutOperators(),
        check.properties.violated(),
        check.unknown());
  }

  private List<String> unknown() {
    return explored.mixed().stream()
        .map(it ->
            "whether the model chooses the way from %s to %s: it reads %s, beside what it does not choose"
                .formatted(it.state(), it.way().target(), String.join(", ", it.influenced())))
        .toList();
  }

  private void found(
      Code code, List<String> at, String found, String expected, String mend, List<String> trace) {
    findings.add(new Finding(code, at, found, expected, mend, trace));
  }

  // ---- what can be seen without going anywhere

  private void structure() {
    Set<String> used = used();
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Agent && !used.contains(field.name())) {
        found(
            Code.UNUSED_FIELD,
            List.of("context", field.name()),
            "the field %s, which the model records and nothing reads".formatted(field.name()),
            "a rule, a way, a tool or a person that it is for",
            "show or require it somewhere, or take it out",
            List.of());
      }
    }
    Set<String> allowed = new HashSet<>();
    machine.states().values().forEach(state -> allowed.addAll(Contract.tools(state)));
    machine.tools().values().stream()
        .filter(tool -> tool.probe() != null)
        .forEach(tool -> allowed.add(tool.probe().call()));
    for (Tool tool : machine.tools().values()) {
      if (!allowed.contains(tool.name())) {
        found(
            Code.ALLOWED_NOWHERE,
            List.of("tools", tool.name()),
            "the tool %s, which no state allows".formatted(tool.name()),
            "a state that may call it",
            "add it to the tools of a state, or take it out",
            List.of());
      }
    }
    machine.states().values().forEach(this::structure);
    findings.addAll(SecretCheck.of(machine));
  }

  private void structure(State state) {
    List<String> at = List.of(STATES, state.name());
    timers(state, at);
    switch (state) {
      case State.Wait wait -> timeOut(state, at, "an event");
      case State.Approval approval -> timeOut(state, at, "a person");
      case State.Escalation escalation -> {
        if (escalation.bundle().isEmpty() && !machine.context().isEmpty()) {
          found(
              Code.NO_BUNDLE,
              at,
              "the escalation %s without a bundle".formatted(state.name()),
              "the fields that whoever takes over must know",
              "write `bundle: [FIELD, …]`",
              List.of());
        }
      }
      case State.Agent a -> {}
      case State.Call c -> {}
      case State.Choice c -> {}
      case State.Final f -> {}
    }
  }

  private void timeOut(State state, List<String> at, String whom) {
    if (state.frame().after().isEmpty()) {
      found(
          Code.NO_TIME_OUT,
          at,
          "that %s waits for %s without a time-out".formatted(state.name(), whom),
          "a time after which it goes on without",
          "write `after: {P7D: STATE}`",
          List.of());
    }
  }

  private void timers(State state, List<String> at) {
    @Nullable Duration first = null;
    for (TimerRule rule : state.frame().after()) {
      if (rule instanceof TimerRule.In in) {
        if (first != null && in.in().compareTo(first) > 0) {
          late(at, "after " + in.in(), "after %s leaves it first".formatted(first));
        }
        first = first == null || in.in().compareTo(first) < 0 ? in.in() : first;
      }
    }
    @Nullable Decimal limit = machine.budgets().limit(Budget.DURATION);
    if (limit == null) {
      return;
    }
    Duration whole = Duration.ofSeconds(limit.value().longValue());
    for (TimerRule rule : state.frame().after()) {
      if (rule instanceof TimerRule.In in && in.in().compareTo(whole) >= 0) {
        late(at, "after " + in.in(), "the budget duration of %s is spent first".formatted(whole));
      }
    }
  }

  private void late(List<String> at, String timer, String why) {
    found(
        Code.LATE_TIMER,
        Finding.then(at, "after"),
        "the timer %s, which never fires: %s".formatted(timer, why),
        "a timer that can fire",
        "make it shorter, or take it out",
        List.of());
  }

  /** The fields that something reads, shows or gives to somebody. */
  private Set<String> used() {
    Set<String> used = new HashSet<>();
    for (Rule rule : machine.rules()) {
      reads(rule.when(), used);
      if (rule.ask() != null) {
        reads(rule.ask().unless(), used);
        reads(rule.ask().people(), used);
        used.addAll(rule.ask().shows());
        used.addAll(rule.ask().notFrom());
      }
    }
    for (Property property : machine.properties()) {
      reads(Watch.condition(property), used);
    }
    for (Tool tool : machine.tools().values()) {
      tool.set().values().forEach(it -> reads(it, used));
    }
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Derived(Expression is)) {
        reads(is, used);
      }
    }
    machine.states().values().forEach(state -> used(state, used));
    return used;
  }

  private static void used(State state, Set<String> used) {
    reads(state.frame().say(), used);
    for (TimerRule rule : state.frame().after()) {
      if (rule instanceof TimerRule.At at) {
        reads(at.at(), used);
      }
    }
    switch (state) {
      case State.Agent agent -> agent.transitions().forEach(it -> used(it, used));
      case State.Choice choice -> choice.transitions().forEach(it -> used(it, used));
      case State.Call call ->
          call.calls().forEach(made -> made.with().values().forEach(it -> reads(it, used)));
      case State.Approval approval -> {
        used.addAll(approval.shows());
        used.addAll(approval.notFrom());
        reads(approval.people(), used);
      }
      case State.Escalation escalation -> used.addAll(escalation.bundle());
      case State.Wait w -> {}
      case State.Final f -> {}
    }
  }

  private static void used(Transition transition, Set<String> used) {
    used.addAll(transition.requires());
    reads(transition.guard(), used);
  }

  private static void reads(@Nullable Expression expression, Set<String> used) {
    if (expression != null) {
      used.addAll(expression.reads());
    }
  }

  // ---- what no run, or every run, does

  private void reached() {
    Set<String> ending = ending();
    for (State state : machine.states().values()) {
      List<String> at = List.of(STATES, state.name());
      if (!explored.states().contains(state.name())) {
        found(
            Code.UNREACHABLE,
            at,
            "the state %s, which no run comes to".formatted(state.name()),
            "a way to it that can be taken",
            "let one lead there, or take it out",
            List.of());
        continue;
      }
      ends(state, at, ending);
      switch (state) {
        case State.Agent agent -> {
          transitions(agent.name(), agent.transitions());
          explored
              .noCase(agent.name())
              .ifPresent(it ->
                  found(
                      Code.NO_CASE,
                      Finding.then(at, TRANSITIONS),
                      "that no way out of %s is for %s".formatted(agent.name(), it.values()),
                      "a way for each case once all that the ways require is there",
                      "add one, or an `otherwise`",
                      it.trace()));
          calls(state, agent.tools());
        }
        case State.Choice choice -> transitions(choice.name(), choice.transitions());
        case State.Call call -> calls(state, Contract.tools(call));
        case State.Approval a -> {}
        case State.Wait w -> {}
        case State.Escalation e -> {}
        case State.Final f -> {}
      }
    }
    explorer.overlaps().found().forEach(this::overlap);
    circle();
    for (int i = 0; i < machine.rules().size(); i++) {
      rule(machine.rules().get(i), List.of("rules", String.valueOf(i)));
    }
  }

  private void overlap(Overlaps.Overlap it) {
    List<Transition> ways = InfluenceCheck.transitions(machine.state(it.state()));
    found(
        Code.OVERLAP,
        List.of(STATES, it.state(), TRANSITIONS, String.valueOf(it.second()), "guard"),
        "the ways from %s to %s and to %s, which are both open for %s, and each alone for others"
            .formatted(
                it.state(),
                ways.get(it.first()).target(),
                ways.get(it.second()).target(),
                it.values()),
        "guards of which one at most is true, or one that is a case of the other",
        "say in the guards which of them it is to be; now it is the first",
        Explored.trace(it.at()));
  }

  /** Choices that lead in a circle at once, until a budget or the number of states ends it. */
  private void circle() {
    for (State state : machine.states().values()) {
      if (state instanceof State.Choice && chosen(state.name()).contains(state.name())) {
        found(
            Code.CIRCLE,
            List.of(STATES, state.name()),
            "that %s leads back to itself through choices alone".formatted(state.name()),
            "a state on the way in which somebody or something is waited for",
            "let one of the ways end the circle",
            explored.trace(state.name()));
        return;
      }
    }
  }

  /** Where choices lead from a state, one after the other. */
  private Set<String> chosen(String from) {
    Set<String> seen = new HashSet<>();
    List<String> open = new ArrayList<>(List.of(from));
    while (!open.isEmpty()) {
      for (String to : explored.chosen(open.removeLast())) {
        boolean choice = machine.states().get(to) instanceof State.Choice;
        if (choice && seen.add(to)) {
          open.add(to);
        }
      }
    }
    return seen;
  }

  private void ends(State state, List<String> at, Set<String> ending) {
    if (state.endsOrEscalates()) {
      return;
    }
    Set<String> out = out(state);
    if (out.isEmpty()) {
      found(
          Code.NO_WAY_OUT,
          at,
          "that %s is left by no way but a spent budget".formatted(state.name()),
          "a way out that can be taken",
          "give it a transition, an event or a timer that leads on",
          explored.trace(state.name()));
    } else if (!ending.contains(state.name())) {
      found(
          Code.NO_END,
          at,
          "that from %s no end is reached".formatted(state.name()),
          "ways that lead to a final state or an escalation",
          "let one of %s lead there".formatted(String.join(", ", out)),
          explored.trace(state.name()));
    }
  }

  /** Where a state leads by other ways than those of spent budgets. */
  private Set<String> out(State state) {
    Set<String> out = new LinkedHashSet<>(explored.chosen(state.name()));
    out.remove(state.name());
    return out;
  }

  /** The states from which an end is reached, or one that nothing leads out of, which is told. */
  private Set<String> ending() {
    Set<String> ending = new LinkedHashSet<>();
    for (State state : machine.states().values()) {
      if (state.endsOrEscalates() || out(state).isEmpty()) {
        ending.add(state.name());
      }
    }
    boolean more = true;
    while (more) {
      more = false;
      for (String state : machine.states().keySet()) {
        more |= explored.chosen(state).stream().anyMatch(ending::contains) && ending.add(state);
      }
    }
    return ending;
  }

  private void transitions(String state, List<Transition> transitions) {
    for (int i = 0; i < transitions.size(); i++) {
      Transition way = transitions.get(i);
      List<String> at = List.of(STATES, state, TRANSITIONS, String.valueOf(i));
      String name = "the way from %s to %s".formatted(state, way.target());
      Set<Truth> truths = explored.guards(way);
      if (!explored.isMet(way)) {
        never(way, at, name);
      } else if (way.guard() != null && !truths.contains(Truth.TRUE)) {
        found(
            Code.NEVER_TRUE,
            Finding.then(at, "guard"),
            "%s, whose guard is never true".formatted(name),
            "a guard that some run meets",
            "correct it, or take the way out",
            List.of());
      } else if (way.guard() != null && truths.equals(Set.of(Truth.TRUE)) && explored.isSure(way)) {
        found(
            Code.ALWAYS_TRUE,
            Finding.then(at, "guard"),
            "%s, whose guard is always true".formatted(name),
            "a guard that some run does not meet",
            "leave it out",
            List.of());
      }
      explored
          .openAtEntry(way)
          .ifPresent(trace ->
              found(
                  Code.OPEN_AT_ENTRY,
                  at,
                  "%s, which is open already when %s is entered again".formatted(name, state),
                  "that what it requires is learnt anew",
                  "write `clears: [%s]` in %s".formatted(String.join(", ", way.requires()), state),
                  trace));
    }
  }

  private void never(Transition way, List<String> at, String name) {
    boolean looked = explored.isLooked(way);
    found(
        looked ? Code.NEVER_MET : Code.SHADOWED,
        at,
        looked
            ? "%s, which requires %s: never all there"
                .formatted(name, String.join(", ", way.requires()))
            : "%s, which is never looked at: one above is always taken".formatted(name),
        "a way that some run takes",
        looked ? "let something set them before" : "move it up, or take it out",
        List.of());
  }

  private void calls(State state, List<String> tools) {
    for (String tool : new LinkedHashSet<>(tools)) {
      if (!explored.calls(state.name()).contains(tool)) {
        found(
            Code.ALWAYS_REFUSED,
            List.of(STATES, state.name(), state instanceof State.Call ? "call" : "tools"),
            "%s in %s, which is refused whatever it is called with".formatted(tool, state.name()),
            "a call that goes through in some run",
            "look at its rules and at what its `set` needs, or take it out",
            explored.trace(state.name()));
      }
    }
  }

  private void rule(Rule rule, List<String> at) {
    if (rule.when() == null || !explored.isSure(rule)) {
      return;
    }
    Set<Truth> all = new HashSet<>();
    rule.tools().forEach(tool -> all.addAll(explored.when(rule, tool)));
    if (!all.isEmpty() && !all.contains(Truth.TRUE)) {
      found(
          Code.NEVER_TRUE,
          Finding.then(at, "when"),
          "the rule \"%s\", whose `when` is never true".formatted(rule.sentence()),
          "a condition that some call meets",
          "correct it, or take the tools out",
          List.of());
    } else if (all.equals(Set.of(Truth.TRUE))) {
      found(
          Code.ALWAYS_TRUE,
          Finding.then(at, "when"),
          "the rule \"%s\", whose `when` is always true".formatted(rule.sentence()),
          "a condition that some call does not meet",
          "correct it, or take the rule out: it refuses nothing",
          List.of());
    }
  }
}
