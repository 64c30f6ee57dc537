package dev.interlock.core.load;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A text with expressions in {@code {{ }}}. Its value is the text with theirs in their places.
 *
 * @param texts what stands around the values: one more than there are values
 */
record Template(String source, List<String> texts, List<CompiledExpression> values)
    implements Expression {
  private static final String OPEN = "{{";
  private static final String CLOSE = "}}";

  private static final Set<CelType> PLAIN =
      Set.of(
          SimpleType.STRING,
          SimpleType.INT,
          Types.DECIMAL,
          SimpleType.BOOL,
          Types.DATE,
          SimpleType.TIMESTAMP,
          SimpleType.DURATION);

  /** Compiles it; null if anything was wrong, which is reported. */
  static @Nullable Template of(Draft draft, Node.Scalar scalar) {
    Reader reader = draft.reader;
    String text = scalar.text();
    List<String> texts = new ArrayList<>();
    List<CompiledExpression> values = new ArrayList<>();
    int before = reader.count();
    int from = 0;
    for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
      int close = text.indexOf(CLOSE, open);
      if (close < 0) {
        Mark mark = scalar.place().of(text.codePointCount(0, open));
        reader.report(mark, LoadCode.FORM, "`{{` without `}}`", "an expression in {{ }}", null);
        return null;
      }
      texts.add(text.substring(from, open));
      CompiledExpression value = value(draft, part(scalar, open + OPEN.length(), close));
      if (value != null) {
        values.add(value);
      }
      from = close + CLOSE.length();
    }
    texts.add(text.substring(from));
    return reader.count() > before ? null : new Template(text, texts, values);
  }

  private static Node.Scalar part(Node.Scalar scalar, int from, int to) {
    String text = scalar.text().substring(from, to);
    int start = scalar.text().codePointCount(0, from);
    Node.Place place = offset -> scalar.place().of(start + offset);
    return new Node.Scalar(place.of(0), text, text, false, place);
  }

  private static @Nullable CompiledExpression value(Draft draft, Node.Scalar part) {
    CompiledExpression value = GuardCompiler.of(draft.reader, draft.guards(), part, Types.ANY);
    if (value == null) {
      return null;
    }
    if (!PLAIN.contains(value.type())) {
      draft.reader.report(
          part.mark(),
          LoadCode.OTHER_TYPE,
          "an expression of type " + Types.name(value.type()),
          "a text, a number, a time or a boolean",
          null);
    }
    for (String field : value.reads()) {
      if (draft.secret(field)) {
        draft.notSecret(part.mark(), field, "`say`");
      }
    }
    GuardCompiler.requireSure(
        draft.reader, part, value, draft.sure(List.of()), "write has(context.%s) ? … : …");
    return value;
  }

  @Override
  public Set<String> reads() {
    Set<String> reads = new TreeSet<>();
    values.forEach(value -> reads.addAll(value.reads()));
    return reads;
  }

  @Override
  public Evaluation evaluate(Scope scope) {
    StringBuilder text = new StringBuilder(texts.getFirst());
    for (int i = 0; i < values.size(); i++) {
      Evaluation evaluation = values.get(i).evaluate(scope);
      if (!(evaluation instanceof Evaluation.Value(Object value))) {
        return evaluation;
      }
      text.append(Operations.text(value)).append(texts.get(i + 1));
    }
    return new Evaluation.Value(text.toString());
  }
}
