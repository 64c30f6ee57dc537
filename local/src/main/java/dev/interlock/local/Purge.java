package dev.interlock.local;

import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.engine.CrashPoints;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Takes instances that have ended out of a store whole, and gives their space back. Machines stay.
 */
public final class Purge {
  /** So many instances in one transaction: each of them goes whole, and is counted no more. */
  private static final int AT_ONCE = 200;

  private Purge() {}

  /**
   * What was done.
   *
   * @param instances that went
   * @param bytes that the file is smaller by
   */
  public record Purged(long instances, long bytes) {}

  /**
   * Purges the instances that ended before a time. If it is stopped, some of them are gone.
   *
   * @param store which nobody else owns
   * @throws OwnedElsewhereException if somebody does
   * @throws StoreException if it is not there, is no store, or cannot be written
   */
  public static Purged endedBefore(Path store, Instant time) {
    return purge(store, row -> time);
  }

  /**
   * As the other one, only instances of some machines, with a time for each.
   *
   * @param times by the machine's name
   */
  public static Purged endedBefore(Path store, Map<String, Instant> times) {
    return purge(store, row -> times.getOrDefault(row.machineName(), Instant.MIN));
  }

  private static Purged purge(Path store, Function<Row, Instant> time) {
    return OwnedFile.with(
        store,
        sql -> {
          long before = OwnedFile.size(store);
          long gone = 0;
          String after = "";
          List<Row> page;
          do {
            page = InstanceTable.resting(sql, after, AT_ONCE);
            sql.execute("BEGIN IMMEDIATE");
            for (Row row : page) {
              after = row.instance();
              if (row.since().isBefore(time.apply(row)) && OwnedFile.mustStay(sql, row).isEmpty()) {
                take(sql, row.instance());
                gone++;
              }
            }
            CrashPoints.pass("mid-purge");
            sql.execute("COMMIT");
          } while (page.size() == AT_ONCE);
          CrashPoints.pass("before-purge-is-compacted");
          OwnedFile.compact(sql, store);
          return new Purged(gone, Math.max(0, before - OwnedFile.size(store)));
        });
  }

  private static void take(Sql sql, String instance) throws SQLException {
    long journals =
        sql.first(
                "SELECT count(*) FROM entry WHERE instance = ? AND seq = 1",
                row -> row.getLong(1),
                instance)
            .orElse(0L);
    for (String table : SqliteHoldings.TABLES) {
      OwnedFile.delete(sql, table, instance);
    }
    sql.update("UPDATE total SET instances = instances - ?", journals);
  }
}
