package dev.interlock.core.load;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.types.CelType;
import dev.interlock.core.load.Operations.NoValue;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Scope;
import java.time.DateTimeException;
import java.util.Map;
import java.util.Set;

/**
 * A checked expression.
 *
 * @param literals as {@link Evaluator} wants them
 */
record CompiledExpression(
    String source,
    CelAbstractSyntaxTree ast,
    Map<Long, Object> literals,
    Set<String> reads,
    boolean guard)
    implements Expression {

  CelType type() {
    return ast.getResultType();
  }

  @Override
  public Evaluation evaluate(Scope scope) {
    try {
      Object value = new Evaluator(ast, literals, scope).value();
      return guard && !(value instanceof Boolean)
          ? new Evaluation.Failed(Operations.shown(value) + " is neither true nor false")
          : new Evaluation.Value(value);
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
