package dev.interlock.core.check;

import dev.interlock.core.check.Explored.Edge;
import dev.interlock.core.check.Step.Cause;
import dev.interlock.core.check.Trials.Truth;
import dev.interlock.core.contract.Contract;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Rule;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.testkit.brute.Brute;
import dev.interlock.testkit.brute.Met;
import dev.interlock.testkit.brute.Spied;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the check says of a machine beside what all of its runs do. */
final class Agreement {
  private static final Pattern ROUND =
      Pattern.compile(
          "the (?:model|caller) may lead (\\S+) to (\\S+) round (.*): (?:it chooses|they send)");

  private final Machine machine;
  private final Met met;
  private final List<Property.Before> unproven;
  private final Explorer explorer;
  private final Explored explored;
  private final Coarse coarse;
  private final MachineCheck.Checked checked;
  private final List<Difference> differences = new ArrayList<>();

  /**
   * Something that only one of the two knows.
   *
   * @param missed whether runs do what the check says that none does; else the check says that some
   *     run does what none does
   * @param kind what it is about
   */
  record Difference(boolean missed, String kind, String what) {
    /** Whether another one is about the same, wherever it is. */
    boolean alike(Difference other) {
      return missed == other.missed && word().equals(other.word());
    }

    private String word() {
      return kind.split(" ", 2)[0];
    }

    @Override
    public String toString() {
      return "%n  %s %s: %s"
          .formatted(missed ? "the check misses" : "the check makes up", kind, what);
    }
  }

  private Agreement(Machine machine, Met met) {
    this.machine = machine;
    this.met = met;
    this.checked = MachineCheck.of(machine);
    this.unproven =
        Watch.monitored(machine).stream()
            .filter(it -> !checked.proven().contains(it.name()))
            .toList();
    this.explorer = Explorer.of(Ground.of(machine), unproven);
    this.explored = explorer.explored();
    this.coarse = new Coarse(machine, met, explorer);
  }

  static Agreement of(Machine machine, int most) {
    Agreement agreement = new Agreement(machine, Brute.walk(machine, most));
    agreement.compare();
    return agreement;
  }

  /** What is different: what the check missed, and where it must be exact what it made up. */
  List<Difference> differences() {
    boolean exact = exact();
    return differences.stream().filter(it -> it.missed() || exact).toList();
  }

  /** Whether the check must know nothing of the machine that no run does. */
  boolean exact() {
    return met.whole() && coarse.why().isEmpty();
  }

  Met met() {
    return met;
  }

  MachineCheck.Checked checked() {
    return checked;
  }

  private void compare() {
    Set<String> states = new LinkedHashSet<>(explored.states());
    states.removeIf(name -> coarse.isOver(name) && !met.states().contains(name));
    compare("state", met.states(), states);
    for (State state : coarse.states()) {
      compare("call in " + state.name(), met.calls(state.name()), explored.calls(state.name()));
      fields(state.name());
      for (Transition way : Coarse.ways(state)) {
        compare(
            "guard of the way from %s to %s".formatted(state.name(), way.target()),
            met.truths(way),
            truths(way));
      }
      if (Coarse.ways(state).stream().allMatch(way -> coarse.stored(way) && isExact(way))) {
        differs(
            "no case",
            state.name(),
            met.noCase(state.name()),
            explored.noCase(state.name()).isPresent());
      }
    }
    for (Rule rule : machine.rules()) {
      if (rule.when() != null) {
        Set<Truth> all = EnumSet.noneOf(Truth.class);
        rule.tools().forEach(tool -> all.addAll(explored.when(rule, tool)));
        compare("rule " + rule.sentence(), met.truths(rule), same(all));
      }
    }
    moves();
    properties();
    findings();
    influence();
    ledRound();
  }

  private Set<Spied.Truth> truths(Transition way) {
    return way.guard() != null
        ? same(explored.guards(way))
        : explored.isMet(way) ? Set.of(Spied.Truth.TRUE) : Set.of();
  }

  private static Set<Spied.Truth> same(Set<Truth> truths) {
    Set<Spied.Truth> same = EnumSet.noneOf(Spied.Truth.class);
    truths.forEach(truth -> same.add(Spied.Truth.valueOf(truth.name())));
    return same;
  }

  /** Of what is calculated it is not known when there is no case for it. */
  private boolean isExact(Transition way) {
    return way.guard() != null && explorer.space().exact(way.guard());
  }

  private void differs(String kind, Object what, boolean runs, boolean check) {
    if (runs != check) {
      differences.add(new Difference(runs, kind, what.toString()));
    }
  }

  private <T> void compare(String kind, Set<T> runs, Set<T> check) {
    Set<T> all = new LinkedHashSet<>(runs);
    all.addAll(check);
    all.forEach(one -> differs(kind, one, runs.contains(one), check.contains(one)));
  }

  /** What was filled where an instance rests, the check knows; what it knows is somewhere met. */
  private void fields(String state) {
    if (coarse.isOver(state)) {
      return;
    }
    List<String> stored =
        machine.context().values().stream()
            .filter(field -> !(field.source() instanceof Source.Derived))
            .map(field -> field.name())
            .toList();
    // of keyed facts the check follows the one that is asked for, which may be missing among others
    boolean keyed = machine.context().values().stream().anyMatch(Field::keyed);
    for (int some = 0; some < 1 << stored.size(); some++) {
      Set<String> filled = new HashSet<>();
      for (int i = 0; i < stored.size(); i++) {
        if ((some & (1 << i)) != 0) {
          filled.add(stored.get(i));
        }
      }
      boolean known = explorer.met(state, filled);
      String what = state + " with " + filled;
      if (!known && met.rested(state).contains(filled)) {
        differences.add(new Difference(true, "fields", what));
      } else if (known && !keyed && !met.passed(state).contains(filled)) {
        differences.add(new Difference(false, "fields", what));
      }
    }
  }

  private void moves() {
    Set<Edge> runs = new LinkedHashSet<>();
    met.moves().forEach(moved -> runs.add(new Edge(moved.from(), moved.to(), cause(moved))));
    Set<Edge> check = new LinkedHashSet<>();
    coarse.states().forEach(state -> check.addAll(explored.to(state.name())));
    // by which way nothing is left of `visits` for an escalation is told with less care
    runs.removeIf(this::aside);
    check.removeIf(this::aside);
    // budgets are taken to be spent wherever that is worse
    check.removeIf(edge -> edge.cause() == Cause.OVER && !runs.contains(edge));
    compare("way", runs, check);
  }

  private boolean aside(Edge edge) {
    boolean escalated =
        edge.cause() == Cause.OVER
            && !edge.from().isEmpty()
            && machine.state(edge.from()) instanceof State.Escalation;
    return escalated || edge.to().equals(Machine.BUILT_IN_ESCALATION.name());
  }

  private Cause cause(Met.Moved moved) {
    String word = moved.cause();
    if (word.startsWith("event ")) {
      return machine.state(moved.from()) instanceof State.Escalation ? Cause.OPERATOR : Cause.EVENT;
    }
    if (word.startsWith("answer ")) {
      return State.Approval.NO.contains(word.substring("answer ".length())) ? Cause.NO : Cause.YES;
    }
    return switch (word) {
      case "start" -> Cause.START;
      case "transition" -> Cause.TRANSITION;
      case "otherwise" -> Cause.OTHERWISE;
      case "after", "idle" -> Cause.TIMER;
      case "ok", "failed" -> Cause.MADE;
      case "resume" -> Cause.OPERATOR;
      default -> Cause.OVER;
    };
  }

  private void properties() {
    for (Property property : machine.properties()) {
      boolean all = checked.proven().contains(property.name());
      boolean most = all || checked.provenWithoutOperators().contains(property.name());
      boolean spent =
          switch (property) {
            case Property.Before before -> coarse.isOver(before.then());
            case Property.Never never -> coarse.isOver(never.what());
            case Property.AtMost atMost -> coarse.isOver(atMost.of());
            case Property.Eventually eventually ->
                coarse.states().stream()
                    .map(State::name)
                    .anyMatch(it -> coarse.isOver(it) && !eventually.states().contains(it));
          };
      // and a property that may not hold is taken to keep a run from something, or not
      boolean kept = unproven.stream().anyMatch(it -> !it.equals(property));
      boolean judged =
          !(property instanceof Property.Eventually)
              && !Watch.monitored(machine).contains(property);
      boolean passed = machine.states().values().stream().anyMatch(Coarse::isPassed);
      if (kept || (spent && (passed || judged))) {
        // budgets are taken to be spent also where nothing is spent
        all |= met.against(property, true) == null;
        most |= met.against(property, false) == null;
      }
      differs("against, by operators too", property, met.against(property, true) != null, !all);
      differs("against, without operators", property, met.against(property, false) != null, !most);
    }
  }

  /** What the findings say, beside what runs do. */
  private void findings() {
    for (State state : machine.states().values()) {
      List<String> at = List.of("states", state.name());
      boolean here = met.states().contains(state.name());
      if (here || !coarse.isOver(state.name())) {
        differs("IL001", state.name(), here, !told(Code.UNREACHABLE, at));
      }
      if (!here) {
        continue;
      }
      for (String tool : new LinkedHashSet<>(Contract.tools(state))) {
        boolean said =
            checked.findings().stream()
                .anyMatch(it ->
                    it.code() == Code.ALWAYS_REFUSED
                        && it.found().startsWith("%s in %s,".formatted(tool, state.name())));
        differs("IL010", state.name() + " " + tool, met.calls(state.name()).contains(tool), !said);
      }
      for (int i = 0; i < Coarse.ways(state).size(); i++) {
        Transition way = Coarse.ways(state).get(i);
        List<String> there = List.of("states", state.name(), "transitions", String.valueOf(i));
        List<String> guard = new ArrayList<>(there);
        guard.add("guard");
        Set<Spied.Truth> truths = met.truths(way);
        boolean never = told(Code.NEVER_MET, there) || told(Code.SHADOWED, there);
        differs("IL004, IL007", there, !truths.isEmpty(), !never);
        if (way.guard() != null && !truths.isEmpty()) {
          differs("IL005", there, truths.contains(Spied.Truth.TRUE), !told(Code.NEVER_TRUE, guard));
          differs(
              "IL006",
              there,
              !truths.equals(Set.of(Spied.Truth.TRUE)),
              !told(Code.ALWAYS_TRUE, guard));
        }
      }
    }
    for (int i = 0; i < machine.rules().size(); i++) {
      Rule rule = machine.rules().get(i);
      List<String> when = List.of("rules", String.valueOf(i), "when");
      Set<Spied.Truth> truths = met.truths(rule);
      if (rule.when() != null && !truths.isEmpty()) {
        differs("IL005", when, truths.contains(Spied.Truth.TRUE), !told(Code.NEVER_TRUE, when));
        differs(
            "IL006", when, !truths.equals(Set.of(Spied.Truth.TRUE)), !told(Code.ALWAYS_TRUE, when));
      }
    }
  }

  /** That the model may lead a run round somebody's yes is so. */
  private void influence() {
    for (Finding finding : checked.findings()) {
      Matcher words = ROUND.matcher(finding.found());
      if (finding.code() == Code.ROUTE_ROUND && words.find()) {
        String tool = words.group(2);
        Gate gate = gate(words.group(3));
        String role = gate instanceof Gate.Asked asked ? asked.role() : "nobody";
        boolean runs =
            met.isCalledRound(
                words.group(1), tool, role, state -> !gate.stands(machine, tool, state));
        differs("IL017", finding.found(), runs, true);
      }
    }
  }

  /** Where runs show that the model chooses whether somebody is asked, it is said of the call. */
  private void ledRound() {
    if (!exact()) {
      return;
    }
    for (Tool tool : machine.tools().values()) {
      for (Gate gate : gates().filter(Gate.Asked.class::isInstance).distinct().toList()) {
        String role = ((Gate.Asked) gate).role();
        if (tool.effect() != EffectClass.READ && !role.equals(Rule.Ask.USER)) {
          met.ledRound(tool.name(), role, state -> !gate.stands(machine, tool.name(), state))
              .ifPresent(how ->
                  differs(
                      "IL017, led",
                      "%s round the yes of %s: %s".formatted(tool.name(), role, how),
                      true,
                      checked.findings().stream()
                          .anyMatch(it ->
                              it.code() == Code.ROUTE_ROUND
                                  && it.found().contains(" to %s round ".formatted(tool.name())))));
        }
      }
    }
  }

  private Gate gate(String words) {
    return gates().filter(gate -> gate.words().equals(words)).findFirst().orElseThrow();
  }

  private Stream<Gate> gates() {
    return Stream.concat(
        machine.rules().stream()
            .flatMap(rule ->
                rule.ask() == null
                    ? Stream.of(new Gate.When(rule))
                    : Stream.of(new Gate.When(rule), Gate.Asked.of(rule.ask()))),
        machine.states().values().stream()
            .filter(State.Approval.class::isInstance)
            .map(state -> Gate.Asked.of((State.Approval) state)));
  }

  private boolean told(Code code, List<String> at) {
    return checked.findings().stream().anyMatch(it -> it.code() == code && it.at().equals(at));
  }
}
