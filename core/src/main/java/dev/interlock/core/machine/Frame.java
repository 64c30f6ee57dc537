package dev.interlock.core.machine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every kind of state may have around its contract.
 *
 * @param clears the fields unset at entry
 * @param on where an event leads
 * @param after timers from entry, in document order
 * @param budgets of one visit; only what the state sets itself
 * @param say a text for the user, said at entry; its value is a {@code String}
 */
public record Frame(
    List<String> clears,
    Map<String, Target> on,
    List<TimerRule> after,
    Budgets budgets,
    Over over,
    @Nullable Expression say) {
  public static final Frame EMPTY =
      new Frame(List.of(), Map.of(), List.of(), Budgets.NONE, Over.NONE, null);
}
