package dev.interlock.local;

import dev.interlock.core.journal.Store.Count;
import dev.interlock.core.journal.Store.Due;
import dev.interlock.core.journal.Store.Filter;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.DamagedException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The rows that lists are made of. */
final class InstanceTable {
  private static final String COLUMNS =
      """
      instance, machine, machine_name, caller, state, status, escalated_from, reason, started,
      since, due, live, seq, roles\
      """;

  /** A step that changes nothing else: no index is written. */
  private static final String NEXT_SEQ =
      """
      UPDATE instance SET seq = ?
      WHERE instance = ? AND machine IS ? AND machine_name IS ? AND caller IS ? AND state IS ?
        AND status IS ? AND escalated_from IS ? AND reason IS ? AND started IS ? AND since IS ?
        AND due IS ? AND live IS ? AND seq IS NOT ? AND roles IS ?\
      """;

  private InstanceTable() {}

  static void put(Sql sql, Row row) throws SQLException {
    @Nullable Object[] values = values(row);
    @Nullable Object[] unchanged = new @Nullable Object[1 + values.length];
    unchanged[0] = row.seq();
    System.arraycopy(values, 0, unchanged, 1, values.length);
    if (sql.update(NEXT_SEQ, unchanged) > 0) {
      return;
    }
    sql.update(
        "INSERT OR REPLACE INTO instance ("
            + COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values);
  }

  /** In the order of {@link #COLUMNS}. */
  private static @Nullable Object[] values(Row row) {
    return new @Nullable Object[] {
      row.instance(),
      row.machine(),
      row.machineName(),
      row.caller(),
      row.state(),
      row.status(),
      row.escalatedFrom(),
      row.reason(),
      row.started(),
      row.since(),
      row.due(),
      row.live(),
      row.seq(),
      Json.write(row.roles())
    };
  }

  /** The columns of an instance's row that are not as expected, and what they hold. */
  static Map<String, String> differences(Sql sql, Row expected) throws SQLException {
    String[] columns = COLUMNS.split(",\\s*", -1);
    @Nullable Object[] values = values(expected);
    Map<String, String> differences = new LinkedHashMap<>();
    for (int i = 0; i < columns.length; i++) {
      String column = columns[i];
      sql.first(
              "SELECT %s FROM instance WHERE instance = ? AND %<s IS NOT ?".formatted(column),
              row -> String.valueOf(row.getString(1)),
              expected.instance(),
              values[i])
          .ifPresent(found -> differences.put(column, found));
    }
    return differences;
  }

  static OptionalLong newest(Sql sql, String instance) throws SQLException {
    return sql
        .query("SELECT seq FROM instance WHERE instance = ?", row -> row.getLong(1), instance)
        .stream()
        .mapToLong(Long::longValue)
        .findFirst();
  }

  static Optional<Row> get(Sql sql, String instance) throws SQLException {
    return sql.first(
        "SELECT " + COLUMNS + " FROM instance WHERE instance = ?", InstanceTable::row, instance);
  }

  static List<Row> list(Sql sql, Filter filter, @Nullable Principal seenBy) throws SQLException {
    List<String> conditions = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    equal("machine_name", filter.machineName(), conditions, values);
    equal("state", filter.state(), conditions, values);
    equal("status", filter.status(), conditions, values);
    equal("escalated_from", filter.escalatedFrom(), conditions, values);
    equal("caller", filter.caller(), conditions, values);
    if (seenBy != null) {
      conditions.add(
          """
          (caller = ? OR roles <> '[]' AND EXISTS (
            SELECT 1 FROM json_each(instance.roles) AS asked
            JOIN json_each(?) AS held ON held.value = asked.value))\
          """);
      values.add(seenBy.id());
      values.add(Json.write(seenBy.roles()));
    }
    String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    values.add(filter.limit());
    // CROSS JOIN: SQLite is to go through its index first, and to look up only the rows that are
    // shown
    return sql.query(
        "SELECT "
            + COLUMNS
            + " FROM (SELECT instance AS listed FROM instance"
            + where
            + " ORDER BY started DESC, instance DESC LIMIT ?)"
            + " CROSS JOIN instance ON instance = listed ORDER BY started DESC, instance DESC",
        InstanceTable::row,
        values.toArray());
  }

  private static void equal(
      String column, @Nullable String value, List<String> conditions, List<Object> values) {
    if (value != null) {
      conditions.add(column + " = ?");
      values.add(value);
    }
  }

  static List<Count> counts(Sql sql) throws SQLException {
    return sql.query(
        """
        SELECT machine_name, status, count(*) FROM instance
        GROUP BY machine_name, status ORDER BY machine_name, status\
        """,
        row -> new Count(row.getString(1), row.getString(2), row.getLong(3)));
  }

  static List<String> live(Sql sql, String afterId, int limit) throws SQLException {
    return sql.query(
        "SELECT instance FROM instance WHERE live = 1 AND instance > ? ORDER BY instance LIMIT ?",
        row -> row.getString(1),
        afterId,
        limit);
  }

  static List<Due> due(Sql sql, Instant before, int limit) throws SQLException {
    return sql.query(
        """
        SELECT instance, due FROM instance WHERE due IS NOT NULL AND due < ?
        ORDER BY due, instance LIMIT ?\
        """,
        row -> new Due(row.getString(1), Instant.ofEpochMilli(row.getLong(2))),
        before,
        limit);
  }

  /** Those without effects in flight, by id. */
  static List<Row> resting(Sql sql, String afterId, int limit) throws SQLException {
    return sql.query(
        "SELECT "
            + COLUMNS
            + " FROM instance WHERE live = 0 AND instance > ? ORDER BY instance LIMIT ?",
        InstanceTable::row,
        afterId,
        limit);
  }

  private static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        row.getString(8),
        Instant.ofEpochMilli(row.getLong(9)),
        Instant.ofEpochMilli(row.getLong(10)),
        due(row),
        row.getInt(12) == 1,
        row.getLong(13),
        roles(row.getString(1), row.getString(14)));
  }

  private static @Nullable Instant due(ResultSet row) throws SQLException {
    long due = row.getLong(11);
    return row.wasNull() ? null : Instant.ofEpochMilli(due);
  }

  private static List<String> roles(String instance, String json) {
    try {
      return ((List<?>) Json.parse(json))
          .stream().map(role -> (String) Objects.requireNonNull(role)).toList();
    } catch (RuntimeException e) { // whatever reading makes of text that no version wrote
      throw new DamagedException(instance, "the roles of its row: " + e.getMessage(), e);
    }
  }
}
