package dev.interlock.core.json;

import java.math.BigDecimal;

/**
 * An exact number that is not kept as a 64-bit integer. Two decimals are equal when their values
 * are: the scale is not part of it.
 *
 * @param value without trailing zeros, at most {@link Json#MAX_DIGITS} digits
 */
public record Decimal(BigDecimal value) implements Comparable<Decimal> {
  public Decimal {
    value = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
  }

  public static Decimal of(String text) {
    return new Decimal(new BigDecimal(text));
  }

  public static Decimal of(long whole) {
    return new Decimal(BigDecimal.valueOf(whole));
  }

  @Override
  public int compareTo(Decimal other) {
    return value.compareTo(other.value);
  }

  /** Plain digits, without exponent or trailing zeros. */
  @Override
  public String toString() {
    return value.toPlainString();
  }
}
