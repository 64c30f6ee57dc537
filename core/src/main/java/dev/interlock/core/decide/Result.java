package dev.interlock.core.decide;

import dev.interlock.core.journal.Content;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tool's result as {@code decide} sees it: never the whole of a large one.
 *
 * @param ref where the whole lies in the store: the HMAC of its bytes
 * @param size of the whole, in bytes of UTF-8
 * @param preview the whole if {@link #complete}, else its beginning
 * @param facts what is filed from it
 * @param misfit why it does not fit the fields it should fill, or null if it does
 */
public record Result(
    String ref,
    long size,
    @Content String preview,
    boolean complete,
    List<Fact> facts,
    @Content @Nullable String misfit) {

  /** A result up to this many characters is given to the model whole. */
  public static final int MAX_INLINE = 16_384;

  /** How much of a larger one stands in its stub. */
  public static final int PREVIEW = 1_024;

  /** One line in its place, for the model. */
  public String stub(String tool, int call) {
    return "[result of %s, no. %d, %,d bytes: recall {\"call\": %d} opens it]"
        .formatted(tool, call, size, call);
  }

  /**
   * A value for a field, or for one entry of a keyed field.
   *
   * @param key empty if the field is not keyed
   */
  public record Fact(String field, @Content List<Object> key, @Content Object value) {}
}
