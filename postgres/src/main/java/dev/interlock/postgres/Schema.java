package dev.interlock.postgres;

import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/** The tables, by numbered migrations, in the schema that is the connection's current one. */
final class Schema {
  /** The newest schema that this version knows: the highest number of {@code schema/N.sql}. */
  static final int NEWEST = 2;

  /** The first schema with a chain over the whole store. */
  private static final int CHAINED = 2;

  /** "ILOK". Whoever migrates holds it. */
  private static final int ADVISORY_LOCK = 0x494C_4F4B;

  private final Connection connection;
  private final Sql sql;
  private final String where;

  /**
   * @param where the database, for errors
   */
  Schema(Connection connection, Sql sql, String where) {
    this.connection = connection;
    this.sql = sql;
    this.where = where;
  }

  /**
   * Makes the tables or brings them up to date, in the transaction that is open; one process does
   * it at a time.
   *
   * @throws StoreException if the schema is another program's, or newer
   */
  void migrate() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(%d)".formatted(ADVISORY_LOCK));
    }
    Optional<String> there = current();
    String name = there.isPresent() ? there.get() : create();
    int version = version(name);
    if (version > NEWEST) {
      throw new StoreException(
          ("found schema %d in %s of %s, expected at most %d: a newer Interlock wrote it, use that"
                  + " one or a newer")
              .formatted(version, name, where, NEWEST),
          null);
    }
    for (int number = version + 1; number <= NEWEST; number++) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(script(number));
        statement.execute("UPDATE interlock_schema SET version = " + number);
      }
      if (number == CHAINED) {
        LinkTable.begin(sql);
      }
    }
  }

  private Optional<String> current() throws SQLException {
    return sql.query("SELECT current_schema()", row -> Optional.ofNullable(row.textOrNull(1)))
        .getFirst();
  }

  /** The first of the search path, which is not there yet. */
  private String create() throws SQLException {
    String wanted =
        sql.query(
                "SELECT trim(split_part(current_setting('search_path'), ',', 1))",
                row -> row.text(1))
            .getFirst();
    if (wanted.isEmpty() || wanted.equals("\"$user\"")) {
      throw new StoreException(
          "found no schema to write to in %s, expected one: name it by the URL's currentSchema"
              .formatted(where),
          null);
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS " + quoted(wanted));
    }
    return current()
        .orElseThrow(() ->
            new StoreException(
                "found that the schema %s of %s may not be used, expected USAGE on it"
                    .formatted(wanted, where),
                null));
  }

  /** As the search path means it: in small letters, unless it is quoted there. */
  private String quoted(String name) throws SQLException {
    return sql.query("SELECT quote_ident((parse_ident(?))[1])", row -> row.text(1), name)
        .getFirst();
  }

  /** 0 if nothing is there yet. */
  private int version(String name) throws SQLException {
    if (relations(name, "relname = 'interlock_schema'") == 0) {
      if (relations(name, "relkind IN ('r', 'p', 'v', 'm', 'f')") > 0) {
        throw new StoreException(
            ("found that the schema %s of %s holds tables of another program, expected one of"
                    + " Interlock's own: name it by the URL's currentSchema")
                .formatted(name, where),
            null);
      }
      return 0;
    }
    return sql.query("SELECT version FROM interlock_schema", row -> (int) row.number(1)).getFirst();
  }

  private long relations(String schema, String condition) throws SQLException {
    return sql.query(
            """
            SELECT count(*) FROM pg_catalog.pg_class
            JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
            WHERE nspname = ? AND \
            """
                + condition,
            row -> row.number(1),
            schema)
        .getFirst();
  }

  private static String script(int number) {
    String name = "schema/%d.sql".formatted(number);
    try (InputStream in = Schema.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }
}
