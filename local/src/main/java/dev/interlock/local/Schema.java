package dev.interlock.local;

import dev.interlock.core.journal.Store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The database's tables, by numbered migrations, and what tells it from other databases. */
final class Schema {
  /** "ILOK": stands in the file's header. */
  static final int APPLICATION_ID = 0x494C_4F4B;

  /** The newest schema that this version knows: the highest number of {@code schema/N.sql}. */
  static final int NEWEST = 5;

  private static final String STRANGE =
      "SELECT count(*) FROM sqlite_schema WHERE type IN ('trigger', 'view')";

  /** The first schema with a chain over the whole store. */
  private static final int CHAINED = 5;

  private Schema() {}

  /**
   * Refuses what is not Interlock's, or newer.
   *
   * @return the file's schema, 0 if it is empty
   */
  static int check(Connection connection, Path file) throws SQLException {
    int id = number(connection, "PRAGMA application_id");
    int version = number(connection, "PRAGMA user_version");
    int tables = number(connection, "SELECT count(*) FROM sqlite_schema");
    if (id == 0 && version == 0 && tables == 0) {
      return 0;
    }
    if (id != APPLICATION_ID) {
      throw new StoreException(
          ("found that %s is a database of another program, expected one of Interlock or none: name"
                  + " another file as `store`")
              .formatted(file),
          null);
    }
    if (version > NEWEST) {
      throw new StoreException(
          ("found schema %d in %s, expected at most %d: a newer Interlock wrote it, use that one or"
                  + " a newer")
              .formatted(version, file, NEWEST),
          null);
    }
    if (version == NEWEST && number(connection, STRANGE) > 0) {
      throw new StoreException(
          "found a trigger or a view in %s, expected none: somebody put it in, and it may change what is written; restore a backup"
              .formatted(file),
          null);
    }
    return version;
  }

  /** Brings the tables up to date, in one transaction. */
  static void migrate(Sql sql, int from) throws SQLException {
    if (from == NEWEST) {
      return;
    }
    Connection connection = sql.connection();
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      for (int number = from + 1; number <= NEWEST; number++) {
        for (String each : script(number).split(";\\s*\n", -1)) {
          if (!each.isBlank()) {
            statement.execute(each);
          }
        }
        if (number == CHAINED) {
          LinkTable.begin(sql);
        }
      }
      statement.execute("PRAGMA application_id = " + APPLICATION_ID);
      statement.execute("PRAGMA user_version = " + NEWEST);
      statement.execute("COMMIT");
    }
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

  /** The one integer that a query gives. */
  static int number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }

  /** The one text that a query gives. */
  static String text(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }
}
