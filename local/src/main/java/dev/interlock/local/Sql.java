package dev.interlock.local;

import dev.interlock.core.journal.Holdings.UnreadableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection with its prepared statements. Used by one thread at a time. */
final class Sql implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  Sql(Connection connection) {
    this.connection = connection;
  }

  Connection connection() {
    return connection;
  }

  /** Makes a value of a row. */
  interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** What a row has in a column that holds a text. */
  static String text(ResultSet row, int column) throws SQLException {
    return there(row.getString(column), row, column);
  }

  /** What a row has in a column that holds bytes. */
  static byte[] bytes(ResultSet row, int column) throws SQLException {
    return there(row.getBytes(column), row, column);
  }

  private static <T> T there(@Nullable T value, ResultSet row, int column) throws SQLException {
    if (value == null) {
      throw UnreadableException.nothingIn(row.getMetaData().getColumnLabel(column));
    }
    return value;
  }

  /** Something without values, such as {@code COMMIT}. */
  void execute(String sql) throws SQLException {
    bind(sql).execute();
  }

  /** How many rows were written. */
  int update(String sql, @Nullable Object... values) throws SQLException {
    return bind(sql, values).executeUpdate();
  }

  <T> List<T> query(String sql, Mapper<T> mapper, @Nullable Object... values) throws SQLException {
    List<T> found = new ArrayList<>();
    each(sql, mapper, found::add, values);
    return found;
  }

  /** Has each row's value taken, one after the other. */
  <T> void each(String sql, Mapper<T> mapper, Consumer<T> taker, @Nullable Object... values)
      throws SQLException {
    try (ResultSet rows = bind(sql, values).executeQuery()) {
      while (rows.next()) {
        taker.accept(mapper.map(rows));
      }
    }
  }

  <T> Optional<T> first(String sql, Mapper<T> mapper, @Nullable Object... values)
      throws SQLException {
    return query(sql, mapper, values).stream().findFirst();
  }

  private PreparedStatement bind(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      switch (values[i]) {
        case null -> statement.setNull(i + 1, Types.NULL);
        case String text -> statement.setString(i + 1, text);
        case Long number -> statement.setLong(i + 1, number);
        case Integer number -> statement.setLong(i + 1, number);
        case Boolean bool -> statement.setLong(i + 1, bool ? 1 : 0);
        case Instant time -> statement.setLong(i + 1, millis(time));
        case byte[] bytes -> statement.setBytes(i + 1, bytes);
        case Enum<?> constant -> statement.setString(i + 1, constant.name());
        default -> throw new IllegalArgumentException(values[i].getClass().getName());
      }
    }
    return statement;
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

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
