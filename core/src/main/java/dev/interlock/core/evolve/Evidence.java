package dev.interlock.core.evolve;

import java.time.Instant;

/**
 * Where a field's value came from.
 *
 * @param seq the entry that set it
 * @param by whom: a principal, a tool, or the model
 */
public record Evidence(long seq, Instant at, String by) {}
