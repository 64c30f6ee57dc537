package dev.interlock.core.load;

import dev.cel.common.types.CelType;
import dev.cel.common.types.StructType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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
            .addFunctionDeclarations(Vocabulary.declarations(structs(variables.values())));
    variables.forEach(builder::addVar);
    return new Environment(builder.build(), variables, fields, tools);
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
