package dev.interlock.core.machine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A way out of an agent state.
 *
 * @param requires fields that must be set; a boolean must be true, texts and lists not empty
 * @param guard looked at only when all of {@code requires} are met
 */
public record Transition(
    Target target, List<String> requires, @Nullable Expression guard, List<String> clears) {}
