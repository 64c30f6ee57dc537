package dev.interlock.core.check;

import dev.interlock.core.check.Forks.Open;
import dev.interlock.core.check.Forks.Option;
import dev.interlock.core.check.Step.Cause;
import dev.interlock.core.check.Trials.Part;
import dev.interlock.core.check.Trials.Truth;
import dev.interlock.core.contract.Contract;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Way;
import dev.interlock.core.machine.Ways;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes wherever the machine lets an adversary go, who proposes any call and any value at any time,
 * while people, tools and time do whatever they may. What is true of everything that is reached is
 * true of every run; budgets are taken to last, and to be spent, whenever either is worse.
 */
final class Explorer {
  /** The most that is looked at; a machine of more is not explored to its end. */
  static final int MAX_NODES = 50_000;

  /** The most boxes of one place; if there are more, one that holds them all is taken for them. */
  static final int MAX_BOXES = 64;

  /** How many visits {@code back} is followed through. */
  private static final int MAX_BACK = 3;

  /** How many steps are looked back for a state that is entered again. */
  private static final int MAX_LOOK_BACK = 100;

  private final Machine machine;
  private final Space space;
  private final Trials trials;
  private final Judge judge;
  private final Explored explored;
  private final Map<Place, List<Node>> known = new LinkedHashMap<>();

  /** Escalations last: what they are come to with has then grown together. */
  private final List<Deque<Node>> open = List.of(new ArrayDeque<>(), new ArrayDeque<>());

  private final Watch watch;

  /** States that nothing is followed out of. */
  private final Set<String> stops;

  /** Whether operators do what they may: resume, and send any event. */
  private final boolean operators;

  private final Influence influence;
  private final Forks forks;

  /** What alone is looked for; null if all is looked at. */
  private final @Nullable Search search;

  /** How the call goes out that is looked for. */
  private @Nullable Node sought;

  /** The states in which it matters where {@code back} leads. */
  private final Set<String> goBack = new HashSet<>();

  /**
   * Where an instance is, apart from its fields.
   *
   * @param happened of what the properties turn on
   */
  record Place(Visit visit, Set<Label> labels, Set<String> happened) {
    Place at(Visit other, Set<String> has) {
      return new Place(other, labels, has);
    }
  }

  /** A visit, and the one that {@code back} leads to. */
  record Visit(String state, @Nullable Visit wayBack) {}

  /** Fields that an instance may have at a place, and how it comes there. */
  static final class Node {
    final Place place;
    final Box box;
    final @Nullable Node from;
    final Step step;
    boolean replaced;

    Node(Place place, Box box, @Nullable Node from, Step step) {
      this.place = place;
      this.box = box;
      this.from = from;
      this.step = step;
    }
  }

  private Explorer(
      Machine machine,
      Collection<String> stops,
      boolean operators,
      Watch watch,
      @Nullable Search search) {
    this.machine = machine;
    this.search = search;
    this.stops = Set.copyOf(stops);
    this.operators = operators;
    this.watch = watch;
    this.space = new Space(machine);
    this.trials = new Trials(machine, space);
    this.explored = new Explored();
    this.judge = new Judge(machine, space, trials, explored, watch);
    this.influence = new Influence(machine);
    this.forks = new Forks(machine, space, influence);
    for (Way way : Ways.of(machine).keySet()) {
      if (way.target().equals("back")) {
        goBack.addAll(
            way.from().equals(Way.ANYWHERE) ? machine.states().keySet() : Set.of(way.from()));
      }
    }
    if (!goBack.isEmpty()) { // a choice hands on its own way back
      machine.states().values().stream()
          .filter(State.Choice.class::isInstance)
          .forEach(state -> goBack.add(state.name()));
    }
  }

  /** Explores a machine to its end, or as far as is looked. */
  static Explorer of(Machine machine) {
    return of(machine, List.of(), true, Watch.together(machine));
  }

  /**
   * As the other one.
   *
   * @param stops states that nothing is followed out of
   * @param operators whether they do what they may
   * @param watch what of a run matters for properties
   */
  static Explorer of(Machine machine, Collection<String> stops, boolean operators, Watch watch) {
    Explorer explorer = new Explorer(machine, stops, operators, watch, null);
    explorer.run();
    return explorer;
  }

  /**
   * How a run goes on, once a way was taken, to a call for which nothing stood in its way.
   *
   * @return the whole run, a step each, if there is one
   */
  static Optional<List<String>> find(Machine machine, Forks.Fork fork, Search search) {
    Explorer explorer = new Explorer(machine, List.of(), false, Watch.together(machine), search);
    Node node = fork.node();
    switch (fork.taken().option()) {
      case Forks.Option.Go(Target target, Step step, List<String> clears) ->
          explorer.move(node, explorer.clear(fork.taken().box(), clears), target, step);
      case Forks.Option.Call(String tool) ->
          explorer.goes(node, machine.tool(tool), List.of(Judge.Allowed.anyhow(node.box)));
    }
    explorer.all();
    return Optional.ofNullable(explorer.sought).map(Explored::trace);
  }

  Explored explored() {
    return explored;
  }

  Influence influence() {
    return influence;
  }

  Forks forks() {
    return forks;
  }

  Trials trials() {
    return trials;
  }

  Space space() {
    return space;
  }

  /**
   * Whether an instance was met in a state in which these fields are filled, and no others.
   *
   * @param filled fields that are set and not empty
   */
  boolean met(String state, Set<String> filled) {
    for (Map.Entry<Place, List<Node>> each : known.entrySet()) {
      if (each.getKey().visit().state().equals(state)
          && each.getValue().stream().anyMatch(node -> has(node.box, filled))) {
        return true;
      }
    }
    return false;
  }

  private boolean has(Box box, Set<String> filled) {
    for (String name : machine.context().keySet()) {
      if (!(machine.field(name).source() instanceof Source.Derived)) {
        long mask = box.mask(space.index(name));
        if ((filled.contains(name) ? mask & ~1L : mask & 1L) == 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** A call that is looked for, and what must not have stood in its way. */
  record Search(String tool, Gate gate) {}

  private void run() {
    Step start = Cause.START.of("start");
    Place nowhere = new Place(new Visit("", null), Set.of(), Set.of());
    Node before = new Node(nowhere, space.start(), null, Cause.START.of(""));
    holds(machine.initial(), before, space.start(), start); // nothing keeps it from starting
    enter(machine.initial(), null, before, space.start(), start);
    all();
  }

  private void all() {
    while (sought == null && (!open.getFirst().isEmpty() || !open.getLast().isEmpty())) {
      Node node = (open.getFirst().isEmpty() ? open.getLast() : open.getFirst()).removeFirst();
      if (!node.replaced) {
        if (explored.next() > MAX_NODES) {
          explored.cut();
          return;
        }
        leave(node);
      }
    }
  }

  /** Notes that an instance may be there with these fields; looked at later if that is new. */
  private void reach(Place place, Box box, Node from, Step step) {
    List<Node> there = known.computeIfAbsent(place, p -> new ArrayList<>());
    Box growing = box;
    for (Node other : there) {
      if (other.box.contains(growing)) {
        return;
      }
    }
    boolean grew = true;
    while (grew) {
      grew = false;
      for (Node other : List.copyOf(there)) {
        @Nullable Box both = growing.contains(other.box) ? growing : other.box.or(growing);
        if (both != null) {
          other.replaced = true;
          there.remove(other);
          growing = both;
          grew = true;
        }
      }
    }
    if (there.size() >= MAX_BOXES) {
      for (Node other : there) {
        other.replaced = true;
        growing = growing.around(other.box);
      }
      there.clear();
    }
    Node node = new Node(place, growing, from, step);
    there.add(node);
    boolean escalation = machine.state(place.visit().state()) instanceof State.Escalation;
    open.get(escalation ? 1 : 0).addLast(node);
    explored.reached(place.visit().state(), node);
  }

  /** Takes a way, or escalates because the state that it leads to may not be entered. */
  private void move(Node from, Box box, Target target, Step step) {
    go(from, box, target, step);
    if (target instanceof Target.To(String name) && !(machine.state(name) instanceof State.Final)) {
      over(from, box, Reason.VISITS);
    }
  }

  private void go(Node from, Box box, Target target, Step step) {
    switch (target) {
      case Target.Back() -> {
        @Nullable Visit back = from.place.visit().wayBack();
        if (back == null) {
          over(from, box, Reason.GUARD_ERROR);
        } else {
          holds(
              back.state(), from, box, step); // what must have happened has, or it was not entered
          explored.way(from.place.visit().state(), back.state(), step);
          Set<String> happened = watch.after(from.place.happened(), back.state());
          reach(from.place.at(back, happened), box, from, step);
        }
      }
      case Target.To(String name) -> {
        if (holds(name, from, box, step)) {
          enter(name, from.place.visit(), from, box, step);
        } else if (!step.isOver()) {
          over(from, box, Reason.PROPERTY);
        } else {
          String builtIn = Machine.BUILT_IN_ESCALATION.name();
          enter(builtIn, from.place.visit(), from, box, step);
        }
      }
    }
  }

  /**
   * Whether nothing keeps a state from being entered; what would be against a property is noted.
   */
  private boolean holds(String state, Node node, Box box, Step step) {
    boolean holds = true;
    for (Property property : watch.against(state, node.place.happened())) {
      @Nullable Expression when = Watch.condition(property);
      if (when == null
          || trials.split(when, box, Setting.of(space, node.place.labels())).stream()
              .anyMatch(part -> part.truth() != Truth.FALSE)) {
        explored.broken(property, node, step);
        holds &= !monitored(property);
      }
    }
    return holds;
  }

  private static boolean monitored(Property property) {
    return property instanceof Property.Before before && before.monitored();
  }

  private void enter(String name, @Nullable Visit left, Node from, Box box, Step step) {
    State state = machine.state(name);
    boolean choice = left != null && machine.states().get(left.state()) instanceof State.Choice;
    @Nullable Visit wayBack =
        !goBack.contains(name) || left == null
            ? null
            : choice ? left.wayBack() : shallow(left, MAX_BACK);
    Box entered = clear(box, state.frame().clears());
    Place place = from.place.at(new Visit(name, wayBack), watch.after(from.place.happened(), name));
    Node node = new Node(place, entered, from, step);
    if (state instanceof State.Agent agent && wasIn(name, from)) {
      agent.transitions().stream()
          .filter(way -> way.requires().stream().anyMatch(agent.record()::contains))
          .filter(way -> open(way, entered, place.labels()))
          .findFirst()
          .ifPresent(way -> explored.openAtEntry(way, node));
    }
    explored.way(from.place.visit().state(), name, step);
    reach(place, entered, from, step);
  }

  /** Whether a state was visited on the way to a node, as far as is looked back. */
  private static boolean wasIn(String state, Node node) {
    int steps = 0;
    for (@Nullable Node each = node; each != null && steps < MAX_LOOK_BACK; each = each.from) {
      if (each.place.visit().state().equals(state)) {
        return true;
      }
      steps++;
    }
    return false;
  }

  /** Whether a way is surely open for some of a box. */
  private boolean open(Transition way, Box box, Set<Label> labels) {
    List<Box> met = new ArrayList<>();
    required(way, box, new ArrayList<>(), met::add);
    @Nullable Expression guard = way.guard();
    return !requiresDerived(way)
        && met.stream()
            .anyMatch(part ->
                guard == null
                    || trials.split(guard, part, Setting.of(space, labels)).stream()
                        .anyMatch(it -> it.sure() && it.truth() == Truth.TRUE));
  }

  private static @Nullable Visit shallow(Visit visit, int depth) {
    return new Visit(
        visit.state(),
        visit.wayBack() == null || depth == 0 ? null : shallow(visit.wayBack(), depth - 1));
  }

  private Box clear(Box box, Collection<String> fields) {
    Box cleared = box;
    for (String name : fields) {
      cleared = cleared.with(space.index(name), 1L);
    }
    return cleared;
  }

  /** A field that somebody may have filled meanwhile, or not. */
  private Box maybe(Box box, String field) {
    int variable = space.index(field);
    return box.with(variable, box.mask(variable) | space.filled(variable));
  }

  private Box filled(Box box, String field) {
    int variable = space.index(field);
    return box.with(variable, space.filled(variable));
  }

  // ---- leaving

  private void leave(Node node) {
    State state = machine.state(node.place.visit().state());
    if (state instanceof State.Final || stops.contains(state.name())) {
      return;
    }
    boolean escalation = state instanceof State.Escalation;
    events(node, state, escalation);
    if (!escalation) {
      over(node, node.box, List.of(Reason.DURATION, Reason.CYCLE));
      if (mayFail(state)) {
        over(node, node.box, Reason.GUARD_ERROR);
      }
    }
    if (!(state instanceof State.Choice)) {
      for (TimerRule rule : state.frame().after()) {
        move(node, node.box, rule.target(), Cause.TIMER.of("after " + due(rule)));
      }
    }
    switch (state) {
      case State.Agent agent -> agent(node, agent);
      case State.Call call -> call(node, call);
      case State.Choice choice -> {
        List<Open> ways = new ArrayList<>();
        otherwise(node, transitions(node, choice.transitions(), ways), choice.otherwise(), ways);
        forks.met(node, ways);
      }
      case State.Approval approval ->
          approval.answers().forEach((word, answer) -> answered(node, approval, word, answer));
      case State.Escalation it -> {
        for (String target : operators ? it.resume() : List.<String>of()) {
          move(node, node.box, new Target.To(target), Cause.OPERATOR.of("an operator resumes"));
        }
        if (!it.resume().isEmpty()) { // and is come to again, until no visit of it is left
          enter(Machine.BUILT_IN_ESCALATION.name(), null, node, node.box, over(Reason.VISITS));
        }
      }
      case State.Wait w -> {}
      case State.Final f -> {}
    }
  }

  private void answered(Node node, State.Approval approval, String word, State.Answer answer) {
    Step step = Cause.NO.of(approval.role() + " answers " + word);
    Set<String> happened = node.place.happened();
    if (!State.Approval.NO.contains(word)) {
      if (search != null && search.gate().equals(new Gate.Asked(approval.role()))) {
        return; // looked for are runs without
      }
      step = Cause.YES.of(step.words());
      happened = watch.after(happened, Property.yes(approval.role()));
    }
    Box box = node.box;
    for (String field : answer.fills()) {
      box = filled(box, field);
    }
    Place place = node.place.at(node.place.visit(), happened);
    move(
        new Node(place, node.box, node.from, node.step),
        clear(box, answer.clears()),
        answer.target(),
        step);
  }

  /** Whether something other than a guard is evaluated when a state is entered, and may fail. */
  private static boolean mayFail(State state) {
    return state.frame().say() != null
        || state.frame().after().stream().anyMatch(TimerRule.At.class::isInstance)
        || (state instanceof State.Approval approval && approval.people() != null);
  }

  private static String due(TimerRule rule) {
    return switch (rule) {
      case TimerRule.In in -> in.in().toString();
      case TimerRule.At at -> at.at().source();
    };
  }

  private void events(Node node, State state, boolean escalation) {
    Map<String, Target> on = new LinkedHashMap<>(machine.anywhere().on());
    on.putAll(state.frame().on());
    on.forEach((event, target) -> {
      if (!operators && (operatorsOnly(event) || (escalation && !endsOrEscalates(target)))) {
        return;
      }
      Box box = node.box;
      for (Field field : machine.context().values()) {
        if (field.source() instanceof Source.Event filled && filled.from().contains(event)) {
          box =
              filled.at().isEmpty() // a part of a payload may not be there
                  ? filled(box, field.name())
                  : maybe(box, field.name());
        }
      }
      Step step =
          escalation
              ? Cause.OPERATOR.of("an operator sends " + event)
              : Cause.EVENT.of("event " + event);
      move(node, box, target, step);
    });
  }

  private boolean operatorsOnly(String event) {
    EventType type = machine.events().get(event);
    return type == null || type.by().isEmpty();
  }

  private boolean endsOrEscalates(Target target) {
    return target instanceof Target.To(String name) && machine.state(name).endsOrEscalates();
  }

  private static Step over(Reason reason) {
    return Cause.OVER.of("over " + reason.word());
  }

  private void over(Node node, Box box, Reason reason) {
    over(node, box, List.of(reason));
  }

  /** Where reasons to escalate lead. */
  private void over(Node node, Box box, Collection<Reason> reasons) {
    State state = machine.state(node.place.visit().state());
    Set<Target> taken = new LinkedHashSet<>();
    for (Reason reason : reasons) {
      @Nullable Target own = state.frame().over().of(reason);
      if (own != null && taken.add(own)) {
        go(node, box, own, over(reason));
      }
      if (own == null || !endsOrEscalates(own)) { // not where the budget is the machine's
        @Nullable Target all = machine.anywhere().over().of(reason);
        Target target = all == null ? new Target.To(Machine.BUILT_IN_ESCALATION.name()) : all;
        if (taken.add(target)) {
          go(node, box, target, over(reason));
        }
      }
    }
  }

  private void agent(Node node, State.Agent agent) {
    Box box = node.box;
    for (String field : agent.record()) {
      box = maybe(box, field);
      explored.recorded(field, node.place.labels());
    }
    if (!box.equals(node.box)) {
      reach(node.place, box, node, Cause.FACTS.of("record " + String.join(", ", agent.record())));
      if (node.replaced) {
        return; // by what it grew to
      }
    }
    Set<Reason> reasons =
        new LinkedHashSet<>(
            List.of(
                Reason.TURNS,
                Reason.ERRORS,
                Reason.TOTAL_ERRORS,
                Reason.TOKENS,
                Reason.MODEL,
                Reason.CONTEXT_OVERFLOW));
    if (machine.budgets().limit(Budget.COST) != null) {
      reasons.add(Reason.COST);
    }
    if (!agent.tools().isEmpty()) {
      reasons.add(Reason.TOOL_CALLS);
      reasons.add(Reason.TOOL_DRIFT);
    }
    over(node, node.box, reasons);
    List<Open> ways = new ArrayList<>(spent(node, agent));
    for (String tool : agent.tools()) {
      ways.addAll(proposed(node, machine.tool(tool)));
    }
    for (TimerRule rule : agent.idle()) {
      move(node, node.box, rule.target(), Cause.TIMER.of("idle " + due(rule)));
    }
    List<Left> rest = transitions(node, agent.transitions(), ways);
    if (agent.otherwise() != null) {
      otherwise(node, rest, agent.otherwise(), ways);
    } else {
      rest.forEach(left -> noCase(node, agent, left.box()));
    }
    forks.met(node, ways);
  }

  /** Where the model may lead by spending what a state has of a budget. */
  private static List<Open> spent(Node node, State.Agent agent) {
    List<Open> ways = new ArrayList<>();
    for (Reason reason : List.of(Reason.TURNS, Reason.ERRORS, Reason.TOOL_CALLS)) {
      over(agent, reason, new Left(node.box, Set.of()), ways);
    }
    return ways;
  }

  private static void over(State state, Reason reason, Left left, List<Open> ways) {
    @Nullable Target own = state.frame().over().of(reason);
    if (own != null) {
      Option over = new Option.Go(own, over(reason), List.of());
      ways.add(new Open(over, left.box(), Set.of(), left.no()));
    }
  }

  private void otherwise(Node node, List<Left> rest, Target target, List<Open> ways) {
    Step step = Cause.OTHERWISE.of("otherwise");
    for (Left left : rest) {
      ways.add(new Open(new Option.Go(target, step, List.of()), left.box(), Set.of(), left.no()));
      move(node, left.box(), target, step);
    }
  }

  /** Notes where all is there that the ways out of a state require, and none is open. */
  private void noCase(Node node, State.Agent agent, Box box) {
    List<String> asked = new ArrayList<>();
    @Nullable Box all = box;
    for (Transition way : agent.transitions()) {
      if (way.guard() == null || !space.exact(way.guard()) || requiresDerived(way)) {
        return;
      }
      List<Box> met = new ArrayList<>();
      required(way, all, new ArrayList<>(), met::add);
      if (met.isEmpty()) {
        return;
      }
      all = met.getFirst();
      for (int variable : space.variables(way.guard())) {
        String shown = space.shown(variable, all);
        if (!asked.contains(shown)) {
          asked.add(shown);
        }
      }
    }
    if (!asked.isEmpty()) {
      explored.noCase(agent.name(), String.join(", ", asked), node);
    }
  }

  private List<Open> proposed(Node node, Tool tool) {
    List<Judge.Allowed> all =
        machine.observes() // what would be refused goes out all the same
            ? List.of(Judge.Allowed.anyhow(node.box))
            : judge.judge(node, tool, Map.of());
    List<Judge.Allowed> out = goes(node, tool, all);
    for (Judge.Allowed allowed : out) {
      dispatched(
          node, tool, allowed, (after, ok) -> reach(after.place, after.box, node, after.step));
    }
    return tool.effect() == EffectClass.READ
        ? List.of()
        : out.stream()
            .map(it -> new Open(new Option.Call(tool.name()), it.box(), Set.of(), Set.of()))
            .toList();
  }

  /** What goes out of what the rules allow: nothing that something must come before. */
  private List<Judge.Allowed> goes(Node node, Tool tool, List<Judge.Allowed> allowed) {
    List<Judge.Allowed> out =
        allowed.stream().filter(it -> holds(node, tool, it) || machine.observes()).toList();
    if (out.isEmpty()) {
      return List.of();
    }
    String state = node.place.visit().state();
    explored.called(state, tool.name());
    if (tool.labels().contains(Label.EXTERNAL)) {
      out.forEach(it -> explored.sent(state, tool.name(), !it.asks().isEmpty(), node));
    }
    if (search != null
        && search.tool().equals(tool.name())
        && !search.gate().stands(machine, tool.name(), state)) {
      Step step = Cause.FACTS.of(out.getFirst().step(tool));
      sought = new Node(node.place, node.box, node, step);
    }
    return out;
  }

  private boolean holds(Node node, Tool tool, Judge.Allowed call) {
    boolean holds = true;
    for (Property property : watch.against(tool.name(), agreed(node.place.happened(), call))) {
      boolean about =
          Watch.condition(property) == null
              || machine.observes()
              || call.about().contains(property);
      boolean other =
          watch.key() != null
              && watch.key().property().equals(property)
              && Boolean.FALSE.equals(call.same());
      if (about && !other) {
        explored.broken(property, node, Cause.FACTS.of(call.step(tool)));
        holds &= !monitored(property);
      }
    }
    return holds;
  }

  /** What has happened once people have said yes to a call. */
  private Set<String> agreed(Set<String> happened, Judge.Allowed call) {
    Set<String> more = happened;
    for (String role : call.asks()) {
      more = watch.after(more, Property.yes(role));
    }
    return more;
  }

  /** The labels of what was returned, once a tool has returned or failed, too. */
  private static Set<Label> labelled(Set<Label> before, Tool tool) {
    if (before.containsAll(tool.labels())) {
      return before;
    }
    Set<Label> after = EnumSet.copyOf(tool.labels());
    after.addAll(before);
    return after;
  }

  private interface Settled {
    void settled(Node after, boolean ok);
  }

  /** What becomes of a call that goes out. */
  private void dispatched(Node node, Tool tool, Judge.Allowed allowed, Settled settled) {
    Set<Label> labels = labelled(node.place.labels(), tool);
    Place place = new Place(node.place.visit(), labels, agreed(node.place.happened(), allowed));
    Place returned = place.at(place.visit(), returned(place.happened(), tool, allowed));
    Box forgot = clear(allowed.box(), tool.forgets());
    Box filled = forgot;
    Box some = forgot;
    for (Field field : machine.context().values()) {
      if (field.source() instanceof Source.Tools source && source.from().contains(tool.name())) {
        boolean keeps = field.keyed() || source.append() || source.once();
        filled = keeps ? maybe(filled, field, tool, allowed) : filled(filled, field.name());
        some = keeps ? maybe(some, field, tool, allowed) : maybe(some, field.name());
      }
    }
    Step step = Cause.FACTS.of(allowed.step(tool));
    settled.settled(new Node(returned, filled, node, step), true);
    settled.settled(new Node(place, forgot, node, step.and(", which fails")), false);
    if (!some.equals(forgot)) {
      over(new Node(place, some, node, step), some, Reason.MISFIT);
    }
    if (tool.effect() != EffectClass.READ) { // a person may say later what its result was
      over(new Node(returned, some, node, step), some, Reason.OUTCOME_UNKNOWN);
      over(new Node(place, some, node, step), some, Reason.OUTCOME_UNKNOWN);
    }
  }

  private Set<String> returned(Set<String> happened, Tool tool, Judge.Allowed call) {
    Set<String> more = watch.after(happened, tool.name());
    Watch.@Nullable Key key = watch.key(tool.name());
    return key != null
            && key.property().first().equals(tool.name())
            && Boolean.TRUE.equals(call.same())
        ? watch.after(more, key.first())
        : more;
  }

  /** What a result may add; under the argument that is followed, what is filed under its value. */
  private Box maybe(Box box, Field field, Tool tool, Judge.Allowed call) {
    Watch.@Nullable Key key = watch.key(tool.name());
    @Nullable Boolean same = call.same();
    if (key == null
        || same == null
        || !field.key().equals(List.of(new ArgRef(List.of(key.argument()))))) {
      return maybe(box, field.name());
    }
    int variable = space.index(field.name());
    long filed = space.under(variable, String.valueOf(key.value()));
    long filled = space.filled(variable) & (same ? filed : ~filed);
    return box.with(variable, box.mask(variable) | filled);
  }

  private void call(Node node, State.Call call) {
    over(node, node.box, List.of(Reason.TOOL_CALLS, Reason.TOOL_DRIFT));
    List<Made> made = List.of(new Made(node, true));
    for (State.Made each : call.calls()) {
      List<Made> next = new ArrayList<>();
      made.forEach(before -> made(before, each, next));
      made = next;
    }
    for (Made each : made) {
      Node after = each.node();
      over(
          after,
          after.box,
          List.of(Reason.TOOL_CALLS, Reason.ERRORS, Reason.TOTAL_ERRORS, Reason.DURATION));
      move(
          after,
          after.box,
          each.ok() ? call.ok() : call.failed(),
          Cause.MADE.of(each.ok() ? "ok" : "failed"));
    }
  }

  /** What has become of the calls of a state so far. */
  private record Made(Node node, boolean ok) {}

  /** One that is refused or fails stops no other. */
  private void made(Made before, State.Made call, List<Made> after) {
    Node node = before.node();
    Tool tool = machine.tool(call.tool());
    after.add(new Made(node, false));
    for (Judge.Allowed allowed : goes(node, tool, judge.judge(node, tool, call.with()))) {
      dispatched(node, tool, allowed, (sent, ok) -> after.add(new Made(sent, before.ok() && ok)));
    }
  }

  /**
   * Where no way was open so far.
   *
   * @param no the ways whose conditions do not hold, though the samples do not show it
   */
  private record Left(Box box, Set<Transition> no) {
    Left but(Box some) {
      return new Left(some, no);
    }

    Left not(Transition way) {
      Set<Transition> more = new HashSet<>(no);
      more.add(way);
      return new Left(box, more);
    }
  }

  /**
   * Takes the ways that are open; what is left of a node, where none is.
   *
   * @param ways each that was taken is added
   */
  private List<Left> transitions(Node node, List<Transition> transitions, List<Open> ways) {
    List<Left> rest = List.of(new Left(node.box, Set.of()));
    for (Transition transition : transitions) {
      List<Left> next = new ArrayList<>();
      for (Left each : rest) {
        explored.looked(transition);
        if (requiresDerived(transition)) {
          guardError(node, each, ways);
          next.add(decides(transition.requires()) ? each.not(transition) : each);
        }
        List<Box> unmet = new ArrayList<>();
        required(
            transition,
            each.box(),
            unmet,
            met -> guarded(node, transition, each.but(met), next, ways));
        unmet.forEach(box -> next.add(each.but(box)));
      }
      rest = merged(next);
    }
    return rest;
  }

  private static List<Left> merged(List<Left> parts) {
    Map<Set<Transition>, List<Box>> boxes = new LinkedHashMap<>();
    parts.forEach(it -> boxes.computeIfAbsent(it.no(), no -> new ArrayList<>()).add(it.box()));
    List<Left> merged = new ArrayList<>();
    boxes.forEach((no, some) -> Box.merged(some).forEach(box -> merged.add(new Left(box, no))));
    return merged;
  }

  private void guarded(
      Node node, Transition transition, Left left, List<Left> next, List<Open> ways) {
    explored.met(transition);
    @Nullable Expression guard = transition.guard();
    boolean requires = requiresDerived(transition) && decides(transition.requires());
    if (requires) {
      mixed(node, transition, derived(transition.requires()));
    }
    if (guard == null) {
      take(node, transition, left, requires, ways);
      return;
    }
    for (Part part : trials.split(guard, left.box(), Setting.of(space, node.place.labels()))) {
      explored.guard(transition, part.truth(), part.sure());
      boolean decides = !part.sure() && influence.reads(guard).fixed();
      if (decides) {
        mixed(node, transition, influence.reads(guard));
      }
      Left here = left.but(part.box());
      switch (part.truth()) {
        case TRUE -> take(node, transition, here, requires || decides, ways);
        case FALSE -> next.add(decides ? here.not(transition) : here);
        case ERROR -> guardError(node, here, ways);
      }
    }
  }

  private void guardError(Node node, Left left, List<Open> ways) {
    over(machine.state(node.place.visit().state()), Reason.GUARD_ERROR, left, ways);
    over(node, left.box(), Reason.GUARD_ERROR);
  }

  /** Whether something that the model does not choose has a say in what a way requires. */
  private boolean decides(Collection<String> requires) {
    return derived(requires).fixed();
  }

  private Influence.Reads derived(Collection<String> requires) {
    return influence.reads(
        requires.stream()
            .filter(name -> machine.field(name).source() instanceof Source.Derived)
            .toList());
  }

  /** Notes that it is not known how far a way turns on what the model chooses. */
  private void mixed(Node node, Transition way, Influence.Reads reads) {
    if (!reads.influenced().isEmpty()) {
      explored.mixed(node.place.visit().state(), way, reads.influenced());
    }
  }

  private boolean requiresDerived(Transition transition) {
    return transition.requires().stream()
        .anyMatch(name -> machine.field(name).source() instanceof Source.Derived);
  }

  private void take(Node node, Transition transition, Left left, boolean decides, List<Open> ways) {
    Step step = Cause.TRANSITION.of("transition");
    Set<Transition> yes = decides ? Set.of(transition) : Set.of();
    Option way = new Option.Go(transition.target(), step, transition.clears());
    ways.add(new Open(way, left.box(), yes, left.no()));
    move(node, clear(left.box(), transition.clears()), transition.target(), step);
  }

  private interface Met {
    void met(Box box);
  }

  /** Parts a box by the stored fields that a transition requires. */
  private void required(Transition transition, Box box, List<Box> unmet, Met met) {
    Box left = box;
    for (String name : transition.requires()) {
      Field field = machine.field(name);
      if (field.source() instanceof Source.Derived) { // set, or not, or it cannot be computed
        continue;
      }
      int variable = space.index(name);
      long good = 0;
      List<@Nullable Object> values = space.samples(variable).values();
      for (int i = 0; i < values.size(); i++) {
        if (Contract.met(values.get(i))) {
          good |= 1L << i;
        }
      }
      long bad = left.mask(variable) & ~good;
      if (bad != 0) {
        unmet.add(left.with(variable, bad));
      }
      long rest = left.mask(variable) & good;
      if (rest == 0) {
        return;
      }
      left = left.with(variable, rest);
    }
    met.met(left);
  }
}
