package dev.interlock.local;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store.Append;
import dev.interlock.core.journal.Store.Write;
import dev.interlock.core.journal.StoreChain;
import dev.interlock.core.journal.StoreChain.Link;
import dev.interlock.core.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The chain over the whole file. One at a time writes to a file, so there is one lane; the first
 * link, of a lane of its own, has position 0.
 */
final class LinkTable {
  private static final HexFormat HEX = HexFormat.of();

  /** So many entries that are older than the chain are named by one link. */
  private static final int AT_ONCE = 1_000;

  /** What is linked to where all links were taken out: that is found, and stops nobody. */
  private static final Link MISSING = new Link(StoreChain.BEGIN, 0, "", "", SealedEntry.NO_PREV);

  private static final String LINK = "SELECT position, leaves, record, hash FROM link ";

  private LinkTable() {}

  /**
   * Seals the first link, and names all entries that are there, in the transaction that is open.
   */
  static void begin(Sql sql) throws SQLException {
    String record =
        sql.query("SELECT record FROM link WHERE position = 0", row -> Sql.text(row, 1)).getFirst();
    sql.update(
        "UPDATE link SET hash = ? WHERE position = 0",
        HEX.parseHex(StoreChain.hash(SealedEntry.NO_PREV, StoreChain.BEGIN, "", record)));
    List<String> leaves = new ArrayList<>();
    EntryTable.hashes(sql, it -> leaves.add(StoreChain.leaf(it.instance(), it.seq(), it.hash())));
    for (int from = 0; from < leaves.size(); from += AT_ONCE) {
      int to = Math.min(from + AT_ONCE, leaves.size());
      put(sql, String.join("", leaves.subList(from, to)), "");
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
      put(sql, leaves.toString(), "");
    }
  }

  /** Puts on record what is done to the store, in the transaction that does it. */
  static void record(Sql sql, Map<String, Object> record) throws SQLException {
    put(sql, "", Json.write(record));
  }

  private static void put(Sql sql, String leaves, String record) throws SQLException {
    Link last = newest(sql).orElse(MISSING);
    sql.update(
        "INSERT INTO link (position, leaves, record, hash) VALUES (?, ?, ?, ?)",
        last.position() + 1,
        HEX.parseHex(leaves),
        record,
        HEX.parseHex(StoreChain.hash(last.hash(), StoreChain.FIRST, leaves, record)));
  }

  /** Empty where all were taken out. */
  static Optional<Link> newest(Sql sql) throws SQLException {
    return sql.first(LINK + "ORDER BY position DESC LIMIT 1", LinkTable::link);
  }

  /** The hash of a link, if there is one at that position. */
  static Optional<String> hash(Sql sql, long position) throws SQLException {
    return sql.first(LINK + "WHERE position = ?", row -> link(row).hash(), position);
  }

  /** What the store is called. */
  static String store(Sql sql) throws SQLException {
    return sql.first(
            "SELECT json_extract(record, '$.store') FROM link WHERE position = 0",
            row -> Sql.text(row, 1))
        .orElse("");
  }

  /** Each link, by lane and position. */
  static void links(Sql sql, Consumer<Link> each) throws SQLException {
    sql.each(LINK + "ORDER BY position", LinkTable::link, each);
  }

  private static Link link(ResultSet row) throws SQLException {
    long position = row.getLong(1);
    return new Link(
        position > 0 ? StoreChain.FIRST : StoreChain.BEGIN,
        position,
        HEX.formatHex(Sql.bytes(row, 2)),
        Sql.text(row, 3),
        HEX.formatHex(Sql.bytes(row, 4)));
  }
}
