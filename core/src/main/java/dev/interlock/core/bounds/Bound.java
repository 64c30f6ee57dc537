package dev.interlock.core.bounds;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The most of something that a run may take.
 *
 * @param most null if nothing bounds it; of times, seconds
 * @param by what bounds it, or why nothing does
 */
public record Bound(@Nullable Decimal most, String by) {
  static Bound of(Decimal most, String by) {
    return new Bound(most, by);
  }

  static Bound of(long most, String by) {
    return new Bound(Decimal.of(most), by);
  }

  static Bound none(String why) {
    return new Bound(null, why);
  }

  /** A limit of the machine file, or none. */
  static Bound limit(@Nullable Decimal limit, String by) {
    return new Bound(limit, limit == null ? "there is no " + by : by);
  }

  /** As the machine file names it. */
  static String budget(Budget budget) {
    return "budgets." + budget.word();
  }

  boolean isZero() {
    return most != null && most.value().signum() == 0;
  }

  private boolean isOne() {
    return most != null && most.value().compareTo(BigDecimal.ONE) == 0;
  }

  /** The tighter of two; of the same, this. */
  Bound and(Bound other) {
    if (most == null || other.most == null) {
      return most == null ? other : this;
    }
    return other.most.compareTo(most) < 0 ? other : this;
  }

  /** For each of so many. */
  Bound times(Bound many) {
    if (isZero() || many.isZero()) {
      return isZero() ? this : many;
    }
    if (most == null || many.most == null) {
      return none(most == null ? by : many.by);
    }
    if (many.isOne()) {
      return this;
    }
    return of(
        new Decimal(most.value().multiply(many.most.value())),
        isOne() ? many.by : "%s (%s) × %s (%s)".formatted(most, by, many.most, many.by));
  }
}
