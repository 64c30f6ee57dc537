package dev.interlock.core.load;

import com.google.re2j.Pattern;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.StructType;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.load.Operations.NoValue;
import dev.interlock.core.machine.Facts;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks a checked expression once. Its own, and not CEL's runtime, because numbers stay exact, an
 * unset field is told from a failure by its name, the work is counted, and no context is copied.
 *
 * <p>As in CEL, {@code &&}, {@code ||} and {@code ?:} look only at what they need, and an error on
 * one side of {@code &&} or {@code ||} is overruled by the other.
 */
final class Evaluator {
  /** The most rounds of {@code all}, {@code exists}, {@code map} and {@code filter} together. */
  static final int MAX_ITERATIONS = 100_000;

  /** The most steps: sub-expressions looked at, and 64 characters of text each. */
  static final int MAX_STEPS = 2_000_000;

  private final CelAbstractSyntaxTree ast;
  private final Map<Long, Object> literals;
  private final Scope scope;
  private @Nullable Map<String, Object> run;
  private int steps;
  private int iterations;

  /**
   * @param literals by node: decimals and compiled patterns, made when the expression was compiled
   */
  Evaluator(CelAbstractSyntaxTree ast, Map<Long, Object> literals, Scope scope) {
    this.ast = ast;
    this.literals = literals;
    this.scope = scope;
  }

  /** A name of a macro, and its value. */
  private record Local(String name, Object value, @Nullable Local outer) {}

  /**
   * The value.
   *
   * @throws NoValue if there is none
   */
  Object value() {
    Object value = value(ast.getExpr(), null);
    boolean widen = value instanceof Long && ast.getResultType().equals(Types.DECIMAL);
    return widen ? Decimal.of((Long) value) : value;
  }

  private Object value(CelExpr expr, @Nullable Local locals) {
    charge(1);
    return switch (expr.getKind()) {
      case CONSTANT -> constant(expr.constant());
      case IDENT -> read(expr, variable(expr.ident().name(), locals));
      case SELECT -> read(expr, select(expr, locals));
      case CALL -> call(expr, locals);
      case LIST -> list(expr.list().elements(), locals);
      case MAP -> map(expr.map().entries(), locals);
      case COMPREHENSION -> comprehension(expr.comprehension(), locals);
      case STRUCT, NOT_SET -> throw new NoValue("an expression of a kind that has no value");
    };
  }

  /** What was read, as a time if that is its type: facts hold times as texts. */
  private Object read(CelExpr expr, Object value) {
    return value instanceof String ? typed(value, ast.getTypeOrThrow(expr.id())) : value;
  }

  /** A value with the times in it as times, wherever its type has them. */
  private static Object typed(Object value, CelType type) {
    return switch (value) {
      case String text -> {
        Type.Time.Kind kind = Types.temporalKind(type);
        yield kind == null ? text : kind.read(text);
      }
      case List<?> list when type instanceof ListType of -> {
        List<Object> items = new ArrayList<>(list.size());
        list.forEach(item -> items.add(typed(Objects.requireNonNull(item), of.elemType())));
        yield Collections.unmodifiableList(items);
      }
      case Map<?, ?> map when type instanceof MapType of -> {
        Map<Object, Object> entries = new LinkedHashMap<>();
        map.forEach((key, entry) -> entries.put(key, typed(entry, of.valueType())));
        yield Collections.unmodifiableMap(entries);
      }
      case Map<?, ?> map when type instanceof StructType of -> {
        Map<Object, Object> members = new LinkedHashMap<>();
        map.forEach((name, member) ->
            members.put(
                name,
                of.findField(String.valueOf(name))
                    .map(field -> typed(member, field.type()))
                    .orElse(member)));
        yield Collections.unmodifiableMap(members);
      }
      default -> value;
    };
  }

  private void charge(int weight) {
    steps += weight;
    if (steps > MAX_STEPS) {
      throw new NoValue("more than %,d steps".formatted(MAX_STEPS));
    }
  }

  private static Object constant(CelConstant constant) {
    return switch (constant.getKind()) {
      case BOOLEAN_VALUE -> constant.booleanValue();
      case INT64_VALUE -> constant.int64Value();
      case STRING_VALUE -> constant.stringValue();
      default -> throw new NoValue("a constant of a kind that has no value");
    };
  }

  private Object variable(String name, @Nullable Local locals) {
    for (Local local = locals; local != null; local = local.outer()) {
      if (local.name().equals(name)) {
        return local.value();
      }
    }
    return switch (name) {
      case "context" -> scope.context();
      case "caller" -> Map.of("id", scope.caller().id(), "roles", scope.caller().roles());
      case "constants" -> scope.constants();
      case "now" -> scope.now();
      case "run" -> run();
      default -> {
        Object local = scope.locals().get(name);
        if (local == null) {
          throw new NoValue(name + " is not there");
        }
        yield local;
      }
    };
  }

  private Map<String, Object> run() {
    Map<String, Object> known = run;
    if (known == null) {
      known = scope.run().get();
      run = known;
    }
    return known;
  }

  private Object select(CelExpr expr, @Nullable Local locals) {
    CelExpr.CelSelect select = expr.select();
    Object operand = value(select.operand(), locals);
    Object member = operand instanceof Map<?, ?> map ? map.get(select.field()) : null;
    if (member == null && operand instanceof Facts facts) {
      String failure = facts.failure(select.field());
      if (!failure.isEmpty()) {
        throw new NoValue(failure);
      }
    }
    if (select.testOnly()) {
      return member != null;
    }
    if (member == null) {
      throw missing(path(select.operand()) + "." + select.field());
    }
    return member;
  }

  private static NoValue missing(String path) {
    return path.startsWith("context.")
        ? new NoValue(path + " is not set", List.of(path.substring("context.".length())))
        : new NoValue(path + " is not there");
  }

  /** How a sub-expression is written, for a message. */
  private static String path(CelExpr expr) {
    return switch (expr.getKind()) {
      case IDENT -> expr.ident().name();
      case SELECT -> path(expr.select().operand()) + "." + expr.select().field();
      case CALL ->
          expr.call().function().equals("_[_]")
              ? path(expr.call().args().get(0)) + "[" + path(expr.call().args().get(1)) + "]"
              : expr.call().function() + "(…)";
      case CONSTANT -> Operations.shown(constant(expr.constant()));
      case LIST, MAP, STRUCT, COMPREHENSION, NOT_SET -> "(…)";
    };
  }

  private Object list(List<CelExpr> elements, @Nullable Local locals) {
    List<Object> values = new ArrayList<>(elements.size());
    for (CelExpr element : elements) {
      values.add(value(element, locals));
    }
    return Collections.unmodifiableList(values);
  }

  private Object map(List<CelExpr.CelMap.Entry> entries, @Nullable Local locals) {
    Map<Object, Object> values = new LinkedHashMap<>();
    for (CelExpr.CelMap.Entry entry : entries) {
      Object key = value(entry.key(), locals);
      if (values.put(key, value(entry.value(), locals)) != null) {
        throw new NoValue("the key " + Operations.shown(key) + " stands twice");
      }
    }
    return Collections.unmodifiableMap(values);
  }

  private Object comprehension(CelExpr.CelComprehension loop, @Nullable Local locals) {
    Object range = value(loop.iterRange(), locals);
    Object accumulated = value(loop.accuInit(), locals);
    for (Object item : items(range, loop.iterRange())) {
      Local before = new Local(loop.accuVar(), accumulated, locals);
      if (!truth(value(loop.loopCondition(), before))) {
        break;
      }
      if (++iterations > MAX_ITERATIONS) {
        throw new NoValue("more than %,d rounds".formatted(MAX_ITERATIONS));
      }
      accumulated = accumulate(loop.loopStep(), new Local(loop.iterVar(), item, before));
    }
    return settled(value(loop.result(), new Local(loop.accuVar(), accumulated, locals)));
  }

  /** An error inside {@code all} or {@code exists} waits for a round that overrules it. */
  private Object accumulate(CelExpr step, Local locals) {
    try {
      return value(step, locals);
    } catch (NoValue e) {
      if (steps > MAX_STEPS || iterations > MAX_ITERATIONS) {
        throw e;
      }
      return new Pending(e);
    }
  }

  private record Pending(NoValue error) {}

  private static Object settled(Object value) {
    if (value instanceof Pending pending) {
      throw pending.error();
    }
    return value;
  }

  private Collection<?> items(Object range, CelExpr expr) {
    if (range instanceof List<?> list) {
      return list;
    }
    if (!(range instanceof Map<?, ?> map)) {
      throw new NoValue(Operations.shown(range) + " has no items");
    }
    CelKind kind =
        ast.getType(expr.id())
            .map(type -> type instanceof MapType typed ? typed.keyType().kind() : CelKind.DYN)
            .orElse(CelKind.DYN);
    return switch (kind) {
      case INT -> map.keySet().stream().map(key -> (Object) Operations.whole(key)).toList();
      case BOOL ->
          map.keySet().stream().map(key -> (Object) key.toString().equals("true")).toList();
      default -> map.keySet();
    };
  }

  private static boolean truth(Object value) {
    if (value instanceof Boolean bool) {
      return bool;
    }
    throw new NoValue(Operations.shown(settled(value)) + " is neither true nor false");
  }

  // ---- calls

  private Object call(CelExpr expr, @Nullable Local locals) {
    CelExpr.CelCall call = expr.call();
    List<CelExpr> args = call.args();
    return switch (call.function()) {
      case "_&&_" -> either(args.get(0), args.get(1), false, locals);
      case "_||_" -> either(args.get(0), args.get(1), true, locals);
      case "_?_:_" -> value(truth(value(args.get(0), locals)) ? args.get(1) : args.get(2), locals);
      case "@not_strictly_false" -> notFalse(args.get(0), locals);
      case Vocabulary.DECIMAL_LITERAL -> Objects.requireNonNull(literals.get(expr.id()));
      default -> apply(expr, call, locals);
    };
  }

  private Object notFalse(CelExpr expr, @Nullable Local locals) {
    try {
      return !Boolean.FALSE.equals(value(expr, locals));
    } catch (NoValue e) {
      return true;
    }
  }

  /** {@code &&} and {@code ||}: the value that decides wins over an error on the other side. */
  private Object either(CelExpr left, CelExpr right, boolean decides, @Nullable Local locals) {
    NoValue first = null;
    try {
      if (truth(value(left, locals)) == decides) {
        return decides;
      }
    } catch (NoValue e) {
      first = e;
    }
    try {
      if (truth(value(right, locals)) == decides) {
        return decides;
      }
    } catch (NoValue e) {
      throw first == null ? e : both(first, e);
    }
    if (first != null) {
      throw first;
    }
    return !decides;
  }

  private static NoValue both(NoValue first, NoValue second) {
    if (first.unset.isEmpty() || second.unset.isEmpty()) {
      return first.unset.isEmpty() ? first : second;
    }
    Set<String> unset = new LinkedHashSet<>(first.unset);
    unset.addAll(second.unset);
    return new NoValue(first.getMessage() + "; " + second.getMessage(), List.copyOf(unset));
  }

  private Object apply(CelExpr expr, CelExpr.CelCall call, @Nullable Local locals) {
    List<Object> values = new ArrayList<>(3);
    call.target().ifPresent(target -> values.add(settled(value(target, locals))));
    for (CelExpr arg : call.args()) {
      values.add(settled(value(arg, locals)));
    }
    for (Object value : values) {
      charge(Operations.weight(value));
    }
    Object first = values.get(0);
    return switch (call.function()) {
      case "!_" -> !truth(first);
      case "-_" -> Operations.negate(first);
      case "_==_" -> equal(call, values);
      case "_!=_" -> !equal(call, values);
      case "_<_" -> Operations.compare(first, values.get(1)) < 0;
      case "_<=_" -> Operations.compare(first, values.get(1)) <= 0;
      case "_>_" -> Operations.compare(first, values.get(1)) > 0;
      case "_>=_" -> Operations.compare(first, values.get(1)) >= 0;
      case "_+_", "_-_", "_*_", "_/_", "_%_" ->
          Operations.arithmetic(call.function().charAt(1), first, values.get(1), exact(expr));
      case "_[_]" -> read(expr, index(call, first, values.get(1)));
      case "@in" -> Operations.isIn(first, compared(call.args().get(1), values.get(1)));
      case "size" -> Operations.size(first);
      case "contains", "startsWith", "endsWith" ->
          Operations.texts(call.function(), (String) first, (String) values.get(1));
      case "matches" -> matches(expr, (String) first, (String) values.get(1));
      case "string" -> Operations.text(first);
      case "int" -> Operations.whole(first);
      case "timestamp" -> Operations.timestamp(first);
      case "duration" -> Operations.duration(first);
      case "date" -> Operations.date(first);
      case "days" -> Operations.days(first, values.get(1));
      case "sum" -> Operations.sum((List<?>) first, exact(expr));
      case "pairs" -> Operations.pairs((List<?>) first, (List<?>) values.get(1));
      case "decimal" -> Operations.decimalOf(first);
      case Vocabulary.SAID -> said(first);
      default -> Operations.part(call.function(), first, values.subList(1, values.size()));
    };
  }

  /** Whether a value is a number by its type, also where it happens to be whole. */
  private boolean exact(CelExpr expr) {
    return ast.getType(expr.id()).filter(Types.DECIMAL::equals).isPresent();
  }

  private boolean said(Object value) {
    int times = value instanceof List<?> items ? items.size() : 1;
    charge((int) Math.min(MAX_STEPS, (long) times * scope.typed().length() / 64));
    return scope.typed().find(value) != null;
  }

  private boolean equal(CelExpr.CelCall call, List<Object> values) {
    return Operations.equal(
        compared(call.args().get(0), values.get(0)), compared(call.args().get(1), values.get(1)));
  }

  /** A value whose parts are compared too: those of facts are still texts. */
  private Object compared(CelExpr expr, Object value) {
    boolean parts = value instanceof List<?> || value instanceof Map<?, ?>;
    CelType type = ast.getTypeOrThrow(expr.id());
    return parts && Types.holdsTimes(type) ? typed(value, type) : value;
  }

  private Object matches(CelExpr expr, String text, String pattern) {
    charge(text.length());
    Pattern compiled =
        literals.get(expr.id()) instanceof Pattern known ? known : Operations.pattern(pattern);
    return compiled.matcher(text).find();
  }

  private static Object index(CelExpr.CelCall call, Object collection, Object at) {
    Object found =
        switch (collection) {
          case List<?> list when at instanceof Long i && i >= 0 && i < list.size() ->
              list.get(i.intValue());
          case Map<?, ?> map -> {
            Object key = Operations.keyOf(map, at);
            yield key == null ? null : map.get(key);
          }
          default -> null;
        };
    if (found == null) {
      throw missing(path(call.args().get(0)) + "[" + Operations.shown(at) + "]");
    }
    return found;
  }
}
