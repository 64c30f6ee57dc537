package dev.interlock.temporal;

import dev.interlock.core.journal.Store.StoreException;

/**
 * The journal has another entry than the one that a run decided: the run was reset. What is
 * recorded stays, and the run goes on from there.
 */
final class RecordedException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final long newest;

  /**
   * @param seq of the entry
   * @param newest of the journal
   */
  RecordedException(String instance, long seq, long newest) {
    super(
        "found another entry %d in the journal of %s, expected the one that its run decided: the run was reset, and goes on where the journal ends, at entry %d"
            .formatted(seq, instance, newest),
        null);
    this.newest = newest;
  }

  long newest() {
    return newest;
  }
}
