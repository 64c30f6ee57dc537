package dev.interlock.core.load;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.types.SimpleType;
import dev.interlock.core.machine.Comparisons.Link;
import dev.interlock.core.machine.Comparisons.Outcome;
import dev.interlock.core.machine.Path;
import dev.interlock.core.machine.Sure;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads off a checked expression what is sure of its values once it has come out one way. */
final class Assuring {
  private final Comparing comparing;

  Assuring(Comparing comparing) {
    this.comparing = comparing;
  }

  /** Nothing where the condition never comes out so: nobody asks then. */
  Sure sure(CelExpr condition, boolean truth) {
    @Nullable Sure sure = of(condition, truth);
    return sure == null ? Sure.NOTHING : sure;
  }

  /** Null where it never comes out so. */
  private @Nullable Sure of(CelExpr condition, boolean truth) {
    if (constant(condition) instanceof Boolean value) {
      return value == truth ? Sure.NOTHING : null;
    }
    if (condition.getKind() != Kind.CALL) {
      return is(plain(condition), truth);
    }
    List<CelExpr> args = condition.call().args();
    return switch (condition.call().function()) {
      case "!_" -> of(args.getFirst(), !truth);
      case "_&&_", "_||_" -> {
        boolean all = truth == condition.call().function().equals("_&&_");
        @Nullable Sure left = of(args.get(0), truth);
        @Nullable Sure right = of(args.get(1), truth);
        yield all ? and(left, right) : or(left, right);
      }
      case "_?_:_" ->
          or(
              and(of(args.get(0), true), of(args.get(1), truth)),
              and(of(args.get(0), false), of(args.get(2), truth)));
      case "_==_" -> same(args.get(0), args.get(1), truth);
      case "_!=_" -> same(args.get(0), args.get(1), !truth);
      case "_<=_", "_<_" ->
          truth ? below(args.get(0), args.get(1)) : below(args.get(1), args.get(0));
      case "_>=_", "_>_" ->
          truth ? below(args.get(1), args.get(0)) : below(args.get(0), args.get(1));
      case "@in" -> truth ? in(args.get(0), args.get(1)) : Sure.NOTHING;
      case Vocabulary.SAID -> {
        @Nullable Path what = plain(args.getFirst());
        yield truth && what != null
            ? new Sure(Set.of(), Set.of(), Set.of(), Set.of(), Set.of(what))
            : Sure.NOTHING;
      }
      default -> is(plain(condition), truth);
    };
  }

  private static @Nullable Sure and(@Nullable Sure one, @Nullable Sure other) {
    return one == null || other == null ? null : one.and(other);
  }

  private static @Nullable Sure or(@Nullable Sure one, @Nullable Sure other) {
    return one == null ? other : other == null ? one : one.or(other);
  }

  private static Sure is(@Nullable Path value, boolean truth) {
    if (value == null) {
      return Sure.NOTHING;
    }
    Set<Path> such = Set.of(value);
    return new Sure(Set.of(), Set.of(), truth ? such : Set.of(), truth ? Set.of() : such, Set.of());
  }

  /** Where two values are the same, or, of truths, are not. */
  private @Nullable Sure same(CelExpr left, CelExpr right, boolean same) {
    if (constant(right) instanceof Boolean value) {
      return of(left, value == same);
    }
    if (constant(left) instanceof Boolean value) {
      return of(right, value == same);
    }
    return same ? equal(plain(left), plain(right)) : Sure.NOTHING;
  }

  private static Sure equal(@Nullable Path left, @Nullable Path right) {
    return left == null || right == null
        ? Sure.NOTHING
        : new Sure(
            Set.of(new Link(left, right), new Link(right, left)),
            Set.of(),
            Set.of(),
            Set.of(),
            Set.of());
  }

  private Sure below(CelExpr left, CelExpr right) {
    @Nullable Path less = plain(left);
    @Nullable Path more = plain(right);
    return less == null || more == null
        ? Sure.NOTHING
        : new Sure(Set.of(), Set.of(new Link(less, more)), Set.of(), Set.of(), Set.of());
  }

  private @Nullable Sure in(CelExpr item, CelExpr within) {
    if (within.getKind() == Kind.LIST) {
      @Nullable Sure any = null;
      for (CelExpr element : within.list().elements()) {
        any = or(any, same(item, element, true));
      }
      return any;
    }
    @Nullable Path list = plain(within);
    return equal(plain(item), list == null ? null : list.then(new Path.Step.Any()));
  }

  /** A value that is read; whether one is there is no value of it. */
  private @Nullable Path plain(CelExpr expr) {
    return expr.getKind() == Kind.SELECT && expr.select().testOnly() ? null : comparing.plain(expr);
  }

  private @Nullable Object constant(CelExpr expr) {
    return comparing.constant(expr).orElse(null);
  }

  // ---- what an expression comes out as

  /** By its branches, and by the parts of a list or a map that it makes. */
  void outcomes(CelExpr expr, Sure given, List<Outcome> found) {
    switch (expr.getKind()) {
      case LIST -> expr.list().elements().forEach(part -> outcomes(part, given, found));
      case MAP -> expr.map().entries().forEach(entry -> outcomes(entry.value(), given, found));
      case CALL -> {
        List<CelExpr> args = expr.call().args();
        if (expr.call().function().equals("_?_:_")) {
          branch(args.get(0), true, args.get(1), given, found);
          branch(args.get(0), false, args.get(2), given, found);
        } else {
          leaf(expr, given, found);
        }
      }
      default -> leaf(expr, given, found);
    }
  }

  private void branch(
      CelExpr condition, boolean truth, CelExpr then, Sure given, List<Outcome> found) {
    @Nullable Sure more = of(condition, truth);
    if (more != null) {
      outcomes(then, given.and(more), found);
    }
  }

  private void leaf(CelExpr expr, Sure given, List<Outcome> found) {
    Set<Path> reads = new LinkedHashSet<>();
    boolean truth = comparing.isOf(expr, SimpleType.BOOL);
    read(expr, reads);
    found.add(new Outcome(reads, truth ? Optional.of(true) : comparing.constant(expr), given));
  }

  private void read(CelExpr expr, Set<Path> reads) {
    @Nullable Path path = comparing.plain(expr);
    if (path == null) {
      Expressions.children(expr).forEach(child -> read(child, reads));
    } else {
      reads.add(path);
      path.keys().forEach(reads::add);
    }
  }
}
