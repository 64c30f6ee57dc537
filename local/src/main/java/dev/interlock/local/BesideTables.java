package dev.interlock.local;

import dev.interlock.core.journal.Store.Claim;
import dev.interlock.core.journal.Store.ConflictException;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.journal.Store.PutDocument;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.journal.Store.PutMark;
import dev.interlock.core.journal.Store.PutResult;
import dev.interlock.core.journal.Store.Remember;
import dev.interlock.core.journal.Store.Snapshot;
import dev.interlock.core.machine.Document;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What lies beside journals: results, documents, marks, ids of what was sent, snapshots, machines.
 */
final class BesideTables {
  private BesideTables() {}

  static void put(Sql sql, PutResult result) throws SQLException {
    sql.update(
        "INSERT OR IGNORE INTO result (instance, ref, text) VALUES (?, ?, ?)",
        result.instance(),
        result.ref(),
        result.text());
  }

  static Optional<String> result(Sql sql, String instance, String ref) throws SQLException {
    return sql.first(
        "SELECT text FROM result WHERE instance = ? AND ref = ?",
        row -> Sql.text(row, 1),
        instance,
        ref);
  }

  static void put(Sql sql, PutDocument put) throws SQLException {
    Document document = put.document().document();
    sql.update(
        "INSERT OR IGNORE INTO document (instance, hash, size, bytes) VALUES (?, ?, ?, ?)",
        put.instance(),
        document.hash(),
        document.size(),
        put.document().bytes());
  }

  static Optional<byte[]> document(Sql sql, String instance, String hash) throws SQLException {
    return sql.first(
        "SELECT bytes FROM document WHERE instance = ? AND hash = ?",
        row -> Sql.bytes(row, 1),
        instance,
        hash);
  }

  static List<String> results(Sql sql, String instance) throws SQLException {
    return sql.query(
        "SELECT ref FROM result WHERE instance = ?", row -> Sql.text(row, 1), instance);
  }

  static Map<String, Long> documents(Sql sql, String instance) throws SQLException {
    Map<String, Long> sizes = new LinkedHashMap<>();
    sql.query(
            "SELECT hash, size FROM document WHERE instance = ? ORDER BY hash",
            row -> Map.entry(Sql.text(row, 1), row.getLong(2)),
            instance)
        .forEach(one -> sizes.put(one.getKey(), one.getValue()));
    return sizes;
  }

  static void put(Sql sql, Claim claim) throws SQLException {
    if (put(sql, claim.mark()) == 0) {
      throw ConflictException.of(claim);
    }
  }

  /** How many were set: none if there is one already. */
  static int put(Sql sql, PutMark mark) throws SQLException {
    return sql.update(
        "INSERT OR IGNORE INTO mark (instance, key, mark, at) VALUES (?, ?, ?, ?)",
        mark.instance(),
        mark.key(),
        mark.mark(),
        mark.at());
  }

  static Optional<Mark> mark(Sql sql, String instance, String key) throws SQLException {
    return sql.first(
        "SELECT mark FROM mark WHERE instance = ? AND key = ?",
        row -> Mark.valueOf(Sql.text(row, 1)),
        instance,
        key);
  }

  /** The words of an instance's marks, by key. */
  static Map<String, String> marks(Sql sql, String instance) throws SQLException {
    Map<String, String> words = new LinkedHashMap<>();
    sql.query(
            "SELECT key, mark FROM mark WHERE instance = ?",
            row -> Map.entry(Sql.text(row, 1), Sql.text(row, 2)),
            instance)
        .forEach(one -> words.put(one.getKey(), one.getValue()));
    return words;
  }

  static void put(Sql sql, Remember sent) throws SQLException {
    sql.update(
        "INSERT OR IGNORE INTO sent_id (instance, id) VALUES (?, ?)", sent.instance(), sent.id());
  }

  static List<String> sent(Sql sql, String instance) throws SQLException {
    return sql.query(
        "SELECT id FROM sent_id WHERE instance = ?", row -> Sql.text(row, 1), instance);
  }

  static boolean seen(Sql sql, String instance, String id) throws SQLException {
    return sql.first(
            "SELECT 1 FROM sent_id WHERE instance = ? AND id = ?",
            row -> row.getInt(1),
            instance,
            id)
        .isPresent();
  }

  static void put(Sql sql, Snapshot snapshot) throws SQLException {
    sql.update(
        "INSERT OR REPLACE INTO snapshot (instance, seq, json) VALUES (?, ?, ?)",
        snapshot.instance(),
        snapshot.seq(),
        snapshot.json());
  }

  static Optional<Snapshot> snapshot(Sql sql, String instance) throws SQLException {
    return sql.first(
        "SELECT seq, json FROM snapshot WHERE instance = ?",
        row -> new Snapshot(instance, row.getLong(1), Sql.text(row, 2)),
        instance);
  }

  static void put(Sql sql, PutMachine machine) throws SQLException {
    sql.update(
        "INSERT OR IGNORE INTO machine (pin, name, text, lock) VALUES (?, ?, ?, ?)",
        machine.pin(),
        machine.name(),
        machine.text(),
        machine.lock());
  }

  static Optional<PutMachine> machine(Sql sql, String pin) throws SQLException {
    return sql.first(
        "SELECT name, text, lock FROM machine WHERE pin = ?",
        row -> new PutMachine(pin, Sql.text(row, 1), Sql.text(row, 2), Sql.text(row, 3)),
        pin);
  }

  static List<String> machines(Sql sql) throws SQLException {
    return sql.query("SELECT pin FROM machine ORDER BY pin", row -> Sql.text(row, 1));
  }
}
