package dev.interlock.cli.tell;

import dev.interlock.cli.output.Colour;
import java.time.Instant;

/**
 * One thing that happened, as it is told to people.
 *
 * @param label who or what, a word or two
 */
public record Line(Instant at, String instance, Kind kind, String label, String text) {
  /** What kind of thing it is. */
  public enum Kind {
    /** The caller wrote. */
    USER(Colour.BOLD),
    /** The agent said. */
    AGENT(Colour.GREEN),
    /** A state was entered, or the instance began. */
    STATE(Colour.CYAN),
    /** A field has a new value. */
    FIELD(Colour.FAINT),
    /** A call went out, returned, failed. */
    CALL(Colour.FAINT),
    /** The machine said no. */
    REFUSED(Colour.RED),
    /** Something waits for a person. */
    WAITS(Colour.YELLOW),
    /** A person, an event or a timer. */
    HAPPENED(Colour.BOLD),
    /** It escalated. */
    ESCALATED(Colour.RED),
    /** It ended. */
    ENDED(Colour.CYAN);

    private final Colour colour;

    Kind(Colour colour) {
      this.colour = colour;
    }

    /** How its label is painted. */
    public Colour colour() {
      return colour;
    }
  }
}
