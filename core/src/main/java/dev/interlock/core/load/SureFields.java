package dev.interlock.core.load;

import dev.cel.common.ast.CelExpr;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds where an expression reads a field that may be unset. {@code has(context.x)} makes {@code x}
 * sure on the other side of {@code &&}, of {@code ||} when negated, and in the branch of {@code ?:}
 * where it holds.
 */
final class SureFields {
  private final Map<CelExpr, String> unsure = new LinkedHashMap<>();

  private SureFields() {}

  /**
   * The reads of fields that are not sure to be set, by place.
   *
   * @param sure the fields that are set anyway
   */
  static Map<CelExpr, String> unsure(CelExpr expr, Set<String> sure) {
    SureFields analysis = new SureFields();
    analysis.walk(expr, sure);
    return analysis.unsure;
  }

  private void walk(CelExpr expr, Set<String> sure) {
    String field = Expressions.field(expr);
    if (!field.isEmpty()) {
      if (!expr.select().testOnly() && !sure.contains(field)) {
        unsure.put(expr, field);
      }
      return;
    }
    List<CelExpr> parts = Expressions.children(expr);
    String function = expr.getKind() == CelExpr.ExprKind.Kind.CALL ? expr.call().function() : "";
    switch (function) {
      case "_&&_" -> {
        walk(parts.get(0), with(sure, parts.get(1), true));
        walk(parts.get(1), with(sure, parts.get(0), true));
      }
      case "_||_" -> {
        walk(parts.get(0), with(sure, parts.get(1), false));
        walk(parts.get(1), with(sure, parts.get(0), false));
      }
      case "_?_:_" -> {
        walk(parts.get(0), sure);
        walk(parts.get(1), with(sure, parts.get(0), true));
        walk(parts.get(2), with(sure, parts.get(0), false));
      }
      default -> parts.forEach(part -> walk(part, sure));
    }
  }

  private static Set<String> with(Set<String> sure, CelExpr condition, boolean holds) {
    Set<String> more = new HashSet<>(sure);
    collect(condition, holds, more);
    return more;
  }

  /** The fields that are set when the condition has that value. */
  private static void collect(CelExpr condition, boolean value, Set<String> set) {
    String field = Expressions.field(condition);
    if (!field.isEmpty()) {
      if (value && condition.select().testOnly()) {
        set.add(field);
      }
      return;
    }
    if (condition.getKind() != CelExpr.ExprKind.Kind.CALL) {
      return;
    }
    List<CelExpr> parts = Expressions.children(condition);
    switch (condition.call().function()) {
      case "!_" -> collect(parts.get(0), !value, set);
      case "_&&_" -> {
        if (value) {
          parts.forEach(part -> collect(part, true, set));
        }
      }
      case "_||_" -> {
        if (!value) {
          parts.forEach(part -> collect(part, false, set));
        }
      }
      default -> {}
    }
  }
}
