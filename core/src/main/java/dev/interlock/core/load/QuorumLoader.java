package dev.interlock.core.load;

import dev.cel.common.types.SimpleType;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Quorum;
import dev.interlock.core.machine.Source;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Loads {@code people} and {@code notFrom}, of a rule and of an approval. */
final class QuorumLoader {
  private final Draft draft;

  QuorumLoader(Draft draft) {
    this.draft = draft;
  }

  /**
   * A number of people, or an expression that gives one.
   *
   * @param environment of the expression, or null if it is not known
   */
  @Nullable Expression people(MappingReader keys, @Nullable Environment environment) {
    Node.Scalar scalar = keys.scalar("people");
    if (scalar == null || environment == null) {
      return null;
    }
    if (scalar.value() instanceof Long number && (number < 1 || number > Quorum.MAX_PEOPLE)) {
      draft.reader.report(
          scalar.mark(), LoadCode.RANGE, "`people` " + number, "1 to " + Quorum.MAX_PEOPLE, null);
      return null;
    }
    return GuardCompiler.of(draft.reader, environment, scalar, SimpleType.INT);
  }

  /**
   * Who is not asked.
   *
   * @param role that is asked
   * @param others roles that may be asked about the same call
   */
  List<String> notFrom(MappingReader keys, String role, Set<String> others) {
    List<Node.Scalar> words = keys.words("notFrom");
    if (!keys.has("notFrom")) {
      return Quorum.notFrom(role);
    }
    Set<String> known = new TreeSet<>(others);
    known.remove(role);
    known.add(Quorum.CALLER);
    for (Field field : draft.fields.values()) {
      if (field.source() instanceof Source.Human) {
        known.add(field.name());
      }
    }
    for (Node.Scalar word : words) {
      boolean field = draft.fields.containsKey(word.text());
      if (field && (others.contains(word.text()) || word.text().equals(Quorum.CALLER))) {
        draft.reader.report(
            word.mark(),
            LoadCode.NAME,
            "`" + word.text() + "` in `notFrom`, which is a field too",
            "a name that means one thing",
            "rename the field");
      }
    }
    return draft.names(words, LoadCode.UNKNOWN_NAME, "person", known);
  }
}
