package dev.interlock.local;

/** Another engine owns the file: talk to it, or wait until it is gone. */
public final class OwnedElsewhereException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OwnedElsewhereException(String message) {
    super(message);
  }
}
