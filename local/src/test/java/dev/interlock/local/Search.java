package dev.interlock.local;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Explores a model: every state that it can come to, breadth first, so that the way to a state that
 * must not be is a shortest one.
 */
final class Search<S> {
  /** A model with more states is not explored to its end. */
  static final int MAX_STATES = 3_000_000;

  /** What is explored. States are values. */
  interface Model<S> {
    S start();

    /** What may happen next. */
    List<Step<S>> steps(S from);

    /** Which invariant a state breaks, or null. */
    @Nullable String broken(S state);

    /** What is missing in a state that nothing follows, or null: it may end so. */
    @Nullable String missing(S end);
  }

  /**
   * Something that happens.
   *
   * @param seen whether whoever records what happens sees it
   */
  record Step<S>(String name, boolean seen, S to) {}

  /**
   * What was found.
   *
   * @param names of what is seen
   * @param wrong what a state breaks or misses, with the way there; null if nothing does
   */
  record Found(int states, int steps, Set<String> names, @Nullable String wrong) {}

  private final Model<S> model;
  private final Map<S, Integer> numbers = new HashMap<>();
  private final List<S> states = new ArrayList<>();
  private final List<Integer> before = new ArrayList<>();
  private final List<String> by = new ArrayList<>();
  private final List<int[]> after = new ArrayList<>();
  private final Set<String> names = new TreeSet<>();

  private Search(Model<S> model) {
    this.model = model;
  }

  /** Every invariant in every state; every path ends, and ends with nothing missing. */
  static <S> Found all(Model<S> model) {
    return new Search<>(model).explore();
  }

  private Found explore() {
    number(model.start(), -1, "");
    int steps = 0;
    for (int at = 0; at < states.size(); at++) {
      S state = states.get(at);
      String broken = model.broken(state);
      if (broken != null) {
        return found(steps, broken, at);
      }
      List<Step<S>> next = model.steps(state);
      String missing = next.isEmpty() ? model.missing(state) : null;
      if (missing != null) {
        return found(steps, missing, at);
      }
      int[] to = new int[next.size()];
      for (int i = 0; i < to.length; i++) {
        to[i] = number(next.get(i).to(), at, next.get(i).name());
      }
      after.add(to);
      next.stream().filter(Step::seen).map(Step::name).forEach(names::add);
      steps += to.length;
      if (states.size() > MAX_STATES) {
        throw new IllegalStateException(
            "found more than %,d states, expected fewer: take a smaller model"
                .formatted(MAX_STATES));
      }
    }
    int endless = inACircle();
    return endless < 0
        ? new Found(states.size(), steps, names, null)
        : found(steps, "it may go round in a circle for ever", endless);
  }

  private int number(S state, int from, String name) {
    Integer known = numbers.putIfAbsent(state, states.size());
    if (known != null) {
      return known;
    }
    states.add(state);
    before.add(from);
    by.add(name);
    return states.size() - 1;
  }

  private Found found(int steps, String what, int at) {
    Deque<String> way = new ArrayDeque<>();
    for (int each = at; before.get(each) >= 0; each = before.get(each)) {
      way.addFirst(by.get(each));
    }
    return new Found(
        states.size(),
        steps,
        names,
        "%s, after:%n  %s%n%s".formatted(what, String.join("\n  ", way), states.get(at)));
  }

  /**
   * A state that is left over when those that nothing leads to are taken away one by one, or -1.
   */
  private int inACircle() {
    int[] into = new int[states.size()];
    after.forEach(all -> Arrays.stream(all).forEach(to -> into[to]++));
    Deque<Integer> free = new ArrayDeque<>(List.of(0));
    while (!free.isEmpty()) {
      int at = free.remove();
      into[at] = -1;
      for (int to : after.get(at)) {
        if (--into[to] == 0) {
          free.add(to);
        }
      }
    }
    return IntStream.range(0, into.length).filter(at -> into[at] > 0).findFirst().orElse(-1);
  }

  /**
   * How far what was recorded is a path of a model: the number of steps that are, all if it is one.
   * What nobody sees may happen in between.
   *
   * @param never what did not happen, though the model has it
   */
  static <S> int follow(Model<S> model, List<String> recorded, Set<String> never) {
    Set<S> here = unseen(model, List.of(model.start()), never);
    for (int i = 0; i < recorded.size(); i++) {
      String wanted = recorded.get(i);
      Set<S> next = new LinkedHashSet<>();
      for (S state : here) {
        for (Step<S> step : model.steps(state)) {
          if (step.seen() && step.name().equals(wanted)) {
            next.add(step.to());
          }
        }
      }
      if (next.isEmpty()) {
        return i;
      }
      here = unseen(model, next, never);
    }
    return recorded.size();
  }

  private static <S> Set<S> unseen(Model<S> model, Collection<S> from, Set<String> never) {
    Set<S> reached = new LinkedHashSet<>(from);
    Deque<S> left = new ArrayDeque<>(from);
    while (!left.isEmpty()) {
      for (Step<S> step : model.steps(left.remove())) {
        if (!step.seen() && !never.contains(step.name()) && reached.add(step.to())) {
          left.add(step.to());
        }
      }
    }
    return Collections.unmodifiableSet(reached);
  }
}
