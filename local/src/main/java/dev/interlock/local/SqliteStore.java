package dev.interlock.local;

import dev.interlock.core.journal.Store;
import java.nio.file.Path;

/** Opens SQLite files as stores. */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class SqliteStore {
  private SqliteStore() {}

  /**
   * Opens the file for writing, as its one owner; makes it if it is not there.
   *
   * @throws OwnedElsewhereException if another process, or another engine in this one, owns it
   * @throws Store.StoreException if it is not a file of Interlock, is newer than this version, or
   *     cannot be written durably
   */
  public static Store open(Path file) {
    throw new UnsupportedOperationException("" + file);
  }

  /**
   * Opens a file that is there for reading only, whoever owns it. Writing to it is refused.
   *
   * @throws Store.StoreException if it is not there or not a file of Interlock
   */
  public static Store openReadOnly(Path file) {
    throw new UnsupportedOperationException("" + file);
  }
}
