package dev.interlock.local;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/**
 * The process that a test kills, or lets write no more than so much: it does one thing with a
 * store. Arguments: what, the store, a backup of it, and whom it erases if that is not the one that
 * ended.
 */
final class KeepChild {
  private KeepChild() {}

  private static Restore.Options options(boolean replace) {
    return new Restore.Options(replace, false);
  }

  public static void main(String[] args) {
    Path store = Path.of(args[1]);
    Path backup = Path.of(args[2]);
    try {
      switch (args[0]) {
        case "backup" -> Backup.write(store, backup);
        case "restore" ->
            Restore.of(backup, store, options(false), KeptStore::compile, Instant.EPOCH);
        case "replace" ->
            Restore.of(backup, store, options(true), KeptStore::compile, Instant.now());
        case "purge" ->
            Purge.endedBefore(
                store, Instant.parse("2100-01-01T00:00:00Z"), new Purge.By("ana", Instant.EPOCH));
        case "erase" -> Erasure.of(store, Set.of(args.length > 3 ? args[3] : "ended"));
        default -> throw new IllegalArgumentException(args[0]);
      }
      System.err.println("done");
    } catch (RuntimeException e) { // the test reads what it says
      System.err.println("refused: " + e.getMessage());
    }
  }
}
