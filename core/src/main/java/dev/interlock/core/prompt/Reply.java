package dev.interlock.core.prompt;

import dev.interlock.core.journal.Content;
import java.math.BigDecimal;
import java.util.List;

/**
 * What a model answered.
 *
 * @param parts in the order the model gave them
 * @param model the id of the model that answered
 */
public record Reply(List<Part> parts, Stop stop, String model, Usage usage) {

  /** The longest reply, in characters of all its parts. */
  public static final int MAX_LENGTH = 1 << 20;

  /** The most parts of a reply. */
  public static final int MAX_PARTS = 2_000;

  /** This reply, or a note in its place if it was {@link Stop#TOO_LONG}. */
  public Reply bounded() {
    long length = length(parts);
    if (length <= MAX_LENGTH && parts.size() <= MAX_PARTS) {
      return this;
    }
    String note =
        "[a reply of %,d characters in %,d parts, at most %,d in %,d]"
            .formatted(length, parts.size(), MAX_LENGTH, MAX_PARTS);
    return new Reply(List.of(new Text(note)), Stop.TOO_LONG, model, usage);
  }

  /** The characters of parts. */
  static long length(List<Part> parts) {
    long length = 0;
    for (Part part : parts) {
      length +=
          switch (part) {
            case Text(String text) -> text.length();
            case Call call -> (long) call.tool().length() + call.arguments().length();
            case Opaque opaque -> opaque.data().length();
          };
    }
    return length;
  }

  /** A piece of a reply. */
  public sealed interface Part {}

  /** Text for the user. */
  public record Text(@Content String text) implements Part {}

  /**
   * A proposed call.
   *
   * @param id as the provider gave it
   * @param tool as the model spelled it
   * @param arguments JSON text, as the provider's client hands it over
   */
  public record Call(String id, @Content String tool, @Content String arguments) implements Part {}

  /**
   * Data of the provider that must be handed back unchanged, such as signed thinking.
   *
   * @param provider whose it is; another provider's model does not get it
   */
  public record Opaque(String provider, @Content String data) implements Part {}

  /** Why the model stopped. */
  public enum Stop {
    END,
    CALLS,
    /** The reply was cut off. */
    LENGTH,
    /** The reply went over {@link Reply#MAX_LENGTH} or {@link Reply#MAX_PARTS}. */
    TOO_LONG,
    /** The model or its provider would not answer. */
    DECLINED
  }

  /**
   * What the question took.
   *
   * @param input tokens read, cached ones included
   * @param output tokens written
   * @param cost by the price table; zero where there is none
   */
  public record Usage(long input, long output, BigDecimal cost) {
    public static final Usage NONE = new Usage(0, 0, BigDecimal.ZERO);
  }
}
