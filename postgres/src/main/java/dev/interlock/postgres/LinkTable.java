package dev.interlock.postgres;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store.Append;
import dev.interlock.core.journal.Store.Write;
import dev.interlock.core.journal.StoreChain;
import dev.interlock.core.journal.StoreChain.Link;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The chain over the whole store. Several write at once: each commit goes on in the first lane that
 * nobody holds, and holds it until it is done, so that none waits for another. There are as many
 * lanes as there were ever commits at once.
 */
final class LinkTable {
  private static final HexFormat HEX = HexFormat.of();

  /** Where there are more commits at once, the others wait for each other. */
  private static final int MAX_LANES = 256;

  /** So many entries that are older than the chain are named by one link. */
  private static final int AT_ONCE = 1_000;

  private LinkTable() {}

  /**
   * Seals the first link, and names all entries that are there, in the transaction that is open.
   */
  static void begin(Sql sql) throws SQLException {
    String record =
        sql.query("SELECT record FROM link WHERE lane = 0", row -> row.text(1)).getFirst();
    run(
        sql,
        "UPDATE link SET hash = ? WHERE lane = 0",
        HEX.parseHex(StoreChain.hash(SealedEntry.NO_PREV, StoreChain.BEGIN, "", record)));
    List<String> leaves = new ArrayList<>();
    EntryTable.hashes(sql, it -> leaves.add(StoreChain.leaf(it.instance(), it.seq(), it.hash())));
    for (int from = 0; from < leaves.size(); from += AT_ONCE) {
      int to = Math.min(from + AT_ONCE, leaves.size());
      put(sql, StoreChain.FIRST, String.join("", leaves.subList(from, to)));
    }
  }

  /** Links the entries that a commit appends, in its transaction. */
  static void append(Sql sql, List<Write> writes) throws SQLException {
    StringBuilder leaves = new StringBuilder();
    for (Write write : writes) {
      if (write instanceof Append(SealedEntry entry)) {
        leaves.append(StoreChain.leaf(entry.instance(), entry.seq(), entry.hash()));
      }
    }
    if (!leaves.isEmpty()) {
      put(sql, freeLane(sql), leaves.toString());
    }
  }

  /**
   * A lane that nobody else goes on in until this transaction has ended. Its newest link is to be
   * read by another statement: this one may not see it yet.
   */
  private static int freeLane(Sql sql) throws SQLException {
    Optional<Long> free =
        sql.first(
            """
            SELECT lane FROM generate_series(1, ?::int) AS lane
            WHERE pg_try_advisory_xact_lock('link'::regclass::oid::int, lane) LIMIT 1\
            """,
            row -> row.number(1),
            MAX_LANES);
    if (free.isEmpty()) {
      sql.query(
          "SELECT pg_advisory_xact_lock('link'::regclass::oid::int, ?::int)::text",
          row -> true,
          StoreChain.FIRST);
    }
    return free.orElse((long) StoreChain.FIRST).intValue();
  }

  /** Whatever stands last in the lane is linked to: where it was damaged that is found later. */
  private static void put(Sql sql, int lane, String leaves) throws SQLException {
    run(
        sql,
        """
        INSERT INTO link (lane, position, leaves, record, hash)
        SELECT ?, position + 1, ?, '', sha256(convert_to(encode(hash, 'hex') || ?, 'UTF8'))
        FROM (
          (SELECT position, hash FROM link WHERE lane = ? ORDER BY position DESC LIMIT 1)
          UNION ALL (SELECT 0, hash FROM link WHERE lane = 0 LIMIT 1)
          UNION ALL SELECT -1, decode(?, 'hex')
        ) AS before ORDER BY position DESC LIMIT 1\
        """,
        lane,
        HEX.parseHex(leaves),
        StoreChain.rest(lane, leaves, ""),
        lane,
        SealedEntry.NO_PREV);
  }

  private static void run(Sql sql, String statement, Object... values) throws SQLException {
    Step.run(sql, List.of(new Step(statement, values)));
  }

  /** Each link, by lane and position. */
  static void links(Sql sql, Consumer<Link> each) throws SQLException {
    sql.each(
        "SELECT lane, position, leaves, record, hash FROM link ORDER BY lane, position",
        LinkTable::link,
        each);
  }

  private static Link link(Sql.Found row) throws SQLException {
    return new Link(
        Math.toIntExact(row.number(1)),
        row.number(2),
        HEX.formatHex(row.bytes(3)),
        row.text(4),
        HEX.formatHex(row.bytes(5)));
  }
}
