package dev.interlock.core.check;

import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.Tool;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where an expression is asked: what there is beside the fields. Arguments that whoever calls a
 * tool chooses are variables too, after those of the space.
 *
 * @param labels of the results so far
 * @param filled arguments that the machine fills
 * @param arguments the others that are read, in the order of their variables
 * @param of the samples of these
 * @param required those that no call is without
 */
record Setting(
    Space space,
    Set<Label> labels,
    Map<String, Expression> filled,
    List<String> arguments,
    List<Samples> of,
    Set<String> required) {

  /** Of a state, where nothing is called. */
  static Setting of(Space space, Set<Label> labels) {
    return new Setting(space, labels, Map.of(), List.of(), List.of(), Set.of());
  }

  /**
   * Of a call, judged by these expressions.
   *
   * @param followed arguments that matter though none reads them
   */
  static Setting of(
      Space space,
      Set<Label> labels,
      Tool tool,
      Map<String, Expression> filled,
      List<Expression> judges,
      List<String> followed) {
    Set<String> read = new LinkedHashSet<>(followed);
    judges.forEach(judge -> read.addAll(space.arguments(judge)));
    read.removeAll(filled.keySet());
    List<Samples> samples = new ArrayList<>();
    read.forEach(argument -> samples.add(space.argument(tool, argument)));
    Set<String> required = new LinkedHashSet<>();
    if (tool.locked().inputSchema().get("required") instanceof List<?> names) {
      names.forEach(name -> required.add(String.valueOf(name)));
    }
    return new Setting(space, labels, filled, List.copyOf(read), samples, required);
  }

  Samples samples(int variable) {
    return variable < space.size() ? space.samples(variable) : of.get(variable - space.size());
  }

  int variable(String argument) {
    return space.size() + arguments.indexOf(argument);
  }

  /** The argument that is a variable; an empty text if it is none. */
  String argument(int variable) {
    return variable < space.size() ? "" : arguments.get(variable - space.size());
  }

  /** The same, with any arguments that the tool's schema lets through. */
  Box widened(Box box) {
    long[] masks = box.resized(box.size() + arguments.size());
    for (int i = 0; i < arguments.size(); i++) {
      int count = of.get(i).values().size();
      long all = count == Long.SIZE ? -1L : (1L << count) - 1;
      masks[space.size() + i] = required.contains(arguments.get(i)) ? all & ~1L : all;
    }
    return new Box(masks);
  }

  /** The same, without arguments. */
  Box narrowed(Box box) {
    return arguments.isEmpty() ? box : new Box(box.resized(space.size()));
  }
}
