package dev.interlock.core.evolve;

import java.math.BigDecimal;

/**
 * What was spent, by the instance or by one visit.
 *
 * @param turns questions to the model
 * @param toolCalls dispatched calls of tools
 * @param errors refusals and failures in a row
 * @param totalErrors all of them
 * @param tokens read and written
 * @param cost by the price table
 */
public record Counters(
    long turns, long toolCalls, long errors, long totalErrors, long tokens, BigDecimal cost) {
  public static final Counters ZERO = new Counters(0, 0, 0, 0, 0, BigDecimal.ZERO);

  Counters turn() {
    return new Counters(turns + 1, toolCalls, errors, totalErrors, tokens, cost);
  }

  Counters toolCall() {
    return new Counters(turns, toolCalls + 1, errors, totalErrors, tokens, cost);
  }

  Counters error() {
    return new Counters(turns, toolCalls, errors + 1, totalErrors + 1, tokens, cost);
  }

  Counters noErrors() {
    return new Counters(turns, toolCalls, 0, totalErrors, tokens, cost);
  }

  Counters used(long moreTokens, BigDecimal moreCost) {
    return new Counters(
        turns, toolCalls, errors, totalErrors, tokens + moreTokens, cost.add(moreCost));
  }
}
