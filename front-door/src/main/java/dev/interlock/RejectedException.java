package dev.interlock;

import dev.interlock.core.decide.Rejection;

/**
 * What was sent was not taken, and nothing changed. The message says what was found, what would be
 * accepted and how to mend it. Whoever wants rejections as values asks {@link Interlock#engine()}.
 */
public final class RejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Rejection rejection;

  RejectedException(Rejection rejection) {
    super(rejection.message());
    this.rejection = rejection;
  }

  /** Why, as data. */
  public Rejection rejection() {
    return rejection;
  }
}
