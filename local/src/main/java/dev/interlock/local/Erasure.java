package dev.interlock.local;

import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.engine.CrashPoints;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes for good out of a store what was said to and by instances: texts, values of fields,
 * results, documents, and the key without which what stays (sizes and HMACs) tells nothing of them.
 * Rows and chains of hashes stay.
 */
public final class Erasure {
  /** Those that hold content, or what can be read of it. */
  private static final List<String> CONTENT =
      List.of("content", "result", "document", "snapshot", "instance_key");

  private Erasure() {}

  /**
   * Erases the content of instances. It is gone when this returns; if it is stopped or fails, it is
   * to be done again. What was erased before is erased again without harm.
   *
   * @param store which nobody else owns
   * @return forks of them, which hold a copy of their content and were not erased
   * @throws OwnedElsewhereException if somebody owns it
   * @throws StoreException if it is not there, is no store, or cannot be written; or an instance is
   *     not there or has not ended: then none is erased
   */
  public static Set<String> of(Path store, Set<String> instances) {
    return OwnedFile.with(
        store,
        sql -> {
          for (String id : instances) {
            requireEnded(sql, id);
          }
          Set<String> forks = forks(sql, instances);
          Schema.number(sql.connection(), "PRAGMA secure_delete = ON");
          sql.execute("BEGIN IMMEDIATE");
          for (String id : instances) {
            for (String table : CONTENT) {
              OwnedFile.delete(sql, table, id);
            }
          }
          CrashPoints.pass("mid-erase");
          sql.execute("COMMIT");
          CrashPoints.pass("before-erase-is-compacted");
          OwnedFile.compact(sql, store);
          return forks;
        });
  }

  private static void requireEnded(Sql sql, String id) throws SQLException {
    Row row =
        InstanceTable.get(sql, id)
            .orElseThrow(() ->
                new StoreException(
                    "found no instance %s, expected one of `interlock list`".formatted(id), null));
    if (!OwnedFile.ended(sql, row)) {
      throw new StoreException(
          "found that %s has not ended, expected one that has: `interlock cancel %s` ends it"
              .formatted(id, id),
          null);
    }
  }

  /** A fork has the key of what it was forked from. */
  private static Set<String> forks(Sql sql, Set<String> instances) throws SQLException {
    List<String> found = new ArrayList<>();
    for (String id : instances) {
      found.addAll(
          sql.query(
              """
              SELECT instance FROM instance_key WHERE key IN (
                SELECT key FROM instance_key WHERE instance = ?) ORDER BY instance\
              """,
              row -> Sql.text(row, 1),
              id));
    }
    Set<String> forks = new LinkedHashSet<>(found);
    forks.removeAll(instances);
    return forks;
  }
}
