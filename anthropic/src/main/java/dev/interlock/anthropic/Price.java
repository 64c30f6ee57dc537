package dev.interlock.anthropic;

import java.math.BigDecimal;

/**
 * What a model costs, per million tokens, in whatever currency the budgets are in.
 *
 * @param input of tokens read, those written to the provider's cache included
 * @param output of tokens written
 * @param cachedInput of tokens read from the provider's cache
 */
public record Price(BigDecimal input, BigDecimal output, BigDecimal cachedInput) {
  static final Price NONE = new Price(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);

  private static final int MILLION_DIGITS = 6;

  /** Exact. */
  BigDecimal of(long read, long cached, long written) {
    return input
        .multiply(BigDecimal.valueOf(read))
        .add(cachedInput.multiply(BigDecimal.valueOf(cached)))
        .add(output.multiply(BigDecimal.valueOf(written)))
        .movePointLeft(MILLION_DIGITS)
        .stripTrailingZeros();
  }
}
