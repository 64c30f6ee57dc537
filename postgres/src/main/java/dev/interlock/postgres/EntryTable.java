package dev.interlock.postgres;

import dev.interlock.core.journal.Holdings.Hashed;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store.ConflictException;
import dev.interlock.core.journal.Store.Create;
import dev.interlock.core.journal.Store.StoreException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Journals: the entries with their content, and the key of each instance's content. */
final class EntryTable {
  // A batch of INSERT … SELECT counts the rows of each, also where the driver rewrites batches.
  private static final String CREATE =
      "INSERT INTO instance_key (instance, machine, key) SELECT ?, ?, ? ON CONFLICT DO NOTHING";

  /** Whoever appends the same seq at once waits here until the first has committed. */
  private static final String APPEND =
      """
      INSERT INTO entry (instance, seq, skeleton, content, prev, hash)
      SELECT instance, ?, ?, ?, ?, ? FROM instance_key
      WHERE instance = ?
        AND ? = 1 + (SELECT coalesce(max(seq), 0) FROM entry WHERE instance = ?)
      ON CONFLICT DO NOTHING\
      """;

  private EntryTable() {}

  static Step create(Create create) {
    return new Step(CREATE, create.instance(), create.machine(), create.key())
        .orElse(sql -> ConflictException.of(create));
  }

  static Step append(SealedEntry entry) {
    return new Step(
            APPEND,
            entry.seq(),
            entry.skeleton(),
            entry.content(),
            entry.prev(),
            entry.hash(),
            entry.instance(),
            entry.seq(),
            entry.instance())
        .orElse(sql -> refused(sql, entry));
  }

  private static StoreException refused(Sql sql, SealedEntry entry) throws SQLException {
    boolean there =
        sql.first(
                "SELECT 1 FROM entry WHERE instance = ? AND seq = ?",
                row -> row.number(1),
                entry.instance(),
                entry.seq())
            .isPresent();
    return there
        ? ConflictException.of(entry)
        : new StoreException(
            "entry %d of instance %s does not follow the newest"
                .formatted(entry.seq(), entry.instance()),
            null);
  }

  static List<SealedEntry> list(Sql sql, String instance, long afterSeq, int limit)
      throws SQLException {
    return sql.query(
        """
        SELECT seq, skeleton, coalesce(content, ''), prev, hash FROM entry
        WHERE instance = ? AND seq > ? ORDER BY seq LIMIT ?\
        """,
        row ->
            new SealedEntry(
                instance, row.number(1), row.text(2), row.text(3), row.text(4), row.text(5)),
        instance,
        afterSeq,
        limit);
  }

  /** The hash of each entry, by instance and seq. */
  static void hashes(Sql sql, Consumer<Hashed> each) throws SQLException {
    sql.each(
        "SELECT instance, seq, coalesce(hash, '') FROM entry ORDER BY instance, seq",
        row -> new Hashed(row.text(1), row.number(2), row.text(3)),
        each);
  }

  /** The seqs of the entries that have content. */
  static List<Long> contents(Sql sql, String instance) throws SQLException {
    return sql.query(
        "SELECT seq FROM entry WHERE instance = ? AND content IS NOT NULL ORDER BY seq",
        row -> row.number(1),
        instance);
  }

  /** The machine beside the key. */
  static Optional<String> pin(Sql sql, String instance) throws SQLException {
    return sql.first(
        "SELECT machine FROM instance_key WHERE instance = ?", row -> row.text(1), instance);
  }

  static Optional<String> key(Sql sql, String instance) throws SQLException {
    return sql.first(
        "SELECT key FROM instance_key WHERE instance = ?", row -> row.text(1), instance);
  }
}
