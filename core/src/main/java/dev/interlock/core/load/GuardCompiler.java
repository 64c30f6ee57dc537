package dev.interlock.core.load;

import com.google.re2j.Pattern;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelSource;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.parser.CelParser;
import dev.cel.parser.CelParserFactory;
import dev.cel.parser.CelStandardMacro;
import dev.interlock.core.load.Operations.NoValue;
import dev.interlock.core.machine.Label;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * From the text of an expression to one that was parsed, bounded and checked. What is wrong is
 * reported at its place in the file, in whatever style of scalar the text stands.
 */
final class GuardCompiler {
  /** The longest expression, in code points. */
  static final int MAX_LENGTH = 4_096;

  /** The deepest nesting, once macros are expanded. */
  static final int MAX_DEPTH = 64;

  static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(MAX_LENGTH)
          .maxParseRecursionDepth(MAX_DEPTH)
          .enableQuotedIdentifierSyntax(true)
          .populateMacroCalls(false)
          .build();

  private static final CelParser PARSER =
      CelParserFactory.standardCelParserBuilder()
          .setOptions(OPTIONS)
          .setStandardMacros(
              CelStandardMacro.HAS,
              CelStandardMacro.ALL,
              CelStandardMacro.EXISTS,
              CelStandardMacro.EXISTS_ONE,
              CelStandardMacro.MAP,
              CelStandardMacro.MAP_FILTER,
              CelStandardMacro.FILTER)
          .build();

  private final Reader reader;
  private final Environment environment;
  private final Node.Scalar scalar;
  private final Map<Long, Object> literals = new HashMap<>();
  private final Set<String> reads = new TreeSet<>();

  private GuardCompiler(Reader reader, Environment environment, Node.Scalar scalar) {
    this.reader = reader;
    this.environment = environment;
    this.scalar = scalar;
  }

  /** A condition: must be true or false. */
  static @Nullable CompiledExpression guard(
      Reader reader, Environment environment, Node.Scalar scalar) {
    return of(reader, environment, scalar, SimpleType.BOOL);
  }

  /** An expression whose value must fit a type; null if anything was wrong, which is reported. */
  static @Nullable CompiledExpression of(
      Reader reader, Environment environment, Node.Scalar scalar, CelType expected) {
    return new GuardCompiler(reader, environment, scalar).compile(expected);
  }

  /**
   * Reports reads of fields that may be unset; {@code sure} are set anyway.
   *
   * @param hint how to mend it, with the field's name for {@code %s}
   */
  static void requireSure(
      Reader reader,
      Node.Scalar scalar,
      CompiledExpression expression,
      Set<String> sure,
      String hint) {
    CelSource source = expression.ast().getSource();
    SureFields.unsure(expression.ast().getExpr(), sure)
        .forEach((expr, field) ->
            reader.report(
                place(scalar, source, expr.id()),
                LoadCode.UNSET_FIELD,
                "`context." + field + "`, which may be unset here",
                "a field that is sure to be set",
                hint.formatted(field)));
  }

  private @Nullable CompiledExpression compile(CelType expected) {
    String text = scalar.text();
    int length = text.codePointCount(0, text.length());
    if (length > MAX_LENGTH) {
      report(
          0,
          LoadCode.TOO_LARGE,
          "%,d characters".formatted(length),
          "at most %,d".formatted(MAX_LENGTH));
      return null;
    }
    CelAbstractSyntaxTree parsed = accept(PARSER.parse(text));
    if (parsed == null) {
      return null;
    }
    if (Expressions.depth(parsed.getExpr()) > MAX_DEPTH) {
      tooDeep();
      return null;
    }
    int before = reader.count();
    CelExpr rewritten = Literals.exact(parsed, literals, this::reportAt);
    names(parsed.getSource(), rewritten, new HashSet<>());
    if (reader.count() > before) {
      return null;
    }
    CelAbstractSyntaxTree checked =
        checked(CelAbstractSyntaxTree.newParsedAst(rewritten, parsed.getSource()));
    if (checked == null) {
      return null;
    }
    constants(checked, checked.getExpr());
    if (!Types.fits(checked.getResultType(), expected)) {
      reader.report(
          scalar.mark(),
          LoadCode.OTHER_TYPE,
          "an expression of type " + Types.name(checked.getResultType()),
          "type " + Types.name(expected),
          null);
    }
    return reader.count() > before
        ? null
        : new CompiledExpression(text, checked, literals, reads, expected);
  }

  private void tooDeep() {
    report(
        0, LoadCode.TOO_LARGE, "more than %d levels".formatted(MAX_DEPTH), "at most " + MAX_DEPTH);
  }

  private @Nullable CelAbstractSyntaxTree checked(CelAbstractSyntaxTree parsed) {
    try {
      return accept(environment.check(parsed));
    } catch (CelValidationException e) {
      return invalid(e);
    }
  }

  private @Nullable CelAbstractSyntaxTree invalid(CelValidationException e) {
    report(0, LoadCode.EXPRESSION, plain(String.valueOf(e.getMessage())), "a CEL expression");
    return null;
  }

  private @Nullable CelAbstractSyntaxTree accept(CelValidationResult result) {
    for (CelIssue issue : result.getErrors()) {
      int offset = result.getSource().getLocationOffset(issue.getSourceLocation()).orElse(0);
      if (issue.getMessage().contains("recursion limit")) {
        tooDeep();
        break;
      }
      report(
          offset,
          LoadCode.EXPRESSION,
          plain(issue.getMessage()),
          "a CEL expression that type-checks");
    }
    try {
      return result.hasError() ? null : result.getAst();
    } catch (CelValidationException e) {
      return invalid(e);
    }
  }

  /** The checker's words with operators as they are written. */
  private static String plain(String message) {
    return message
        .replaceFirst("^found ", "")
        .replaceFirst(" expecting \\{.*\\}$", "")
        .replaceFirst("(?s) \\(candidates: .*", "") // all there are, in an order of its own
        .replaceAll("'_?(&&|\\|\\||[-+*/%!<>=]+|\\[)_?(\\])?_?'", "`$1$2`")
        .replace("'@in'", "`in`")
        .replace("'_?_:_'", "`? :`")
        .strip();
  }

  // ---- names

  /** Reports what is not known by name, better than the checker can. */
  private void names(CelSource source, CelExpr expr, Set<String> locals) {
    String argument = Expressions.member(expr, "args");
    String field = Expressions.field(expr);
    if (!field.isEmpty() && environment.variables().containsKey("context")) {
      reads.add(field);
      if (!environment.fields().contains(field)) {
        reader.unknown(
            place(scalar, source, expr.id()),
            LoadCode.UNKNOWN_NAME,
            "field",
            field,
            environment.fields());
      }
    } else if (!argument.isEmpty() && environment.variables().containsKey("args")) {
      argument(place(scalar, source, expr.id()), argument);
    } else {
      switch (expr.getKind()) {
        case IDENT -> name(source, expr, locals);
        case CALL -> function(source, expr);
        case STRUCT -> reportAt(source, expr.id(), "an object of a named type", "a value");
        case COMPREHENSION -> {
          String local = expr.comprehension().iterVar();
          if (environment.variables().containsKey(local)) {
            reportAt(source, expr.id(), "`" + local + "` as a name of a macro", "another name");
          }
        }
        default -> {}
      }
      Set<String> inner = locals;
      if (expr.getKind() == Kind.COMPREHENSION) {
        inner = new HashSet<>(locals);
        inner.add(expr.comprehension().iterVar());
        inner.add(expr.comprehension().accuVar());
      }
      for (CelExpr child : Expressions.children(expr)) {
        names(source, child, inner);
      }
    }
  }

  private void argument(Mark mark, String argument) {
    environment
        .tools()
        .forEach((tool, arguments) -> {
          if (!arguments.contains(argument)) {
            reader.report(
                mark,
                LoadCode.ARGUMENTS,
                "`args." + argument + "`, which `" + tool + "` does not declare",
                arguments.isEmpty()
                    ? "no argument: it declares none"
                    : "one of " + Reader.list(arguments),
                Nearest.hint(argument, arguments));
          }
        });
  }

  private void name(CelSource source, CelExpr expr, Set<String> locals) {
    String name = expr.ident().name();
    if (locals.contains(name)) {
      return;
    }
    if (!environment.variables().containsKey(name)) {
      reader.unknown(
          place(scalar, source, expr.id()),
          LoadCode.UNKNOWN_NAME,
          "name",
          name,
          environment.variables().keySet());
    } else if (name.equals("context")) {
      reportAt(source, expr.id(), "`context` as a whole", "one of its fields, as context.NAME");
    }
  }

  private void function(CelSource source, CelExpr expr) {
    String function = expr.call().function();
    environment.called().add(function);
    if (function.equals(Vocabulary.SAID) && !environment.variables().containsKey("caller")) {
      reportAt(source, expr.id(), "`said` here", "it where the caller is known");
    }
    if (Character.isLetter(function.charAt(0)) && !Vocabulary.FUNCTIONS.contains(function)) {
      reader.unknown(
          place(scalar, source, expr.id()),
          LoadCode.UNKNOWN_NAME,
          "function",
          function,
          Vocabulary.FUNCTIONS);
    }
  }

  // ---- constants

  /** Looks at constant patterns, dates and the like now, since they would fail every time. */
  private void constants(CelAbstractSyntaxTree ast, CelExpr expr) {
    if (expr.getKind() == Kind.LIST && mixed(ast, expr)) {
      reportAt(ast.getSource(), expr.id(), "a list of several types", "items of one type");
    }
    if (expr.getKind() == Kind.CALL) {
      CelExpr.CelCall call = expr.call();
      label(ast, call);
      int looked = call.function().equals("days") ? 0 : Math.max(0, call.args().size() - 1);
      for (CelExpr arg : call.args().subList(looked, call.args().size())) {
        if (arg.getKind() == Kind.CONSTANT
            && arg.constant().getKind() == CelConstant.Kind.STRING_VALUE) {
          try {
            constant(expr.id(), call.function(), arg.constant().stringValue());
          } catch (NoValue e) {
            reportAt(ast.getSource(), arg.id(), String.valueOf(e.getMessage()), "a usable text");
          }
        }
      }
    }
    Expressions.children(expr).forEach(child -> constants(ast, child));
  }

  /** A word that is no label is in no list of them, and a rule that looks for it never holds. */
  private void label(CelAbstractSyntaxTree ast, CelExpr.CelCall call) {
    if (call.function().equals("@in")
        && Expressions.member(call.args().get(1), "run").equals("labels")
        && call.args().get(0).getKind() == Kind.CONSTANT) {
      String word = call.args().get(0).constant().stringValue();
      if (Label.of(word).isEmpty()) {
        Mark mark = place(scalar, ast.getSource(), call.args().get(0).id());
        reader.unknown(mark, LoadCode.UNKNOWN_WORD, "label", word, Label.words());
      }
    }
  }

  private static boolean mixed(CelAbstractSyntaxTree ast, CelExpr list) {
    return list.list().elements().stream()
            .map(item -> ast.getTypeOrThrow(item.id()))
            .distinct()
            .count()
        > 1;
  }

  private void constant(long id, String function, String text) {
    switch (function) {
      case "matches" -> {
        Pattern pattern = Operations.pattern(text);
        literals.put(id, pattern);
      }
      case "timestamp" -> Operations.timestamp(text);
      case "duration" -> Operations.duration(text);
      case "date", "days" -> Operations.date(text);
      case "int" -> Operations.whole(text);
      default -> {}
    }
  }

  // ---- places

  private void report(int offset, LoadCode code, String found, String expected) {
    reader.report(scalar.place().of(offset), code, found, expected, null);
  }

  private void reportAt(CelSource source, long id, String found, String expected) {
    reader.report(place(scalar, source, id), LoadCode.EXPRESSION, found, expected, null);
  }

  private static Mark place(Node.Scalar scalar, CelSource source, long id) {
    Integer offset = source.getPositionsMap().get(id);
    return scalar.place().of(offset == null ? 0 : offset);
  }
}
