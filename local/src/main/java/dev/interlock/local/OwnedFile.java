package dev.interlock.local;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.Snapshot;
import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A store's file in the hands of its one owner who runs no engine on it: to take things out. */
final class OwnedFile {
  private OwnedFile() {}

  /**
   * Does something as the file's owner.
   *
   * @throws OwnedElsewhereException if somebody else is
   * @throws StoreException if it is not there, is no store, or cannot be written
   */
  static <T> T with(Path store, ReadConnections.Reading<T> work) {
    Path file = StoreFile.of(store);
    if (!SqliteStore.isThere(file)) {
      throw new StoreException(
          "found no file %s, expected a store: start an instance first".formatted(file), null);
    }
    try (OwnerLock lock = OwnerLock.acquire(file);
        Sql sql = SqliteStore.whole(file, SqliteStore.MAX_BUSY, lock, true)) {
      List<LastCommit> last = lock.noted();
      List<LastCommit> link = LastCommit.link(sql).stream().toList();
      lock.replace(link); // an entry may be taken out
      Restore.clear(Restore.copy(file)); // what a restore that was killed has left is a copy
      T done = work.read(sql);
      List<LastCommit> now = LastCommit.link(sql).stream().toList();
      boolean same = now.equals(link) && !last.isEmpty() && last.getFirst().in(sql);
      lock.replace(same ? last : now);
      return done;
    } catch (SQLException | IOException e) {
      throw DiskErrors.of("cannot write to " + file, e);
    }
  }

  /**
   * Writes the file anew without what was deleted, and empties its write-ahead log: until then
   * deleted bytes stand in free pages, in gaps of others, and in the log.
   *
   * @throws StoreException if there is no room for it, or somebody reads the file: what was deleted
   *     stays so
   */
  static void compact(Sql sql, Path store) {
    try {
      Schema.number(sql.connection(), "PRAGMA secure_delete = ON");
      sql.execute("VACUUM");
      if (Schema.number(sql.connection(), "PRAGMA wal_checkpoint(TRUNCATE)") == 0) {
        return;
      }
    } catch (SQLException e) {
      throw notCompacted(store, DiskErrors.found(e), e);
    }
    throw notCompacted(store, "that another process reads it", null);
  }

  private static StoreException notCompacted(Path store, String why, @Nullable SQLException e) {
    return new StoreException(
        ("cannot write %s anew: found %s, expected that nobody reads it, and free space"
                + " of twice its size, also where SQLite writes meanwhile (SQLITE_TMPDIR, else"
                + " /var/tmp): it is deleted, but its bytes may still be in the file; run"
                + " the command again")
            .formatted(store, why),
        e);
  }

  /** Deletes all rows of an instance in a table. */
  static void delete(Sql sql, String table, String instance) throws SQLException {
    sql.update("DELETE FROM " + table + " WHERE instance = ?", instance);
  }

  /**
   * Why an instance must stay; empty if it has ended, and nothing of it is to be settled. Its
   * snapshot says so, since each end writes one.
   */
  static Optional<String> mustStay(Sql sql, Row row) throws SQLException {
    String id = row.instance();
    Optional<Snapshot> snapshot = BesideTables.snapshot(sql, id);
    if (snapshot.isEmpty() && !row.live() && EntryTable.key(sql, id).isEmpty()) {
      return Optional.empty(); // erased, as only those that ended are
    }
    Instance instance;
    try {
      instance = snapshot.map(s -> JournalJson.instance(s.json())).orElse(Instance.unborn(id));
    } catch (RuntimeException e) { // whatever reading makes of text that no version wrote
      return Optional.of(
          "found a snapshot of %s that cannot be read, expected one that can: see `interlock verify-journal %s`"
              .formatted(id, id));
    }
    if (row.live() || instance.seq() != row.seq() || instance.end() == null) {
      return Optional.of(
          "found that %s has not ended, expected one that has: `interlock cancel %s` ends it"
              .formatted(id, id));
    }
    if (!instance.unknown().isEmpty()) {
      return Optional.of(
          "found that nobody knows what became of call no. %d of %s, expected that it is settled: `interlock resolve` does it"
              .formatted(instance.unknown().getFirst().number(), id));
    }
    return Optional.empty();
  }

  /** Bytes on the disk, those of the write-ahead log too. */
  static long size(Path store) {
    try {
      Path log = store.resolveSibling(store.getFileName() + "-wal");
      return Files.size(store) + (Files.exists(log) ? Files.size(log) : 0);
    } catch (IOException e) {
      throw DiskErrors.of("cannot tell the size of " + store, e);
    }
  }
}
