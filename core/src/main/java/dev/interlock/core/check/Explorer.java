package dev.interlock.core.check;

import dev.interlock.core.check.Step.Cause;
import dev.interlock.core.check.Trials.Truth;
import dev.interlock.core.counterexample.Route;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Transition;
import dev.interlock.core.machine.Way;
import dev.interlock.core.machine.Ways;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
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

  private static final Target BUILT_IN = new Target.To(Machine.BUILT_IN_ESCALATION.name());

  private final Machine machine;
  private final Space space;
  private final Trials trials;
  private final Explored explored;
  private final Map<Place, List<Node>> known = new LinkedHashMap<>();

  /** Escalations last: what they are come to with has then grown together. */
  private final List<Deque<Node>> open = List.of(new ArrayDeque<>(), new ArrayDeque<>());

  private final Watch watch;

  private final Ground ground;
  private final Influence influence;
  private final Calling calling;
  private final Leading leading;
  private final Leaving leaving;
  private final Forks forks;

  /** What alone is looked for; null if all is looked at. */
  private final @Nullable Search search;

  /** What was looked for, and is found. */
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

    /** The same, with fewer values. */
    Node narrowed(Box some) {
      return new Node(place, some, from, step);
    }
  }

  private Explorer(Ground ground, boolean operators, Watch watch, @Nullable Search search) {
    this.ground = ground;
    this.machine = ground.machine();
    this.search = search;
    this.watch = watch;
    this.space = ground.space();
    this.trials = ground.trials();
    this.explored = new Explored();
    this.influence = ground.influence();
    this.forks = new Forks(ground);
    this.calling = new Calling(machine, this, watch);
    this.leading = new Leading(machine, this);
    this.leaving = new Leaving(machine, this, calling, leading, operators);
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

  /**
   * Explores a machine to its end, or as far as is looked.
   *
   * @param unproven monitored properties that a run may come to be against
   */
  static Explorer of(Ground ground, List<Property.Before> unproven) {
    Explorer explorer = new Explorer(ground, true, Watch.of(unproven), null);
    explorer.run();
    return explorer;
  }

  /**
   * Looks for a run against a property.
   *
   * @param key the value that is followed of a property of the same argument; else null
   * @param unproven monitored properties that may keep a run from something, or not
   * @param operators whether they do what they may
   */
  static Verdict against(
      Ground ground,
      Property property,
      Watch.@Nullable Key key,
      List<Property.Before> unproven,
      boolean operators) {
    Explorer explorer = new Explorer(ground, operators, Watch.of(property, key, unproven), null);
    explorer.run();
    return new Verdict(
        Optional.ofNullable(explorer.sought)
            .map(last -> new Run(Explored.trace(last), Retraced.of(ground, property, last))),
        !explorer.explored.wasCut());
  }

  /**
   * What came of looking for a run.
   *
   * @param whole whether there is no other one; of no meaning if one was found
   */
  record Verdict(Optional<Run> run, boolean whole) {}

  /**
   * A run as it was found.
   *
   * @param trace a step each, for people
   */
  record Run(List<String> trace, Route route) {}

  /**
   * How a run goes on, once a way was taken, to a call for which nothing stood in its way.
   *
   * @return the whole run, a step each, if there is one
   */
  Optional<List<String>> find(Forks.Fork fork, Search what) {
    Explorer explorer = new Explorer(ground(), false, watch, what);
    Node node = fork.node();
    switch (fork.taken().option()) {
      case Forks.Option.Go(Target target, Step step, List<String> clears) ->
          explorer.move(node, space.clear(fork.taken().box(), clears), target, step);
      case Forks.Option.Call(String tool) ->
          explorer.calling.goes(node, machine.tool(tool), List.of(Judge.Allowed.anyhow(node.box)));
      case Forks.Option.Sent(String event, Target target) ->
          explorer.leaving.event(node, event, target);
    }
    explorer.all();
    return Optional.ofNullable(explorer.sought).map(Explored::trace);
  }

  Ground ground() {
    return ground;
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

  Overlaps overlaps() {
    return leading.overlaps();
  }

  Watch watch() {
    return watch;
  }

  /** Whether all is looked at, and not only a run that is looked for. */
  boolean isWhole() {
    return search == null && watch.property() == null;
  }

  /** Notes where the model chooses between ways. */
  void forked(Node node, Collection<Forks.Open> ways) {
    if (isWhole()) {
      forks.met(node, ways);
    }
  }

  /** Whether a call in a state is the one that is looked for. */
  boolean isSought(String tool, String state) {
    return search != null
        && search.tool().equals(tool)
        && (search.gate() == null || !search.gate().stands(machine, tool, state));
  }

  /** Whether runs are looked for in which that yes was not said. */
  boolean isSoughtWithout(Gate yes) {
    return search != null && yes.equals(search.gate());
  }

  /** Tells of what is looked for. */
  void found(Node what) {
    if (sought == null) {
      sought = what;
    }
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

  /** How a state is come to with these fields filled, by as few steps as are known. */
  List<String> trace(String state, Collection<String> fields) {
    return with(state, fields).map(Explored::trace).orElseGet(() -> explored.trace(state));
  }

  /**
   * How a state is come to with these fields filled, and how it goes on to a write.
   *
   * @param way by which it goes on; null if by any
   */
  List<String> trace(
      String state, Collection<String> fields, @Nullable Transition way, Write write) {
    String tool = write.tool().name();
    Explorer explorer = new Explorer(ground(), false, watch, new Search(tool, null));
    with(state, fields)
        .ifPresent(node -> {
          Box box = node.box;
          for (String field : fields) {
            box = box.with(space.index(field), box.mask(space.index(field)) & ~1L);
          }
          if (way == null) {
            explorer.reach(node.place, box, node.from, node.step);
          } else {
            explorer.move(node, space.clear(box, way.clears()), way.target(), Leading.TAKEN);
          }
          explorer.all();
        });
    return Optional.ofNullable(explorer.sought)
        .map(Explored::trace)
        .orElseGet(() ->
            Finding.then(explored.trace(write.state().name()), write.state().name() + ": " + tool));
  }

  private Optional<Node> with(String state, Collection<String> fields) {
    return explored.nodes(state).stream()
        .filter(node -> fields.stream().allMatch(it -> (node.box.mask(space.index(it)) & ~1L) != 0))
        .min(Comparator.comparingInt(Explorer::steps));
  }

  private static int steps(Node last) {
    int steps = 0;
    for (@Nullable Node node = last; node != null; node = node.from) {
      steps++;
    }
    return steps;
  }

  /**
   * A call that is looked for.
   *
   * @param gate what must not have stood in its way; null if anything may
   */
  record Search(String tool, @Nullable Gate gate) {}

  private void run() {
    Step start = Cause.START.of("start");
    Place nowhere = new Place(new Visit("", null), Set.of(), Set.of());
    Node before = new Node(nowhere, space.start(), null, Cause.START.of(""));
    against(machine.initial(), before, space.start(), start);
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
        leaving.leave(node);
      }
    }
  }

  /** Notes that an instance may be there with these fields; looked at later if that is new. */
  void reach(Place place, Box box, @Nullable Node from, Step step) {
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
  void move(Node from, Box box, Target target, Step step) {
    go(from, box, target, step);
    boolean ends =
        target instanceof Target.To(String name) && machine.state(name) instanceof State.Final;
    if (!ends) {
      over(from, box, Reason.VISITS);
    }
  }

  /** Takes a way; where it comes to, but for {@code back}. */
  private List<Node> go(Node from, Box box, Target target, Step step) {
    if (!(target instanceof Target.To(String name))) {
      back(from, box, step);
      return List.of();
    }
    List<Node> come = new ArrayList<>();
    boolean kept = watch.keeps(name, from.place.happened());
    if (kept || watch.mayKeep(name)) {
      if (step.isOver()) {
        String builtIn = Machine.BUILT_IN_ESCALATION.name();
        enter(builtIn, from.place.visit(), from, box, step).ifPresent(come::add);
      } else {
        over(from, box, Reason.PROPERTY);
      }
    }
    if (!kept) {
      against(name, from, box, step);
      enter(name, from.place.visit(), from, box, step).ifPresent(come::add);
    }
    return come;
  }

  private void back(Node from, Box box, Step step) {
    String here = from.place.visit().state();
    @Nullable Visit back = from.place.visit().wayBack();
    if (back == null) {
      over(from, box, Reason.GUARD_ERROR);
    } else {
      against(back.state(), from, box, step);
      explored.way(here, back.state(), step);
      Set<String> happened = watch.after(from.place.happened(), back.state());
      reach(from.place.at(back, happened), box, from, step);
    }
  }

  /** Looks whether it is against the property that a state is entered. */
  private void against(String state, Node node, Box box, Step step) {
    if (watch.against(state, node.place.happened())) {
      @Nullable Expression when = Watch.condition(watch.property());
      if (when == null
          || trials.split(when, box, Setting.of(space, node.place.labels())).stream()
              .anyMatch(part -> part.truth() != Truth.FALSE)) {
        found(new Node(node.place, box, node, step));
      }
    }
  }

  /** Where an instance is once it has entered a state, if runs that do are followed. */
  Optional<Node> enter(String name, @Nullable Visit left, Node from, Box box, Step step) {
    State state = machine.state(name);
    if (watch.avoids(name)) {
      return Optional.empty();
    }
    boolean choice = left != null && machine.states().get(left.state()) instanceof State.Choice;
    @Nullable Visit wayBack =
        !goBack.contains(name) || left == null
            ? null
            : choice ? left.wayBack() : shallow(left, MAX_BACK);
    Box entered = space.clear(box, state.frame().clears());
    Place place = from.place.at(new Visit(name, wayBack), watch.after(from.place.happened(), name));
    Node node = new Node(place, entered, from, step);
    if (isWhole() && state instanceof State.Agent agent && wasIn(name, from)) {
      agent.transitions().stream()
          .filter(way -> way.requires().stream().anyMatch(agent.record()::contains))
          .filter(way -> leading.open(way, entered, place.labels()))
          .findFirst()
          .ifPresent(way -> explored.openAtEntry(way, node));
    }
    explored.way(from.place.visit().state(), name, step);
    if (watch.property() instanceof Property.Eventually eventually) {
      if (eventually.states().contains(name)) {
        return Optional.empty();
      }
      if (state.endsOrEscalates() && !goesOn(state)) {
        found(node);
      }
    }
    reach(place, entered, from, step);
    return Optional.of(node);
  }

  /**
   * Whether time leads out of a state for certain. Where an outcome may be unknown it does not: no
   * timer of an escalation waits for it.
   */
  private boolean goesOn(State state) {
    return state.frame().after().stream().anyMatch(TimerRule.In.class::isInstance)
        && machine.tools().values().stream().allMatch(tool -> tool.effect() == EffectClass.READ);
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

  private static @Nullable Visit shallow(Visit visit, int depth) {
    return new Visit(
        visit.state(),
        visit.wayBack() == null || depth == 0 ? null : shallow(visit.wayBack(), depth - 1));
  }

  static Step over(Reason reason) {
    return Cause.OVER.of("over " + reason.word(), reason.word());
  }

  /** Where a reason to escalate leads; what it comes to. */
  List<Node> over(Node node, Box box, Reason reason) {
    return over(node, box, List.of(reason));
  }

  /** As the other one, for several. */
  List<Node> over(Node node, Box box, Collection<Reason> reasons) {
    State state = machine.state(node.place.visit().state());
    Set<Target> taken = new LinkedHashSet<>();
    List<Node> come = new ArrayList<>();
    for (Reason reason : reasons) {
      @Nullable Target own = state.frame().over().of(reason);
      if (own instanceof Target.Back && node.place.visit().wayBack() == null) {
        own = BUILT_IN;
      }
      if (own != null && taken.add(own)) {
        come.addAll(go(node, box, own, over(reason)));
        if (!machine.endsOrEscalates(own)) { // of which no visit may be left
          come.addAll(go(node, box, BUILT_IN, over(reason)));
        }
      }
      if (own == null || !machine.endsOrEscalates(own)) { // not where the budget is the machine's
        @Nullable Target all = machine.anywhere().over().of(reason);
        Target target = all == null ? BUILT_IN : all;
        if (taken.add(target)) {
          come.addAll(go(node, box, target, over(reason)));
        }
      }
    }
    return come;
  }
}
