package dev.interlock.testkit;

import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Scope;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** An expression in Java, for machines that are built by hand. */
public record JavaExpression(
    String source, Set<String> reads, Function<Scope, Expression.Evaluation> evaluating)
    implements Expression {

  /** A value of the scope by its path, such as {@code context.employee.id} or {@code args.to}. */
  public static Expression path(String source) {
    List<String> steps = List.of(source.split("\\."));
    Set<String> reads = steps.getFirst().equals("context") ? Set.of(steps.get(1)) : Set.of();
    return new JavaExpression(source, reads, scope -> at(steps, scope));
  }

  private static Evaluation at(List<String> steps, Scope scope) {
    Object value =
        switch (steps.getFirst()) {
          case "context" -> scope.context();
          case "caller" -> Map.of("id", scope.caller().id(), "roles", scope.caller().roles());
          case "constants" -> scope.constants();
          case "run" -> scope.run().get();
          default -> scope.locals().getOrDefault(steps.getFirst(), Map.of());
        };
    for (String step : steps.subList(1, steps.size())) {
      Object next = value instanceof Map<?, ?> map ? map.get(step) : null;
      if (next == null) {
        return new Evaluation.Unset(List.of(String.join(".", steps.subList(1, steps.size()))));
      }
      value = next;
    }
    return new Evaluation.Value(value);
  }

  /** Whether the values of two paths are equal; unset if one is. */
  public static Expression equal(String left, String right) {
    return compare(left + " == " + right, left, right, Object::equals);
  }

  /** Whether the integer at a path is at most that. */
  public static Expression atMost(String left, long most) {
    return new JavaExpression(
        left + " <= " + most,
        path(left).reads(),
        scope ->
            switch (path(left).evaluate(scope)) {
              case Evaluation.Value(Long value) -> new Evaluation.Value(value <= most);
              case Evaluation.Value other -> new Evaluation.Failed(left + " is not an integer");
              case Evaluation.Unset unset -> unset;
              case Evaluation.Failed failed -> failed;
            });
  }

  private static Expression compare(
      String source,
      String left,
      String right,
      java.util.function.BiFunction<Object, Object, Boolean> comparing) {
    Expression one = path(left);
    Expression other = path(right);
    Set<String> reads = new java.util.HashSet<>(one.reads());
    reads.addAll(other.reads());
    return new JavaExpression(
        source,
        Set.copyOf(reads),
        scope -> {
          Evaluation a = one.evaluate(scope);
          Evaluation b = other.evaluate(scope);
          return a instanceof Evaluation.Value(Object x) && b instanceof Evaluation.Value(Object y)
              ? new Evaluation.Value(comparing.apply(x, y))
              : a instanceof Evaluation.Value ? b : a;
        });
  }

  @Override
  public Evaluation evaluate(Scope scope) {
    return evaluating.apply(scope);
  }

  @Override
  public String toString() {
    return source;
  }
}
