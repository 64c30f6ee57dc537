package dev.interlock.core.json;

/** Text that is not the JSON that Interlock reads, and why. */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JsonException(String message) {
    super(message);
  }
}
