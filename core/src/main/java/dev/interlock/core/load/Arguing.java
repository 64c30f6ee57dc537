package dev.interlock.core.load;

import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Expression;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Loads what names or fills arguments of tools: {@code set}, {@code with}, {@code args.x}. */
final class Arguing {
  private static final Pattern REFERENCE = Pattern.compile("args(\\.[a-zA-Z_][a-zA-Z0-9_-]*)+");

  private final Draft draft;

  Arguing(Draft draft) {
    this.draft = draft;
  }

  /** An argument by its path, which each of the tools must declare. */
  @Nullable ArgRef reference(Node.Scalar word, List<String> tools) {
    if (!REFERENCE.matcher(word.text()).matches()) {
      draft.reader.report(
          word.mark(), LoadCode.FORM, word.described(), "an argument such as args.order_id", null);
      return null;
    }
    List<String> path = List.of(word.text().substring("args.".length()).split("\\.", -1));
    for (String tool : tools) {
      Set<String> declared = draft.schemas(tool).keySet();
      if (!declared.contains(path.get(0))) {
        draft.reader.report(
            word.mark(),
            LoadCode.ARGUMENTS,
            "`args." + path.get(0) + "`, which `" + tool + "` does not declare",
            declared.isEmpty()
                ? "no argument: it declares none"
                : "one of " + Reader.list(declared),
            Nearest.hint(path.get(0), declared));
      }
    }
    return new ArgRef(path);
  }

  /** Arguments of a tool, each an expression of a type that the tool's schema takes. */
  Map<String, Expression> filled(List<Node.Member> members, String tool, Environment environment) {
    Map<String, Expression> filled = new LinkedHashMap<>();
    boolean locked = draft.lock.tools().containsKey(tool);
    Set<String> declared = draft.schemas(tool).keySet();
    for (Node.Member member : members) {
      if (!(member.node() instanceof Node.Scalar scalar)) {
        draft.reader.report(
            member.node().mark(),
            LoadCode.TYPE,
            member.node().described(),
            "an expression for `" + member.key() + "`",
            "write it as text: \"[1, 2]\"");
      } else if (locked && !declared.contains(member.key())) {
        draft.reader.report(
            member.mark(),
            LoadCode.ARGUMENTS,
            "`" + member.key() + "`, which `" + tool + "` does not declare",
            declared.isEmpty()
                ? "no argument: it declares none"
                : "one of " + Reader.list(declared),
            Nearest.hint(member.key(), declared));
      } else {
        Expression expression =
            GuardCompiler.of(draft.reader, environment, scalar, draft.argument(tool, member.key()));
        if (expression != null) {
          filled.put(member.key(), expression);
        }
      }
    }
    return filled;
  }

  /** Reports required arguments that nobody fills. */
  void complete(Mark mark, String what, String tool, Set<String> filled) {
    for (String argument : draft.required(tool)) {
      if (!filled.contains(argument)) {
        draft.reader.report(
            mark,
            LoadCode.ARGUMENTS,
            what + " without `" + argument + "`, which `" + tool + "` requires",
            "every required argument",
            "add " + argument + ": EXPRESSION to `with`");
      }
    }
  }
}
