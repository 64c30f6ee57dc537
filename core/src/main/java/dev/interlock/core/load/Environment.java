package dev.interlock.core.load;

import dev.cel.checker.CelChecker;
import dev.cel.checker.CelCheckerBuilder;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.CelVarDecl;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.compiler.CelCompilerFactory;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What may be named at one place of the machine, with its types.
 *
 * @param functions that may be called
 * @param variables by name
 * @param fields of the context
 * @param called takes the functions that expressions call
 * @param tools those whose arguments are in scope as {@code args}: their arguments' names by tool
 */
record Environment(
    Types types,
    List<CelFunctionDecl> functions,
    Map<String, CelType> variables,
    Set<String> fields,
    Set<String> called,
    Map<String, Set<String>> tools) {

  static Environment of(
      Types types,
      Map<String, CelType> variables,
      Set<String> fields,
      Set<String> called,
      Map<String, Set<String>> tools) {
    return new Environment(types, functions(variables, Set.of()), variables, fields, called, tools);
  }

  private static List<CelFunctionDecl> functions(
      Map<String, CelType> variables, Set<Vocabulary.Paired> pairs) {
    return Vocabulary.declarations(structs(variables.values()), pairs);
  }

  /**
   * A checker for one expression. It compares each overload with all others before it checks, which
   * takes longer than the check: so it is told no function that the expression does not call.
   */
  private CelChecker checker(CelExpr expr, List<CelFunctionDecl> all) {
    Set<String> calls = new HashSet<>();
    calls(expr, calls);
    CelCheckerBuilder builder =
        CelCompilerFactory.standardCelCheckerBuilder()
            .setStandardEnvironmentEnabled(false)
            .setOptions(GuardCompiler.OPTIONS)
            .setTypeProvider(types.provider())
            .addFunctionDeclarations(
                all.stream().filter(function -> calls.contains(function.name())).toList());
    variables.forEach(
        (name, type) -> builder.addVarDeclarations(CelVarDecl.newVarDeclaration(name, type)));
    return builder.build();
  }

  private static void calls(CelExpr expr, Set<String> found) {
    if (expr.getKind() == CelExpr.ExprKind.Kind.CALL) {
      found.add(expr.call().function());
    }
    Expressions.children(expr).forEach(child -> calls(child, found));
  }

  /** Checks a parsed expression; one that makes pairs a second time, with their types. */
  CelValidationResult check(CelAbstractSyntaxTree parsed) throws CelValidationException {
    CelValidationResult result = checker(parsed.getExpr(), functions).check(parsed);
    if (result.hasError()) {
      return result;
    }
    Set<Vocabulary.Paired> pairs = new LinkedHashSet<>();
    boolean known = pairs(result.getAst(), result.getAst().getExpr(), pairs);
    return pairs.isEmpty() || !known
        ? result
        : checker(parsed.getExpr(), functions(variables, pairs)).check(parsed);
  }

  /**
   * Collects what {@code pairs} is called with; false if a type is not known, as of pairs of pairs.
   */
  private boolean pairs(CelAbstractSyntaxTree ast, CelExpr expr, Set<Vocabulary.Paired> found) {
    boolean known = true;
    for (CelExpr child : Expressions.children(expr)) {
      known &= pairs(ast, child, found);
    }
    if (expr.getKind() != CelExpr.ExprKind.Kind.CALL || !expr.call().function().equals("pairs")) {
      return known;
    }
    List<CelType> items =
        expr.call().args().stream().map(list -> item(ast.getTypeOrThrow(list.id()))).toList();
    if (items.stream().anyMatch(type -> type.kind().isDyn())) {
      return false;
    }
    found.add(types.pair(items.get(0), items.get(1)));
    return known;
  }

  private static CelType item(CelType list) {
    return list instanceof ListType of ? of.elemType() : SimpleType.DYN;
  }

  /** The object types that can be reached. */
  private static List<StructType> structs(Collection<CelType> from) {
    Map<String, StructType> found = new LinkedHashMap<>();
    from.forEach(type -> collect(type, found));
    return List.copyOf(found.values());
  }

  private static void collect(CelType type, Map<String, StructType> found) {
    if (type instanceof StructType struct && found.putIfAbsent(struct.name(), struct) == null) {
      struct.fields().forEach(field -> collect(field.type(), found));
    }
    type.parameters().forEach(parameter -> collect(parameter, found));
  }
}
