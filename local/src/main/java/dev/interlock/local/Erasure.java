package dev.interlock.local;

import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.engine.CrashPoints;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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
          Set<String> copies = copies(sql, instances);
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
          return copies;
        });
  }

  private static void requireEnded(Sql sql, String id) throws SQLException {
    Row row =
        InstanceTable.get(sql, id)
            .orElseThrow(() ->
                new StoreException(
                    "found no instance %s, expected one that was started: `interlock list` shows them"
                        .formatted(id),
                    null));
    Optional<String> why = OwnedFile.mustStay(sql, row);
    if (why.isPresent()) {
      throw new StoreException(why.get(), null);
    }
  }

  /**
   * Those that have a copy of their content and were not erased: forks of them, and what they were
   * forked from.
   */
  private static Set<String> copies(Sql sql, Set<String> instances) throws SQLException {
    List<Set<String>> forks =
        sql.query(
            """
            SELECT instance, json_extract(skeleton, '$.occurrence.origin') FROM entry
              WHERE json_valid(skeleton) AND json_extract(skeleton, '$.occurrence.type') = 'Forked'\
            """,
            row -> Set.of(Sql.text(row, 1), Sql.text(row, 2)));
    Set<String> related = new TreeSet<>(instances);
    boolean more = true;
    while (more) {
      more = false;
      for (Set<String> fork : forks) {
        if (fork.stream().anyMatch(related::contains)) {
          more |= related.addAll(fork);
        }
      }
    }
    Set<String> copies = new LinkedHashSet<>();
    for (String id : related) {
      if (!instances.contains(id) && EntryTable.key(sql, id).isPresent()) {
        copies.add(id);
      }
    }
    return copies;
  }
}
