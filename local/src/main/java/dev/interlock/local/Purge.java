package dev.interlock.local;

import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.journal.StoreChain;
import dev.interlock.engine.CrashPoints;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Takes instances that have ended out of a store whole, and gives their space back. Machines stay.
 */
public final class Purge {
  /** So many instances in one transaction: each of them goes whole, on record. */
  private static final int AT_ONCE = 200;

  private Purge() {}

  /**
   * What was done.
   *
   * @param instances that went
   * @param bytes that the file is smaller by
   */
  public record Purged(long instances, long bytes) {}

  /** Who purges, and when: what is put on record, in the chain over the whole store. */
  public record By(String who, Instant at) {}

  /**
   * Purges the instances that ended before a time. If it is stopped, some of them are gone.
   *
   * @param store which nobody else owns
   * @throws OwnedElsewhereException if somebody does
   * @throws StoreException if it is not there, is no store, or cannot be written
   */
  public static Purged endedBefore(Path store, Instant time, By by) {
    return purge(store, row -> time, by);
  }

  /**
   * As the other one, only instances of some machines, with a time for each.
   *
   * @param times by the machine's name
   */
  public static Purged endedBefore(Path store, Map<String, Instant> times, By by) {
    return purge(store, row -> times.getOrDefault(row.machineName(), Instant.MIN), by);
  }

  private static Purged purge(Path store, Function<Row, Instant> time, By by) {
    return OwnedFile.with(
        store,
        sql -> {
          long before = OwnedFile.size(store);
          long gone = 0;
          String after = "";
          List<Row> page;
          do {
            page = InstanceTable.resting(sql, after, AT_ONCE);
            List<Object> taken = new ArrayList<>();
            sql.execute("BEGIN IMMEDIATE");
            for (Row row : page) {
              after = row.instance();
              if (row.since().isBefore(time.apply(row)) && OwnedFile.mustStay(sql, row).isEmpty()) {
                taken.add(take(sql, row.instance()));
              }
            }
            if (!taken.isEmpty()) {
              LinkTable.record(sql, record(by, taken));
              gone += taken.size();
            }
            CrashPoints.pass("mid-purge");
            sql.execute("COMMIT");
          } while (page.size() == AT_ONCE);
          CrashPoints.pass("before-purge-is-compacted");
          OwnedFile.compact(sql, store);
          return new Purged(gone, Math.max(0, before - OwnedFile.size(store)));
        });
  }

  /**
   * Takes an instance out whole.
   *
   * @return what stays on record of it: a hash of its id, how many entries it had, and the hash of
   *     the newest
   */
  private static List<Object> take(Sql sql, String instance) throws SQLException {
    List<String> hashes =
        sql.query(
            "SELECT hash FROM entry WHERE instance = ? ORDER BY seq",
            row -> Sql.text(row, 1),
            instance);
    for (String table : SqliteHoldings.TABLES) {
      OwnedFile.delete(sql, table, instance);
    }
    return List.of(
        StoreChain.idHash(LinkTable.store(sql), instance),
        (long) hashes.size(),
        hashes.isEmpty() ? "" : hashes.getLast());
  }

  private static Map<String, Object> record(By by, List<Object> taken) {
    return Map.of("record", "purged", "at", by.at().toString(), "by", by.who(), "instances", taken);
  }
}
