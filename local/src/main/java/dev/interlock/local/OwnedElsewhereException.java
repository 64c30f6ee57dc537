package dev.interlock.local;

/** Others have the file, who exclude this one: talk to them, or wait until they are gone. */
public final class OwnedElsewhereException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OwnedElsewhereException(String message) {
    super(message);
  }
}
