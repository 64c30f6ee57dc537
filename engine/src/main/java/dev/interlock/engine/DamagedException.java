package dev.interlock.engine;

import dev.interlock.core.journal.Store.StoreException;
import org.jspecify.annotations.Nullable;

/** What is stored of one instance cannot be read; the others are none the worse for it. */
public final class DamagedException extends StoreException {
  private static final long serialVersionUID = 1L;

  public DamagedException(String instance, String what) {
    this(instance, what, null);
  }

  public DamagedException(String instance, String what, @Nullable Throwable cause) {
    super(
        "found that instance %s cannot be read (%s), expected it as it was written: `interlock"
                .formatted(instance, what)
            + " verify-journal %s` says what is damaged; put the store back from a copy"
                .formatted(instance),
        cause);
  }
}
