package dev.interlock.core.evolve;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a field's value came from.
 *
 * @param seq the entry that set it
 * @param by whom: a principal, a tool, or the model
 * @param said where the caller typed it, if that is how it came
 */
public record Evidence(long seq, Instant at, String by, @Nullable Said said) {
  /**
   * A place in a message.
   *
   * @param offset in characters
   */
  public record Said(String message, int offset) {}
}
