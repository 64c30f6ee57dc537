package dev.interlock.postgres;

import dev.interlock.core.journal.Store.Count;
import dev.interlock.core.journal.Store.Due;
import dev.interlock.core.journal.Store.Filter;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.machine.Principal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The rows that lists are made of. */
final class InstanceTable {
  private static final String COLUMNS =
      """
      instance, machine, machine_name, caller, state, status, escalated_from, reason, started,
      since, due, live, seq, roles\
      """;

  private static final String PUT =
      """
      INSERT INTO instance (%s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (instance) DO UPDATE SET
        machine = excluded.machine, machine_name = excluded.machine_name,
        caller = excluded.caller, state = excluded.state, status = excluded.status,
        escalated_from = excluded.escalated_from, reason = excluded.reason,
        started = excluded.started, since = excluded.since, due = excluded.due,
        live = excluded.live, seq = excluded.seq, roles = excluded.roles\
      """
          .formatted(COLUMNS);

  private InstanceTable() {}

  static Step put(Row row) {
    return new Step(PUT, values(row));
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
      row.roles()
    };
  }

  /** The columns of an instance's row that are not as expected, and what they hold. */
  static Map<String, String> differences(Sql sql, Row expected) throws SQLException {
    String[] columns = COLUMNS.split(",\\s*", -1);
    StringJoiner compared = new StringJoiner(", ");
    List<@Nullable Object> values = new ArrayList<>();
    for (String column : columns) {
      compared.add("%s IS DISTINCT FROM ?, %<s::text".formatted(column));
    }
    Collections.addAll(values, values(expected));
    values.add(expected.instance());
    return sql.first(
            "SELECT " + compared + " FROM instance WHERE instance = ?",
            row -> {
              Map<String, String> differences = new LinkedHashMap<>();
              for (int i = 0; i < columns.length; i++) {
                if (row.bool(2 * i + 1)) {
                  differences.put(columns[i], String.valueOf(row.textOrNull(2 * i + 2)));
                }
              }
              return differences;
            },
            values.toArray())
        .orElse(Map.of());
  }

  static OptionalLong newest(Sql sql, String instance) throws SQLException {
    return sql
        .query("SELECT seq FROM instance WHERE instance = ?", row -> row.number(1), instance)
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
      conditions.add("(caller = ? OR roles && ?)");
      values.add(seenBy.id());
      values.add(seenBy.roles());
    }
    String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    values.add(filter.limit());
    return sql.query(
        "SELECT "
            + COLUMNS
            + " FROM instance"
            + where
            + " ORDER BY started DESC, instance DESC LIMIT ?",
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
        row -> new Count(row.text(1), row.text(2), row.number(3)));
  }

  static List<String> live(Sql sql, String afterId, int limit) throws SQLException {
    return sql.query(
        "SELECT instance FROM instance WHERE live AND instance > ? ORDER BY instance LIMIT ?",
        row -> row.text(1),
        afterId,
        limit);
  }

  static List<Due> due(Sql sql, Instant before, int limit) throws SQLException {
    return sql.query(
        """
        SELECT instance, due FROM instance WHERE due IS NOT NULL AND due < ?
        ORDER BY due, instance LIMIT ?\
        """,
        row -> new Due(row.text(1), row.time(2)),
        before,
        limit);
  }

  private static Row row(Sql.Found row) throws SQLException {
    return new Row(
        row.text(1),
        row.text(2),
        row.text(3),
        row.text(4),
        row.text(5),
        row.text(6),
        row.textOrNull(7),
        row.textOrNull(8),
        row.time(9),
        row.time(10),
        row.timeOrNull(11),
        row.bool(12),
        row.number(13),
        row.texts(14));
  }
}
