package dev.interlock.core.load;

import dev.cel.common.types.CelType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import java.util.Map;
import java.util.Set;

/**
 * What may be named at one place of the machine, with its types, and the checker for it. Made once
 * for each place, since making one costs more than checking an expression.
 *
 * @param variables by name
 * @param fields of the context
 * @param tools those whose arguments are in scope as {@code args}: their arguments' names by tool
 */
record Environment(
    CelCompiler checker,
    Map<String, CelType> variables,
    Set<String> fields,
    Map<String, Set<String>> tools) {

  static Environment of(
      Types types,
      Map<String, CelType> variables,
      Set<String> fields,
      Map<String, Set<String>> tools) {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setStandardEnvironmentEnabled(false)
            .setOptions(GuardCompiler.OPTIONS)
            .setTypeProvider(types.provider())
            .addFunctionDeclarations(Vocabulary.DECLARATIONS);
    variables.forEach(builder::addVar);
    return new Environment(builder.build(), variables, fields, tools);
  }
}
