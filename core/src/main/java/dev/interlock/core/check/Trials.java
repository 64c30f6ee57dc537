package dev.interlock.core.check;

import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Expression.Evaluation;
import dev.interlock.core.machine.Facts;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.machine.Typed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Evaluates the machine's own expressions over samples: each combination of what they read. */
final class Trials {
  /** The most combinations of one expression; with more it may come out in any way. */
  static final int MAX = 20_000;

  /** The most answers that are kept. */
  private static final int MAX_KNOWN = 50_000;

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Machine machine;
  private final Space space;

  /** What was evaluated already. */
  private final Map<Asked, Tree> known = new HashMap<>();

  /** What is asked of an expression. */
  private sealed interface Kind {
    record Truth() implements Kind {}

    record Computable() implements Kind {}

    /** Whether it has that value. */
    record Is(Object value) implements Kind {}
  }

  /**
   * A question, with all that its answer turns on.
   *
   * @param filled the arguments that it reads and the machine fills
   * @param masks which samples the variables that it reads may have
   * @param given the samples of those that are arguments
   */
  private record Asked(
      Expression expression,
      Kind kind,
      Set<Label> labels,
      Map<String, Expression> filled,
      List<Integer> variables,
      List<Long> masks,
      List<Samples> given) {}

  Trials(Machine machine, Space space) {
    this.machine = machine;
    this.space = space;
  }

  /** How a condition comes out. */
  enum Truth {
    TRUE,
    FALSE,
    ERROR
  }

  /**
   * A part of a box in which a condition comes out so.
   *
   * @param sure false if it may come out otherwise too
   */
  record Part(Box box, Truth truth, boolean sure) {}

  /** The parts of a box by how a condition comes out. */
  List<Part> split(Expression condition, Box box, Setting setting) {
    return split(condition, box, setting, new Kind.Truth(), scope -> truth(condition, scope));
  }

  /** The parts of a box by whether an expression has a value. */
  List<Part> computable(Expression expression, Box box, Setting setting) {
    return split(
        expression,
        box,
        setting,
        new Kind.Computable(),
        scope -> expression.evaluate(scope) instanceof Evaluation.Value ? Truth.TRUE : Truth.FALSE);
  }

  private List<Part> is(Expression expression, Object value, Box box, Setting setting) {
    return split(
        expression,
        box,
        setting,
        new Kind.Is(value),
        scope ->
            expression.evaluate(scope) instanceof Evaluation.Value(Object is)
                    && (is.equals(value) || is.toString().equals(value.toString()))
                ? Truth.TRUE
                : Truth.FALSE);
  }

  /** How a condition comes out that reads only what a run has done, where it has done nothing. */
  Truth atStart(Expression condition) {
    Setting setting = Setting.of(space, Set.of());
    return new Combining(condition, setting, scope -> truth(condition, scope)).outcome(false);
  }

  /**
   * Whether some values of these fields give an expression of a call a value, whatever all others
   * are that are filled. False if that is not known for certain.
   *
   * @param value true of a condition
   * @param tool that is called; null if none is
   * @param filled the arguments that the machine fills
   */
  boolean alwaysBy(
      Set<String> fields,
      Expression expression,
      Object value,
      @Nullable Tool tool,
      Map<String, Expression> filled) {
    Setting setting =
        tool == null
            ? Setting.of(space, Set.of())
            : Setting.of(space, Set.of(), tool, filled, List.of(expression), List.of());
    long[] masks = new long[space.size()];
    for (int i = 0; i < masks.length; i++) {
      masks[i] = fields.contains(space.name(i)) ? space.all(i) : space.filled(i);
    }
    Box all = setting.widened(new Box(masks));
    for (int i = space.size(); i < all.size(); i++) {
      all = all.with(i, all.mask(i) & ~1L); // a call with all its arguments
    }
    List<Box> met = new ArrayList<>();
    for (Part part : is(expression, value, all, setting)) {
      if (!part.sure()) {
        return false;
      }
      if (part.truth() == Truth.TRUE) {
        met.add(part.box());
      }
    }
    List<Integer> others = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (i >= space.size() || !fields.contains(space.name(i))) {
        others.add(i);
      }
    }
    return covers(met, all, others);
  }

  /**
   * Whether some values of these fields make a condition of a call true, and others do not, with
   * all else the same. False if that is not known for certain.
   *
   * @param filled the arguments that the machine fills
   */
  boolean decidedBy(
      Set<String> fields, Expression condition, Tool tool, Map<String, Expression> filled) {
    Setting setting = Setting.of(space, Set.of(), tool, filled, List.of(condition), List.of());
    Box all = setting.widened(space.everything());
    List<Box> met = new ArrayList<>();
    List<Box> others = new ArrayList<>();
    for (Part part : split(condition, all, setting)) {
      if (!part.sure()) {
        return false; // told as not known where it is a way
      }
      (part.truth() == Truth.TRUE ? met : others).add(part.box());
    }
    return met.stream()
        .anyMatch(one -> others.stream().anyMatch(other -> alike(one, other, fields)));
  }

  /** Whether two boxes hold the same of all but some fields. */
  private boolean alike(Box one, Box other, Set<String> fields) {
    for (int i = 0; i < one.size(); i++) {
      boolean free = i < space.size() && fields.contains(space.name(i));
      if (!free && (one.mask(i) & other.mask(i)) == 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether boxes hold every combination of some variables that another one holds. */
  private static boolean covers(List<Box> boxes, Box all, List<Integer> variables) {
    if (boxes.isEmpty()) {
      return false;
    }
    for (int at = 0; at < variables.size(); at++) {
      int variable = variables.get(at);
      long left = all.mask(variable);
      boolean alike = boxes.stream().allMatch(box -> box.mask(variable) == all.mask(variable));
      if (alike) {
        continue;
      }
      while (left != 0) {
        long value = Long.lowestOneBit(left);
        left &= ~value;
        List<Box> there = boxes.stream().filter(box -> (box.mask(variable) & value) != 0).toList();
        if (!covers(there, all, variables.subList(at + 1, variables.size()))) {
          return false;
        }
      }
      return true;
    }
    return true;
  }

  private static Truth truth(Expression condition, Scope scope) {
    return switch (condition.evaluate(scope)) {
      case Evaluation.Value(Object value) -> Boolean.TRUE.equals(value) ? Truth.TRUE : Truth.FALSE;
      case Evaluation.Unset u -> Truth.ERROR;
      case Evaluation.Failed f -> Truth.ERROR;
    };
  }

  private List<Part> split(
      Expression expression, Box box, Setting setting, Kind kind, Function<Scope, Truth> outcome) {
    Combining combining = new Combining(expression, setting, outcome);
    List<Part> parts = new ArrayList<>();
    if (!combining.exact || !combining.few(box)) {
      for (Truth truth : Truth.values()) {
        parts.add(new Part(box, truth, false));
      }
      return parts;
    }
    Map<Truth, List<Box>> found = new EnumMap<>(Truth.class);
    if (known.size() > MAX_KNOWN) {
      known.clear();
    }
    Tree tree =
        known.computeIfAbsent(combining.asked(box, kind), asked -> combining.variable(0, box));
    combining.boxes(tree, 0, box, found);
    found.forEach((truth, boxes) ->
        Box.merged(boxes).forEach(part -> parts.add(new Part(part, truth, true))));
    return parts;
  }

  /** How the combinations of some variables come out. */
  private sealed interface Tree {
    record Leaf(Set<Truth> truths) implements Tree {}

    /**
     * By the samples of one variable.
     *
     * @param branches those that come out alike stand together
     */
    record Fork(Map<Tree, Long> branches) implements Tree {}
  }

  private final class Combining {
    private final Expression expression;
    private final Setting setting;
    private final Function<Scope, Truth> outcome;
    private final List<Integer> variables;
    private final Map<String, Expression> filled = new LinkedHashMap<>();
    private final boolean said;
    private boolean exact;
    private final Map<String, Object> stored = new HashMap<>();
    private final Map<String, Object> args = new LinkedHashMap<>();

    Combining(Expression expression, Setting setting, Function<Scope, Truth> outcome) {
      this.expression = expression;
      this.setting = setting;
      this.outcome = outcome;
      this.said = !space.comparisons(expression).said().isEmpty();
      this.exact = space.exact(expression);
      Set<Integer> read = new TreeSet<>(space.variables(expression));
      for (String argument : space.arguments(expression)) {
        Expression with = setting.filled().get(argument);
        if (with == null) {
          read.add(setting.variable(argument));
        } else {
          filled.put(argument, with);
          exact &= space.exact(with);
          read.addAll(space.variables(with));
        }
      }
      variables = List.copyOf(read);
    }

    Asked asked(Box box, Kind kind) {
      List<Long> masks = variables.stream().map(variable -> box.mask(variable)).toList();
      List<Samples> given =
          variables.stream().filter(it -> it >= space.size()).map(setting::samples).toList();
      return new Asked(expression, kind, setting.labels(), filled, variables, masks, given);
    }

    boolean few(Box box) {
      long combinations = said ? 2 : 1;
      for (int variable : variables) {
        combinations *= Long.bitCount(box.mask(variable));
        if (combinations > MAX || !setting.samples(variable).exact()) {
          return false;
        }
      }
      return true;
    }

    Tree variable(int at, Box box) {
      if (at == variables.size()) {
        return new Tree.Leaf(
            said ? EnumSet.of(outcome(false), outcome(true)) : EnumSet.of(outcome(false)));
      }
      int variable = variables.get(at);
      String argument = setting.argument(variable);
      Map<String, Object> into = argument.isEmpty() ? stored : args;
      String name = argument.isEmpty() ? space.name(variable) : argument;
      List<@Nullable Object> values = setting.samples(variable).values();
      Map<Tree, Long> branches = new LinkedHashMap<>();
      for (int i = 0; i < values.size(); i++) {
        if ((box.mask(variable) & (1L << i)) != 0) {
          @Nullable Object value = values.get(i);
          if (value == null) {
            into.remove(name);
          } else {
            into.put(name, value);
          }
          branches.merge(variable(at + 1, box), 1L << i, (some, more) -> some | more);
        }
      }
      return new Tree.Fork(branches);
    }

    void boxes(Tree tree, int at, Box box, Map<Truth, List<Box>> found) {
      switch (tree) {
        case Tree.Leaf(Set<Truth> truths) ->
            truths.forEach(truth -> found.computeIfAbsent(truth, t -> new ArrayList<>()).add(box));
        case Tree.Fork(Map<Tree, Long> branches) ->
            branches.forEach(
                (branch, mask) -> boxes(branch, at + 1, box.with(variables.get(at), mask), found));
      }
    }

    private Truth outcome(boolean typed) {
      Scope scope = scope();
      Map<String, Object> all = new LinkedHashMap<>(args);
      filled.forEach((argument, with) -> {
        if (with.evaluate(scope) instanceof Evaluation.Value(Object value)) {
          all.put(argument, value);
        }
      });
      Scope asked = typed ? typed(scope, everything(all)) : scope;
      return outcome.apply(asked.with(Map.of("args", all)));
    }

    private Scope scope() {
      Map<String, Object> facts = new HashMap<>(stored);
      Object id = facts.remove(Space.CALLER_ID);
      Object roles = facts.remove(Space.CALLER_ROLES);
      List<String> names = new ArrayList<>();
      if (roles instanceof List<?> list) {
        list.forEach(role -> names.add(String.valueOf(role)));
      }
      Facts readable = new Facts(machine.context(), facts);
      return readable.in(
          new Scope(
              readable,
              new Principal(id == null ? "caller" : id.toString(), names),
              machine.constants(),
              () -> run(setting.labels()),
              NOW,
              Typed.NOTHING,
              Map.of()));
    }

    private Scope typed(Scope scope, Typed typed) {
      Facts facts = scope.context();
      return facts.in(
          new Scope(
              facts,
              scope.caller(),
              scope.constants(),
              scope.run(),
              scope.now(),
              typed,
              scope.locals()));
    }

    /** What somebody typed who typed every text that is looked for. */
    private Typed everything(Map<String, Object> given) {
      Set<String> texts = new LinkedHashSet<>();
      stored.values().forEach(value -> texts(value, texts));
      given.values().forEach(value -> texts(value, texts));
      return new Typed(List.copyOf(texts));
    }

    private static void texts(Object value, Set<String> texts) {
      switch (value) {
        case List<?> list -> list.forEach(item -> texts(String.valueOf(item), texts));
        case Map<?, ?> map -> map.values().forEach(item -> texts(String.valueOf(item), texts));
        default -> texts.add(value.toString());
      }
    }
  }

  private static Map<String, Object> run(Set<Label> labels) {
    List<String> words = labels.stream().map(Label::word).toList();
    Map<String, Object> counts = Map.of("turns", 1L, "toolCalls", 0L, "errors", 0L);
    return Map.of(
        "turns",
        1L,
        "toolCalls",
        0L,
        "errors",
        0L,
        "elapsed",
        Duration.ZERO,
        "started",
        NOW,
        "labels",
        words,
        "state",
        counts,
        "turn",
        Map.of("said", false, "calls", 0L));
  }
}
