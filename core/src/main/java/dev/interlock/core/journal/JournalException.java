package dev.interlock.core.journal;

/** Text that is not the journal that this version reads, or whose content was erased. */
public final class JournalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JournalException(String message) {
    super(message);
  }
}
