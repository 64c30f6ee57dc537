package dev.interlock.postgres;

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

  static Step put(PutResult result) {
    return new Step(
        "INSERT INTO result (instance, ref, text) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        result.instance(),
        result.ref(),
        result.text());
  }

  static Optional<String> result(Sql sql, String instance, String ref) throws SQLException {
    return sql.first(
        "SELECT text FROM result WHERE instance = ? AND ref = ?",
        row -> row.text(1),
        instance,
        ref);
  }

  static Step put(PutDocument put) {
    Document document = put.document().document();
    return new Step(
        """
        INSERT INTO document (instance, hash, size, bytes) VALUES (?, ?, ?, ?)
        ON CONFLICT DO NOTHING\
        """,
        put.instance(),
        document.hash(),
        document.size(),
        put.document().bytes());
  }

  static Optional<byte[]> document(Sql sql, String instance, String hash) throws SQLException {
    return sql.first(
        "SELECT bytes FROM document WHERE instance = ? AND hash = ?",
        row -> row.bytes(1),
        instance,
        hash);
  }

  static List<String> results(Sql sql, String instance) throws SQLException {
    return sql.query("SELECT ref FROM result WHERE instance = ?", row -> row.text(1), instance);
  }

  static Map<String, Long> documents(Sql sql, String instance) throws SQLException {
    Map<String, Long> sizes = new LinkedHashMap<>();
    sql.query(
            "SELECT hash, size FROM document WHERE instance = ? ORDER BY hash",
            row -> Map.entry(row.text(1), row.number(2)),
            instance)
        .forEach(one -> sizes.put(one.getKey(), one.getValue()));
    return sizes;
  }

  /** Whoever sets the same at once waits here until the first has committed. */
  static Step put(PutMark mark) {
    return new Step(
        "INSERT INTO mark (instance, key, mark, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        mark.instance(),
        mark.key(),
        mark.mark(),
        mark.at());
  }

  static Step put(Claim claim) {
    return put(claim.mark()).orElse(sql -> ConflictException.of(claim));
  }

  static Optional<Mark> mark(Sql sql, String instance, String key) throws SQLException {
    return sql.first(
        "SELECT mark FROM mark WHERE instance = ? AND key = ?",
        row -> Mark.valueOf(row.text(1)),
        instance,
        key);
  }

  /** The words of an instance's marks, by key. */
  static Map<String, String> marks(Sql sql, String instance) throws SQLException {
    Map<String, String> words = new LinkedHashMap<>();
    sql.query(
            "SELECT key, mark FROM mark WHERE instance = ?",
            row -> Map.entry(row.text(1), row.text(2)),
            instance)
        .forEach(one -> words.put(one.getKey(), one.getValue()));
    return words;
  }

  static Step put(Remember sent) {
    return new Step(
        "INSERT INTO sent_id (instance, id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        sent.instance(),
        sent.id());
  }

  static List<String> sent(Sql sql, String instance) throws SQLException {
    return sql.query("SELECT id FROM sent_id WHERE instance = ?", row -> row.text(1), instance);
  }

  static boolean seen(Sql sql, String instance, String id) throws SQLException {
    return sql.first(
            "SELECT 1 FROM sent_id WHERE instance = ? AND id = ?",
            row -> row.number(1),
            instance,
            id)
        .isPresent();
  }

  static Step put(Snapshot snapshot) {
    return new Step(
        """
        INSERT INTO snapshot (instance, seq, json) VALUES (?, ?, ?)
        ON CONFLICT (instance) DO UPDATE SET seq = excluded.seq, json = excluded.json\
        """,
        snapshot.instance(),
        snapshot.seq(),
        snapshot.json());
  }

  static Optional<Snapshot> snapshot(Sql sql, String instance) throws SQLException {
    return sql.first(
        "SELECT seq, json FROM snapshot WHERE instance = ?",
        row -> new Snapshot(instance, row.number(1), row.text(2)),
        instance);
  }

  static Step put(PutMachine machine) {
    return new Step(
        "INSERT INTO machine (pin, name, text, lock) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        machine.pin(),
        machine.name(),
        machine.text(),
        machine.lock());
  }

  static Optional<PutMachine> machine(Sql sql, String pin) throws SQLException {
    return sql.first(
        "SELECT name, text, lock FROM machine WHERE pin = ?",
        row -> new PutMachine(pin, row.text(1), row.text(2), row.text(3)),
        pin);
  }

  static List<String> machines(Sql sql) throws SQLException {
    return sql.query("SELECT pin FROM machine ORDER BY pin", row -> row.text(1));
  }
}
