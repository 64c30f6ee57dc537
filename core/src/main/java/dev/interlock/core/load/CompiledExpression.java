package dev.interlock.core.load;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.interlock.core.load.Operations.NoValue;
import dev.interlock.core.machine.Comparisons;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Scope;
import java.time.DateTimeException;
import java.util.Map;
import java.util.Set;

/**
 * A checked expression.
 *
 * @param literals as {@link Evaluator} wants them
 * @param slot the type of the place it fills: a text takes a number or a time as its text
 */
record CompiledExpression(
    String source,
    CelAbstractSyntaxTree ast,
    Map<Long, Object> literals,
    Set<String> reads,
    CelType slot)
    implements Expression {

  /** The same, which reads those fields, also by way of derived ones. */
  CompiledExpression reading(Set<String> fields) {
    return new CompiledExpression(source, ast, literals, Set.copyOf(fields), slot);
  }

  CelType type() {
    return ast.getResultType();
  }

  @Override
  public Comparisons comparisons() {
    return Comparing.of(ast, literals);
  }

  @Override
  public Evaluation evaluate(Scope scope) {
    try {
      Object value = new Evaluator(ast, literals, scope).value();
      if (slot.equals(SimpleType.BOOL) && !(value instanceof Boolean)) {
        return new Evaluation.Failed(Operations.shown(value) + " is neither true nor false");
      }
      return new Evaluation.Value(
          slot.equals(SimpleType.STRING)
              ? Operations.text(value)
              : Operations.plain(
                  slot.equals(SimpleType.TIMESTAMP) ? Operations.timestamp(value) : value));
    } catch (NoValue e) {
      return e.unset.isEmpty()
          ? new Evaluation.Failed(String.valueOf(e.getMessage()))
          : new Evaluation.Unset(e.unset);
    } catch (ClassCastException | DateTimeException e) {
      // A value that is not of its declared type, such as an argument that no schema judged.
      return new Evaluation.Failed("a value of another type than declared: " + e.getMessage());
    }
  }
}
