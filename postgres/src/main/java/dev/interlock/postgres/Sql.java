package dev.interlock.postgres;

import dev.interlock.core.journal.Holdings.UnreadableException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Statements on a connection. Used by one thread at a time. */
final class Sql {
  private static final int FETCHED = 5_000;

  private final Connection connection;
  private final Duration most;

  /**
   * @param most so long a query may take
   */
  Sql(Connection connection, Duration most) {
    this.connection = connection;
    this.most = most;
  }

  /** Makes a value of a row. */
  interface Mapper<T> {
    T map(Found row) throws SQLException;
  }

  /** A row of a result. Columns count from 1. */
  record Found(ResultSet rows) {
    String text(int column) throws SQLException {
      return Texts.decode(there(rows.getString(column), column));
    }

    @Nullable String textOrNull(int column) throws SQLException {
      String stored = rows.getString(column);
      return stored == null ? null : Texts.decode(stored);
    }

    List<String> texts(int column) throws SQLException {
      Array texts = there(rows.getArray(column), column);
      return Arrays.stream((String[]) texts.getArray()).map(Texts::decode).toList();
    }

    long number(int column) throws SQLException {
      long number = rows.getLong(column);
      return there(rows.wasNull() ? null : number, column);
    }

    boolean bool(int column) throws SQLException {
      return rows.getBoolean(column);
    }

    byte[] bytes(int column) throws SQLException {
      return there(rows.getBytes(column), column);
    }

    Instant time(int column) throws SQLException {
      return Instant.ofEpochMilli(number(column));
    }

    @Nullable Instant timeOrNull(int column) throws SQLException {
      long millis = rows.getLong(column);
      return rows.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    private <T> T there(@Nullable T value, int column) throws SQLException {
      if (value == null) {
        throw UnreadableException.nothingIn(rows.getMetaData().getColumnLabel(column));
      }
      return value;
    }
  }

  /** Something without values and rows. */
  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** How many rows each of them wrote: the same statement with these values, sent in one go. */
  int[] batch(String sql, List<@Nullable Object[]> rows) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (@Nullable Object[] values : rows) {
        bind(statement, values);
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }

  <T> List<T> query(String sql, Mapper<T> mapper, @Nullable Object... values) throws SQLException {
    List<T> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setQueryTimeout((int) Math.max(1, most.toSeconds()));
      bind(statement, values);
      take(statement, mapper, found::add);
    }
    return found;
  }

  /** Has each row's value taken, in a transaction: so many rows at a time are in memory. */
  <T> void each(String sql, Mapper<T> mapper, Consumer<T> taker) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setFetchSize(FETCHED);
      take(statement, mapper, taker);
    }
  }

  private static <T> void take(PreparedStatement statement, Mapper<T> mapper, Consumer<T> taker)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      Found row = new Found(rows);
      while (rows.next()) {
        taker.accept(mapper.map(row));
      }
    }
  }

  <T> Optional<T> first(String sql, Mapper<T> mapper, @Nullable Object... values)
      throws SQLException {
    return query(sql, mapper, values).stream().findFirst();
  }

  private void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      switch (values[i]) {
        case null -> statement.setNull(i + 1, Types.NULL);
        case String text -> statement.setString(i + 1, Texts.encode(text));
        case Long number -> statement.setLong(i + 1, number);
        case Integer number -> statement.setLong(i + 1, number);
        case Boolean bool -> statement.setBoolean(i + 1, bool);
        case Instant time -> statement.setLong(i + 1, millis(time));
        case byte[] bytes -> statement.setBytes(i + 1, bytes);
        case Enum<?> constant -> statement.setString(i + 1, constant.name());
        case List<?> texts ->
            statement.setArray(
                i + 1,
                connection.createArrayOf(
                    "text", texts.stream().map(text -> Texts.encode((String) text)).toArray()));
        default -> throw new IllegalArgumentException(values[i].getClass().getName());
      }
    }
  }

  private static long millis(Instant time) {
    if (time.isAfter(Instant.ofEpochMilli(Long.MAX_VALUE))) {
      return Long.MAX_VALUE;
    }
    if (time.isBefore(Instant.ofEpochMilli(Long.MIN_VALUE))) {
      return Long.MIN_VALUE;
    }
    return time.toEpochMilli();
  }
}
