package dev.interlock.engine;

import dev.interlock.core.journal.Store.StoreException;

/** The content of an instance was erased: only its row and the chain of its journal are left. */
public final class ErasedException extends StoreException {
  private static final long serialVersionUID = 1L;

  public ErasedException(String instance) {
    super(
        ("found that the content of %s was erased, expected an instance that can be read: its row"
                + " is in `interlock list`, and `interlock verify-journal %s` follows its chain")
            .formatted(instance, instance),
        null);
  }
}
