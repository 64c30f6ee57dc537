package dev.interlock.core.load;

import dev.cel.common.ast.CelExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Walking through expressions. */
final class Expressions {
  private Expressions() {}

  /** The direct sub-expressions, in the order of evaluation. */
  static List<CelExpr> children(CelExpr expr) {
    return switch (expr.getKind()) {
      case CONSTANT, IDENT, NOT_SET -> List.of();
      case SELECT -> List.of(expr.select().operand());
      case CALL -> {
        List<CelExpr> children = new ArrayList<>();
        expr.call().target().ifPresent(children::add);
        children.addAll(expr.call().args());
        yield children;
      }
      case LIST -> expr.list().elements();
      case MAP -> {
        List<CelExpr> children = new ArrayList<>();
        for (CelExpr.CelMap.Entry entry : expr.map().entries()) {
          children.add(entry.key());
          children.add(entry.value());
        }
        yield children;
      }
      case STRUCT -> expr.struct().entries().stream().map(entry -> entry.value()).toList();
      case COMPREHENSION -> {
        CelExpr.CelComprehension loop = expr.comprehension();
        yield List.of(
            loop.iterRange(),
            loop.accuInit(),
            loop.loopCondition(),
            loop.loopStep(),
            loop.result());
      }
    };
  }

  static int depth(CelExpr expr) {
    int deepest = 0;
    for (CelExpr child : children(expr)) {
      deepest = Math.max(deepest, depth(child));
    }
    return deepest + 1;
  }

  /** Whether one of these names stands in it, as no member of another. */
  static boolean names(CelExpr expr, Set<String> names) {
    return (expr.getKind() == CelExpr.ExprKind.Kind.IDENT && names.contains(expr.ident().name()))
        || children(expr).stream().anyMatch(child -> names(child, names));
  }

  /** The field that is read by {@code context.FIELD}, or an empty text. */
  static String field(CelExpr expr) {
    return member(expr, "context");
  }

  /** The member that is read of a variable, or an empty text. */
  static String member(CelExpr expr, String variable) {
    boolean reads =
        expr.getKind() == CelExpr.ExprKind.Kind.SELECT
            && expr.select().operand().getKind() == CelExpr.ExprKind.Kind.IDENT
            && expr.select().operand().ident().name().equals(variable);
    return reads ? expr.select().field() : "";
  }
}
