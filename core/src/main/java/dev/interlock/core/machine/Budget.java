package dev.interlock.core.machine;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What may be spent; DESIGN section 2, "Budgets". */
public enum Budget {
  TURNS("turns", "40", Reason.TURNS),
  TOOL_CALLS("toolCalls", "50", Reason.TOOL_CALLS),
  CALLS_PER_TURN("callsPerTurn", "20", null),
  ERRORS("errors", "3", Reason.ERRORS),
  TOTAL_ERRORS("totalErrors", "30", Reason.TOTAL_ERRORS),
  TOKENS("tokens", "500000", Reason.TOKENS),
  /** In the currency of the price table; a decimal. */
  COST("cost", null, Reason.COST),
  /** An ISO 8601 duration in the file; seconds here. */
  DURATION("duration", "P30D", Reason.DURATION),
  /** Entries of one state, per instance. */
  VISITS("visits", "20", Reason.VISITS);

  private final String word;
  private final @Nullable String standard;
  private final @Nullable Reason reason;

  Budget(String word, @Nullable String standard, @Nullable Reason reason) {
    this.word = word;
    this.standard = standard;
    this.reason = reason;
  }

  public String word() {
    return word;
  }

  /** The default as it would be written in the file; null means no limit. */
  public @Nullable String standard() {
    return standard;
  }

  /** The reason of an instance that escalates because this is spent; null if it never does. */
  public @Nullable Reason reason() {
    return reason;
  }

  public static Optional<Budget> of(String word) {
    return Arrays.stream(values()).filter(budget -> budget.word.equals(word)).findFirst();
  }

  @Override
  public String toString() {
    return word;
  }
}
