package dev.interlock.core.check;

import dev.interlock.core.check.Explorer.Node;
import dev.interlock.core.check.Forks.Open;
import dev.interlock.core.check.Forks.Option;
import dev.interlock.core.check.Step.Cause;
import dev.interlock.core.check.Trials.Part;
import dev.interlock.core.check.Trials.Truth;
import dev.interlock.core.contract.Contract;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.TimerRule;
import dev.interlock.core.machine.Transition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Transitions: where they lead, and with which fields none is open. */
final class Leading {
  /** The reasons that the model brings about, alone or by what it says and calls. */
  private static final List<Reason> BY_THE_MODEL =
      List.of(
          Reason.TURNS,
          Reason.ERRORS,
          Reason.TOTAL_ERRORS,
          Reason.TOOL_CALLS,
          Reason.TOKENS,
          Reason.COST,
          Reason.CONTEXT_OVERFLOW,
          Reason.VISITS,
          Reason.PROPERTY);

  static final Step TAKEN = Cause.TRANSITION.of("transition");

  private final Machine machine;
  private final Explorer explorer;
  private final Explored explored;
  private final Space space;
  private final Trials trials;
  private final Influence influence;
  private final Overlaps overlaps;

  Leading(Machine machine, Explorer explorer) {
    this.machine = machine;
    this.explorer = explorer;
    this.explored = explorer.explored();
    this.space = explorer.space();
    this.trials = explorer.trials();
    this.influence = explorer.influence();
    this.overlaps = new Overlaps(space, trials);
  }

  Overlaps overlaps() {
    return overlaps;
  }

  /** Whether a way is surely open for some of a box. */
  boolean open(Transition way, Box box, Set<Label> labels) {
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

  /** Where the model may lead by spending what a state has of a budget. */
  List<Open> spent(Node node, State.Agent agent) {
    List<Open> ways = new ArrayList<>();
    for (Reason reason : BY_THE_MODEL) {
      over(agent, reason, new Left(node.box, Set.of()), ways);
    }
    for (TimerRule rule :
        Stream.concat(agent.frame().after().stream(), agent.idle().stream()).toList()) {
      if (rule instanceof TimerRule.At at && !influence.reads(at.at()).influenced().isEmpty()) {
        Step step = Cause.TIMER.of("after " + at.at().source());
        Option due = new Option.Go(rule.target(), step, List.of());
        ways.add(new Open(due, node.box, Set.of(), Set.of()));
      }
    }
    return ways;
  }

  private static void over(State state, Reason reason, Left left, List<Open> ways) {
    @Nullable Target own = state.frame().over().of(reason);
    if (own != null) {
      Option over = new Option.Go(own, Explorer.over(reason), List.of());
      ways.add(new Open(over, left.box(), Set.of(), left.no()));
    }
  }

  void otherwise(Node node, List<Left> rest, Target target, List<Open> ways) {
    Step step = Cause.OTHERWISE.of("otherwise");
    for (Left left : rest) {
      ways.add(new Open(new Option.Go(target, step, List.of()), left.box(), Set.of(), left.no()));
      explorer.move(node.narrowed(left.box()), left.box(), target, step);
    }
  }

  /** Notes where all is there that the ways out of a state require, and none is open. */
  void noCase(Node node, State.Agent agent, Box box) {
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

  /**
   * Where no way was open so far.
   *
   * @param no the ways whose conditions do not hold, though the samples do not show it
   */
  record Left(Box box, Set<Transition> no) {
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
  List<Left> transitions(Node node, List<Transition> transitions, List<Open> ways) {
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
    if (explorer.isWhole()) {
      overlaps(node, transitions);
    }
    return rest;
  }

  private void overlaps(Node node, List<Transition> ways) {
    for (int i = 0; i < ways.size(); i++) {
      for (int j = i + 1; j < ways.size(); j++) {
        if (ways.get(i).guard() != null && ways.get(j).guard() != null) {
          List<Box> met = new ArrayList<>();
          Transition other = ways.get(j);
          required(
              ways.get(i),
              node.box,
              new ArrayList<>(),
              box -> required(other, box, new ArrayList<>(), met::add));
          for (Box box : met) {
            overlaps.met(node, box, ways, i, j);
          }
        }
      }
    }
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
    explorer.over(node.narrowed(left.box()), left.box(), Reason.GUARD_ERROR);
  }

  /** Whether something that the model does not choose has a say in what a way requires. */
  private boolean decides(Collection<String> requires) {
    return derived(requires).fixed();
  }

  private Reads derived(Collection<String> requires) {
    return influence.reads(
        requires.stream()
            .filter(name -> machine.field(name).source() instanceof Source.Derived)
            .toList());
  }

  /** Notes that it is not known how far a way turns on what the model chooses. */
  private void mixed(Node node, Transition way, Reads reads) {
    if (!reads.influenced().isEmpty()) {
      explored.mixed(node.place.visit().state(), way, reads.influenced());
    }
  }

  private boolean requiresDerived(Transition transition) {
    return transition.requires().stream()
        .anyMatch(name -> machine.field(name).source() instanceof Source.Derived);
  }

  private void take(Node node, Transition transition, Left left, boolean decides, List<Open> ways) {
    Set<Transition> yes = decides ? Set.of(transition) : Set.of();
    Option way = new Option.Go(transition.target(), TAKEN, transition.clears());
    ways.add(new Open(way, left.box(), yes, left.no()));
    explorer.move(
        node.narrowed(left.box()),
        space.clear(left.box(), transition.clears()),
        transition.target(),
        TAKEN);
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
