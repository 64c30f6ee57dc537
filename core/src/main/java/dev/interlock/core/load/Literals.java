package dev.interlock.core.load;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSource;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.ast.CelMutableExpr;
import dev.cel.common.ast.CelMutableExpr.CelMutableCall;
import dev.cel.common.ast.CelMutableExprConverter;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Between parsing and checking, fractional literals become exact numbers by their text, and
 * integers beside them in a list literal are widened. Literals that have no place in a guard are
 * reported.
 */
final class Literals {
  private static final Pattern NUMBER = Pattern.compile("-?\\s*[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?");

  private final CelSource source;
  private final String text;
  private final Map<Long, Object> literals;
  private final Problems problems;
  private long nextId;

  private Literals(CelSource source, Map<Long, Object> literals, Problems problems, long nextId) {
    this.source = source;
    this.text = source.getContent().toString();
    this.literals = literals;
    this.problems = problems;
    this.nextId = nextId;
  }

  /** Takes what is wrong with a node. */
  interface Problems {
    void report(CelSource source, long id, String found, String expected);
  }

  /**
   * The expression with exact literals.
   *
   * @param literals takes the decimals, by node
   */
  static CelExpr exact(CelAbstractSyntaxTree ast, Map<Long, Object> literals, Problems problems) {
    CelMutableExpr expr = CelMutableExprConverter.fromCelExpr(ast.getExpr());
    new Literals(ast.getSource(), literals, problems, highest(ast.getExpr()) + 1).rewrite(expr);
    return CelMutableExprConverter.fromMutableExpr(expr);
  }

  private static long highest(CelExpr expr) {
    long highest = expr.id();
    for (CelExpr child : Expressions.children(expr)) {
      highest = Math.max(highest, highest(child));
    }
    return highest;
  }

  private void rewrite(CelMutableExpr expr) {
    switch (expr.getKind()) {
      case CONSTANT -> constant(expr);
      case SELECT -> rewrite(expr.select().operand());
      case CALL -> {
        expr.call().target().ifPresent(this::rewrite);
        expr.call().args().forEach(this::rewrite);
      }
      case LIST -> list(expr.list().elements());
      case MAP ->
          expr.map()
              .entries()
              .forEach(entry -> {
                rewrite(entry.key());
                rewrite(entry.value());
              });
      case COMPREHENSION -> {
        rewrite(expr.comprehension().iterRange());
        rewrite(expr.comprehension().accuInit());
        rewrite(expr.comprehension().loopCondition());
        rewrite(expr.comprehension().loopStep());
        rewrite(expr.comprehension().result());
      }
      case IDENT, STRUCT, NOT_SET -> {}
    }
  }

  private void constant(CelMutableExpr expr) {
    switch (expr.constant().getKind()) {
      case DOUBLE_VALUE -> fraction(expr);
      case BOOLEAN_VALUE, INT64_VALUE, STRING_VALUE -> {}
      case NULL_VALUE ->
          problems.report(source, expr.id(), "null", "has(…): unset is the only absence");
      default ->
          problems.report(
              source,
              expr.id(),
              "a literal of type " + expr.constant().getKind().name().replace("_VALUE", ""),
              "a text, a number, true or false");
    }
  }

  private void fraction(CelMutableExpr expr) {
    double approximate = expr.constant().doubleValue();
    Integer offset = source.getPositionsMap().get(expr.id());
    Matcher literal = NUMBER.matcher(text);
    int from = offset == null ? 0 : text.offsetByCodePoints(0, offset);
    boolean found = literal.region(from, text.length()).lookingAt();
    String digits = found ? literal.group().replaceAll("\\s", "") : "";
    try {
      BigDecimal exact = new BigDecimal(digits);
      if (Math.abs(exact.doubleValue()) != Math.abs(approximate)) {
        throw new JsonException("not the literal");
      }
      boolean negate = (approximate < 0) != (exact.signum() < 0);
      Object number = Json.number(negate ? exact.negate() : exact);
      literals.put(expr.id(), number instanceof Long whole ? Decimal.of(whole) : number);
      widen(expr, digits);
    } catch (JsonException | NumberFormatException e) {
      problems.report(
          source,
          expr.id(),
          "the number " + (found ? digits : approximate),
          "a number of at most %d digits".formatted(Json.MAX_DIGITS));
    }
  }

  private void list(List<CelMutableExpr> elements) {
    elements.forEach(this::rewrite);
    if (elements.stream().noneMatch(Literals::decimal)) {
      return;
    }
    for (CelMutableExpr element : elements) {
      boolean whole =
          element.getKind() == Kind.CONSTANT
              && element.constant().getKind() == CelConstant.Kind.INT64_VALUE;
      if (whole) {
        long value = element.constant().int64Value();
        literals.put(element.id(), Decimal.of(value));
        widen(element, Long.toString(value));
      }
    }
  }

  private static boolean decimal(CelMutableExpr expr) {
    return expr.getKind() == Kind.CALL && expr.call().function().equals(Vocabulary.DECIMAL_LITERAL);
  }

  private void widen(CelMutableExpr expr, String digits) {
    CelMutableExpr argument = CelMutableExpr.ofConstant(nextId++, CelConstant.ofValue(digits));
    expr.setCall(CelMutableCall.create(Vocabulary.DECIMAL_LITERAL, argument));
  }
}
