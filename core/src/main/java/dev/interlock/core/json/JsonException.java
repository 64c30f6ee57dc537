package dev.interlock.core.json;

/** Text that is not the JSON that Interlock reads, and why. */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final boolean outOfRange;

  public JsonException(String message) {
    this(message, false);
  }

  JsonException(String message, boolean outOfRange) {
    super(message);
    this.outOfRange = outOfRange;
  }

  /** Whether the text is JSON, but has a number that is not kept exactly. */
  public boolean outOfRange() {
    return outOfRange;
  }
}
