package dev.interlock.core.check;

import dev.interlock.core.check.Explorer.Node;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.Target;
import dev.interlock.core.machine.Transition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the model chooses between ways: what it does not choose lets it take either. And where the
 * caller leads on by an event that they may send.
 */
final class Forks {
  /** The variables that are not the model's choice. */
  private final List<Integer> fixed = new ArrayList<>();

  /** Of these, the ones whose presence is its choice all the same. */
  private final long[] absent;

  private final Space space;
  private final Vetting vetting;
  private final Map<Pair, Fork> found = new LinkedHashMap<>();

  /** Those of which the facts that are vetted there are not the model's choice either. */
  private final Map<Pair, Fork> vetted = new LinkedHashMap<>();

  /** The variables of the facts that are vetted in a state. */
  private final Map<String, List<Integer>> vettedAt = new HashMap<>();

  /** What may be done next. */
  sealed interface Option {
    /** A way to another state. */
    record Go(Target target, Step step, List<String> clears) implements Option {}

    /** A call in the state itself. */
    record Call(String tool) implements Option {}

    /** An event of the caller's. */
    record Sent(String event, Target target) implements Option {}

    /** Whether it is what somebody answers who is asked. */
    default boolean isAnswer() {
      return this instanceof Go go && go.step().cause() == Step.Cause.YES;
    }

    /** Whether somebody else than the caller sends an event. */
    default boolean isSentByOthers() {
      return this instanceof Go go && go.step().cause() == Step.Cause.EVENT;
    }
  }

  /**
   * With what a way is open.
   *
   * @param yes conditions that hold though the samples do not show it
   * @param no those that do not
   */
  record Open(Option option, Box box, Set<Transition> yes, Set<Transition> no) {}

  /** One way that may be taken instead of another. */
  record Fork(Node node, Open taken, Option instead) {}

  private record Pair(String state, Option taken, Option instead) {}

  Forks(Ground ground) {
    this.space = ground.space();
    this.vetting = ground.vetting();
    Machine machine = ground.machine();
    Influence influence = ground.influence();
    this.absent = new long[space.size()];
    for (int i = 0; i < space.size(); i++) {
      Field field = machine.context().get(space.name(i));
      if (field == null || isFixed(field, influence)) {
        fixed.add(i);
      }
      absent[i] = field != null && influence.presence(field.name()) ? 1L : 0;
    }
  }

  private static boolean isFixed(Field field, Influence influence) {
    return switch (influence.level(field.name())) {
      case NEUTRAL, LOOKED_UP, CHOSEN -> false;
      case FIXED ->
          !(field.source() instanceof Source.Tools && field.keyed())
              || !influence.presence(field.name());
    };
  }

  /** Notes which of these ways are open at once, as far as it is not the model that decides. */
  void met(Node node, Collection<Open> ways) {
    String state = node.place.visit().state();
    for (Open one : ways) {
      for (Open other : ways) {
        if (isChoice(one.option(), other.option())) {
          Pair pair = new Pair(state, one.option(), other.option());
          if (!found.containsKey(pair) && together(one, other, fixed)) {
            found.put(pair, new Fork(node, one, other.option()));
          }
          if (found.containsKey(pair)
              && !vetted.containsKey(pair)
              && (vettedAt(state).isEmpty() || together(one, other, vettedAt(state)))
              && together(one, other, fixed)) {
            vetted.put(pair, new Fork(node, one, other.option()));
          }
        }
      }
    }
  }

  /**
   * Whether the one may be taken instead of the other: by the model, or by the caller. Of two calls
   * each may be made after the other.
   */
  private static boolean isChoice(Option one, Option other) {
    return switch (one) {
      case Option.Sent it -> !one.equals(other);
      case Option.Call it -> !(other instanceof Option.Call) && isOfTheModel(other);
      case Option.Go it -> !one.equals(other) && isOfTheModel(one) && isOfTheModel(other);
    };
  }

  private static boolean isOfTheModel(Option option) {
    return !(option instanceof Option.Sent) && !option.isAnswer() && !option.isSentByOthers();
  }

  private List<Integer> vettedAt(String state) {
    return vettedAt.computeIfAbsent(state, s -> vetting.at(s).stream().map(space::index).toList());
  }

  private boolean together(Open one, Open other, List<Integer> variables) {
    if (one.yes().stream().anyMatch(other.no()::contains)
        || other.yes().stream().anyMatch(one.no()::contains)) {
      return false;
    }
    for (int variable : variables) {
      long masks = one.box().mask(variable);
      long others = other.box().mask(variable);
      if ((masks & others) == 0 && (masks & absent[variable]) == 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * The same ways, if they are open at once where vetted facts are not the model's choice either.
   */
  Optional<Fork> vetted(Fork fork) {
    String state = fork.node().place.visit().state();
    return Optional.ofNullable(vetted.get(new Pair(state, fork.taken().option(), fork.instead())));
  }

  Collection<Fork> found() {
    return found.values();
  }
}
