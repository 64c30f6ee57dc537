package dev.interlock.core.evolve;

import java.util.Map;

/**
 * The open question of an approval state.
 *
 * @param number drawn from the same numbers as calls
 * @param shown the fields shown, those that were set
 * @param hash of what is shown: what an answer must carry
 */
public record Approval(int number, String role, Map<String, Object> shown, String hash) {}
