package dev.interlock.core.load;

import dev.cel.common.types.CelType;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.Type;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Compiles what fields are derived by ({@code is}), once the types of all fields are known. */
final class DerivedFields {
  /** What changes though no field does. */
  private static final Set<String> CHANGING = Set.of("run", "now");

  private final Draft draft;
  private final Map<String, CompiledExpression> compiled = new LinkedHashMap<>();

  DerivedFields(Draft draft) {
    this.draft = draft;
  }

  /**
   * Adds the fields to the draft, those that others read first.
   *
   * @param derived by name, where its expression stands
   */
  void load(Map<String, Node.Scalar> derived) {
    derived.forEach((name, is) -> {
      Type type = draft.derivedTypes.get(name);
      if (type != null) {
        CelType expected = draft.types.of("context." + name, type);
        CompiledExpression expression =
            GuardCompiler.of(draft.reader, draft.guards(), is, expected);
        if (expression != null) {
          compiled.put(name, expression);
        }
      }
    });
    derived.forEach((name, is) -> {
      if (compiled.containsKey(name)) {
        add(name, is, new LinkedHashSet<>());
      }
    });
  }

  /** As private as what it is made of. */
  private Field.Privacy privacy(String name, Set<String> reads) {
    Field.Privacy most = draft.derivedPrivacy.getOrDefault(name, Field.Privacy.OPEN);
    for (String read : reads) {
      Field field = draft.fields.get(read);
      if (field != null && field.privacy().compareTo(most) > 0) {
        most = field.privacy();
      }
    }
    return most;
  }

  private void add(String name, Node.Scalar is, Set<String> readers) {
    CompiledExpression expression = compiled.get(name);
    Type type = draft.derivedTypes.get(name);
    if (expression == null || type == null || draft.fields.containsKey(name)) {
      return;
    }
    readers.add(name);
    Set<String> reads = new LinkedHashSet<>();
    for (String read : expression.reads()) {
      if (readers.contains(read)) {
        draft.reader.report(
            is.mark(),
            LoadCode.CYCLE,
            "the field `%s`, which is derived from itself: %s, %s"
                .formatted(read, String.join(", ", readers), read),
            "fields that are derived from others",
            null);
        compiled.remove(name);
        return;
      }
      add(read, is, readers);
      Field field = draft.fields.get(read);
      reads.add(read);
      if (field != null && field.source() instanceof Source.Derived inner) {
        reads.addAll(inner.is().reads());
      }
    }
    readers.remove(name);
    if (Expressions.names(expression.ast().getExpr(), CHANGING)
        || reads.stream().anyMatch(draft.restless::contains)) {
      draft.restless.add(name);
    }
    boolean many = type instanceof Type.ListOf;
    Type one = type instanceof Type.ListOf(Type items) ? items : type;
    draft.fields.put(
        name,
        new Field(
            name,
            one,
            new Source.Derived(expression.reading(reads)),
            many,
            Field.DEFAULT_MAX,
            privacy(name, reads)));
  }
}
