package dev.interlock.core.machine;

import java.util.List;
import java.util.Set;

/** A compiled, type-checked, bounded CEL expression. No clock, no randomness, no I/O. */
public interface Expression {
  /** As written in the file. */
  String source();

  /** The fields of the context that it reads. */
  Set<String> reads();

  /** What its outcome turns on. */
  default Comparisons comparisons() {
    return Comparisons.unknown(reads());
  }

  /** Never throws. */
  Evaluation evaluate(Scope scope);

  /** What came of evaluating. */
  sealed interface Evaluation {
    /**
     * A value in the types of {@link dev.interlock.core.json.Json}; dates, times and durations are
     * texts, as {@link Type.Time} has them.
     */
    record Value(Object value) implements Evaluation {}

    /** It could not be evaluated because these fields are unset. */
    record Unset(List<String> fields) implements Evaluation {}

    record Failed(String why) implements Evaluation {}
  }
}
