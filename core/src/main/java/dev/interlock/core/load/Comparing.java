package dev.interlock.core.load;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.interlock.core.machine.Comparisons;
import dev.interlock.core.machine.Comparisons.Link;
import dev.interlock.core.machine.Comparisons.Outcome;
import dev.interlock.core.machine.Path;
import dev.interlock.core.machine.Sure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads off a checked expression what it compares. */
final class Comparing {
  private static final Set<String> ROOTS =
      Set.of(Path.CONTEXT, "args", "caller", "constants", "run", "now", "result", "call");

  private static final Set<String> EQUALITY = Set.of("_==_", "_!=_");

  private final CelAbstractSyntaxTree ast;
  private final Map<Long, Object> literals;
  private final Set<Path> reads = new LinkedHashSet<>();
  private final Map<Path, Set<Object>> constants = new LinkedHashMap<>();
  private final Map<Path, Set<Long>> sizes = new LinkedHashMap<>();
  private final Map<Path, Set<String>> beginnings = new LinkedHashMap<>();
  private final Set<Link> linked = new LinkedHashSet<>();
  private final Set<Path> said = new LinkedHashSet<>();
  private boolean exact = true;

  private Comparing(CelAbstractSyntaxTree ast, Map<Long, Object> literals) {
    this.ast = ast;
    this.literals = literals;
  }

  /**
   * All that is compared.
   *
   * @param literals decimals, by node
   */
  static Comparisons of(CelAbstractSyntaxTree ast, Map<Long, Object> literals) {
    Comparing comparing = new Comparing(ast, literals);
    comparing.condition(ast.getExpr());
    Assuring assuring = new Assuring(comparing);
    List<Outcome> outcomes = new ArrayList<>();
    assuring.outcomes(ast.getExpr(), Sure.NOTHING, outcomes);
    return new Comparisons(
        comparing.reads,
        comparing.constants,
        comparing.sizes,
        comparing.beginnings,
        comparing.linked,
        comparing.said,
        assuring.sure(ast.getExpr(), true),
        assuring.sure(ast.getExpr(), false),
        outcomes,
        comparing.exact);
  }

  private void condition(CelExpr expr) {
    if (path(expr) != null) {
      return;
    }
    if (expr.getKind() == Kind.CONSTANT) {
      return;
    }
    if (expr.getKind() == Kind.CALL) {
      call(expr, expr.call());
    } else {
      other(expr);
    }
  }

  private void call(CelExpr expr, CelExpr.CelCall call) {
    switch (call.function()) {
      case "_&&_", "_||_", "!_", "_?_:_" -> call.args().forEach(this::condition);
      case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_" ->
          compare(expr, call.args().get(0), call.args().get(1));
      case "@in" -> in(expr, call.args().get(0), call.args().get(1));
      case "startsWith" -> begins(expr, call);
      case Vocabulary.SAID -> {
        @Nullable Path what = path(call.args().getFirst());
        if (what == null) {
          other(expr);
        } else {
          said.add(what);
        }
      }
      default -> other(expr);
    }
  }

  private void compare(CelExpr whole, CelExpr left, CelExpr right) {
    @Nullable Path of = path(left);
    @Nullable Path with = path(right);
    Optional<Path> sizeOf = size(left);
    Optional<Path> sizeWith = size(right);
    Optional<Object> leftConstant = constant(left);
    Optional<Object> rightConstant = constant(right);
    boolean ordersTexts =
        ast.getTypeOrThrow(left.id()).equals(SimpleType.STRING)
            && !EQUALITY.contains(whole.call().function());
    if (ordersTexts) {
      other(whole);
    } else if (of != null && with != null) {
      linked.add(new Link(of, with));
    } else if (of != null && rightConstant.isPresent()) {
      add(constants, of, rightConstant.get());
    } else if (with != null && leftConstant.isPresent()) {
      add(constants, with, leftConstant.get());
    } else if (sizeOf.isPresent() && rightConstant.orElse(null) instanceof Long size) {
      add(sizes, sizeOf.get(), size);
    } else if (sizeWith.isPresent() && leftConstant.orElse(null) instanceof Long size) {
      add(sizes, sizeWith.get(), size);
    } else {
      other(whole);
    }
  }

  private void in(CelExpr whole, CelExpr item, CelExpr collection) {
    @Nullable Path of = path(item);
    @Nullable Path within = path(collection);
    if (of != null && within != null) {
      linked.add(new Link(of, within.then(new Path.Step.Any())));
    } else if (of != null && collection.getKind() == Kind.LIST) {
      for (CelExpr element : collection.list().elements()) {
        Optional<Object> constant = constant(element);
        @Nullable Path other = path(element);
        if (constant.isPresent()) {
          add(constants, of, constant.get());
        } else if (other != null) {
          linked.add(new Link(of, other));
        } else {
          other(element);
        }
      }
    } else if (within != null && constant(item).isPresent()) {
      add(constants, within.then(new Path.Step.Any()), constant(item).get());
    } else {
      other(whole);
    }
  }

  private void begins(CelExpr whole, CelExpr.CelCall call) {
    @Nullable Path of = call.target().map(this::path).orElse(null);
    Object prefix = constant(call.args().getFirst()).orElse(null);
    if (of != null && prefix instanceof String text) {
      add(beginnings, of, text);
    } else {
      other(whole);
    }
  }

  private static <T> void add(Map<Path, Set<T>> map, Path path, T value) {
    map.computeIfAbsent(path, p -> new LinkedHashSet<>()).add(value);
  }

  /** Something that no values are found for. */
  private void other(CelExpr expr) {
    exact = false;
    Expressions.children(expr).forEach(this::read);
  }

  private void read(CelExpr expr) {
    if (path(expr) == null) {
      Expressions.children(expr).forEach(this::read);
    }
  }

  private Optional<Path> size(CelExpr expr) {
    if (expr.getKind() != Kind.CALL || !expr.call().function().equals("size")) {
      return Optional.empty();
    }
    List<CelExpr> args = expr.call().args();
    return Optional.ofNullable(
        args.isEmpty() ? expr.call().target().map(this::path).orElse(null) : path(args.getFirst()));
  }

  /** A value that stands there as it is. */
  Optional<Object> constant(CelExpr expr) {
    Object literal = literals.get(expr.id());
    if (expr.getKind() == Kind.CALL && expr.call().function().equals(Vocabulary.DECIMAL_LITERAL)) {
      return Optional.ofNullable(literal);
    }
    if (expr.getKind() != Kind.CONSTANT) {
      return Optional.empty();
    }
    CelConstant constant = expr.constant();
    return switch (constant.getKind()) {
      case BOOLEAN_VALUE -> Optional.of(constant.booleanValue());
      case INT64_VALUE -> Optional.of(constant.int64Value());
      case STRING_VALUE -> Optional.of(constant.stringValue());
      default -> Optional.empty();
    };
  }

  /** The value that is read, if that is all an expression is; it is noted. */
  private @Nullable Path path(CelExpr expr) {
    @Nullable Path path = plain(expr);
    if (path != null) {
      reads.add(path);
      path.keys().forEach(reads::add);
    }
    return path;
  }

  /** The same, not noted. */
  @Nullable Path plain(CelExpr expr) {
    return switch (expr.getKind()) {
      case IDENT -> ROOTS.contains(expr.ident().name()) ? Path.of(expr.ident().name()) : null;
      case SELECT -> {
        @Nullable Path operand = plain(expr.select().operand());
        yield operand == null ? null : operand.then(new Path.Step.Member(expr.select().field()));
      }
      case CALL -> {
        if (expr.call().function().equals("decimal") && isNumber(expr.call().args().getFirst())) {
          yield plain(expr.call().args().getFirst()); // the same number
        }
        if (!expr.call().function().equals("_[_]")) {
          yield null;
        }
        @Nullable Path operand = plain(expr.call().args().get(0));
        @Nullable Path key = plain(expr.call().args().get(1));
        yield operand == null || key == null ? null : operand.then(new Path.Step.Entry(key));
      }
      default -> null;
    };
  }

  boolean isOf(CelExpr expr, CelType type) {
    return ast.getType(expr.id()).filter(type::equals).isPresent();
  }

  private boolean isNumber(CelExpr expr) {
    return ast.getType(expr.id()).filter(Types::number).isPresent();
  }
}
