package dev.interlock.local;

import dev.interlock.core.journal.Holdings.Hashed;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store.ConflictException;
import dev.interlock.core.journal.Store.Create;
import dev.interlock.core.journal.Store.StoreException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Journals: the entries, their content beside them, and the key of each instance's content. */
final class EntryTable {
  private EntryTable() {}

  static void create(Sql sql, Create create) throws SQLException {
    int written =
        sql.update(
            "INSERT OR IGNORE INTO instance_key (instance, machine, key) VALUES (?, ?, ?)",
            create.instance(),
            create.machine(),
            create.key());
    if (written == 0) {
      throw ConflictException.of(create);
    }
  }

  static void append(Sql sql, SealedEntry entry) throws SQLException {
    int written =
        sql.update(
            """
            INSERT INTO entry (instance, seq, skeleton, prev, hash)
            SELECT instance, ?, ?, ?, ? FROM instance_key
            WHERE instance = ?
              AND ? = 1 + (SELECT coalesce(max(seq), 0) FROM entry WHERE instance = ?)\
            """,
            entry.seq(),
            entry.skeleton(),
            entry.prev(),
            entry.hash(),
            entry.instance(),
            entry.seq(),
            entry.instance());
    if (written == 0) {
      if (has(sql, entry)) {
        throw ConflictException.of(entry);
      }
      throw new StoreException(
          "entry %d of instance %s does not follow the newest"
              .formatted(entry.seq(), entry.instance()),
          null);
    }
    sql.update(
        "INSERT INTO content (instance, seq, content) VALUES (?, ?, ?)",
        entry.instance(),
        entry.seq(),
        entry.content());
  }

  private static boolean has(Sql sql, SealedEntry entry) throws SQLException {
    return sql.first(
            "SELECT 1 FROM entry WHERE instance = ? AND seq = ?",
            row -> row.getInt(1),
            entry.instance(),
            entry.seq())
        .isPresent();
  }

  static List<SealedEntry> list(Sql sql, String instance, long afterSeq, int limit)
      throws SQLException {
    return sql.query(
        """
        SELECT entry.seq, skeleton, coalesce(content, ''), prev, hash
        FROM entry LEFT JOIN content
          ON content.instance = entry.instance AND content.seq = entry.seq
        WHERE entry.instance = ? AND entry.seq > ? ORDER BY entry.seq LIMIT ?\
        """,
        row ->
            new SealedEntry(
                instance,
                row.getLong(1),
                Sql.text(row, 2),
                Sql.text(row, 3),
                Sql.text(row, 4),
                Sql.text(row, 5)),
        instance,
        afterSeq,
        limit);
  }

  /** The hash of each entry, by instance and seq. */
  static void hashes(Sql sql, Consumer<Hashed> each) throws SQLException {
    sql.each(
        "SELECT instance, seq, coalesce(hash, '') FROM entry ORDER BY instance, seq",
        row -> new Hashed(Sql.text(row, 1), row.getLong(2), Sql.text(row, 3)),
        each);
  }

  static List<Long> contents(Sql sql, String instance) throws SQLException {
    return sql.query(
        "SELECT seq FROM content WHERE instance = ? ORDER BY seq", row -> row.getLong(1), instance);
  }

  /** The machine beside the key. */
  static Optional<String> pin(Sql sql, String instance) throws SQLException {
    return sql.first(
        "SELECT machine FROM instance_key WHERE instance = ?", row -> Sql.text(row, 1), instance);
  }

  static Optional<String> key(Sql sql, String instance) throws SQLException {
    return sql.first(
        "SELECT key FROM instance_key WHERE instance = ?", row -> Sql.text(row, 1), instance);
  }
}
