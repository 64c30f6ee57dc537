package dev.interlock.core.machine;

import dev.interlock.core.json.Decimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits by budget. {@code DURATION} is in seconds.
 *
 * @param limits what is not in it has no limit here
 */
public record Budgets(Map<Budget, Decimal> limits) {
  public static final Budgets NONE = new Budgets(Map.of());

  public @Nullable Decimal limit(Budget budget) {
    return limits.get(budget);
  }
}
