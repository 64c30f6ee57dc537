package dev.interlock.temporal;

import dev.interlock.core.journal.Store.StoreException;

/** The store does not have entries yet that something else brings along. */
final class BehindException extends StoreException {
  private static final long serialVersionUID = 1L;

  BehindException(String instance, long found, long expected) {
    super(
        "found that the journal of %s ends with %d, expected it up to %d"
            .formatted(instance, found, expected),
        null);
  }
}
