package dev.interlock.local;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store;
import java.nio.file.Path;
import java.util.List;

/**
 * Another process at a store. Arguments: {@code own} or {@code share}, the file, a name, and how
 * many entries of that name it appends to the instance {@code a}. It says {@code open}, or why not,
 * waits for a line, and says the number of each entry that was confirmed.
 */
final class SharedChild {
  private SharedChild() {}

  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[1]);
    try (Store store =
        args[0].equals("own") ? SqliteStore.open(file) : SqliteStore.openShared(file)) {
      System.out.println("open");
      System.in.read();
      for (int i = 0; i < Integer.parseInt(args[3]); i++) {
        append(store, args[2] + "/" + i);
        System.out.println(i);
      }
    } catch (OwnedElsewhereException | Store.StoreException e) {
      System.out.println(e.getMessage());
    }
  }

  /** Reads, and appends, until it was the first to. */
  static void append(Store store, String content) {
    while (true) {
      List<SealedEntry> entries = store.entries("a", 0, 10_000);
      long seq = entries.isEmpty() ? 1 : entries.getLast().seq() + 1;
      try {
        store.commit(List.of(new Store.Append(new SealedEntry("a", seq, "{}", content, "", ""))));
        return;
      } catch (Store.ConflictException e) {
        // somebody else was: once more
      }
    }
  }
}
