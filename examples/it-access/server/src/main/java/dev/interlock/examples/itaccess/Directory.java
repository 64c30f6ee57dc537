package dev.interlock.examples.itaccess;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * People, their accounts, devices and mail in one SQLite file.
 *
 * <p>Every reset, grant and mail is a row of its own with the idempotency key that came with it,
 * and the key is not unique on purpose: a call that arrives twice leaves two rows, so that the file
 * shows how often each thing was really done. Thread-safe.
 */
final class Directory implements AutoCloseable {
  private final Connection connection;
  private final Clock clock;

  Directory(Path file, Clock clock) throws SQLException {
    this.connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    this.clock = clock;
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
      statement.execute("PRAGMA busy_timeout = 5000");
    }
    Seed.plant(connection);
  }

  /** The record of the person with that address: everything the directory knows. */
  synchronized Map<String, Object> person(String email) throws SQLException {
    return one("SELECT * FROM people WHERE email = ?", email, "nobody has the address " + email);
  }

  /** Gives the account a new password and says where the code to set it was sent. */
  synchronized Map<String, Object> reset(String employee, Meta meta) throws SQLException {
    Map<String, Object> person = employee(employee);
    inTransaction(() -> {
      update(
          "UPDATE accounts SET password_version = password_version + 1 WHERE employee_id = ?",
          employee);
      record("INSERT INTO resets (employee_id, key, instance, caller, at)", meta, employee);
    });
    return Map.of("employee_id", employee, "code_sent_to", person.get("phone"));
  }

  synchronized Map<String, Object> grant(String employee, String device, Meta meta)
      throws SQLException {
    employee(employee);
    one("SELECT * FROM devices WHERE id = ?", device, "the catalogue has no device " + device);
    inTransaction(() ->
        record(
            "INSERT INTO grants (employee_id, device, key, instance, caller, at)",
            meta,
            employee,
            device));
    return Map.of("employee_id", employee, "device", device);
  }

  synchronized Map<String, Object> mail(String to, String subject, String text, Meta meta)
      throws SQLException {
    inTransaction(() ->
        record(
            "INSERT INTO mails (recipient, subject, text, key, instance, caller, at)",
            meta,
            to,
            subject,
            text));
    return Map.of("to", to);
  }

  synchronized Map<String, Object> resetByKey(String key) throws SQLException {
    return found("SELECT employee_id, at FROM resets WHERE key = ?", key);
  }

  synchronized Map<String, Object> grantByKey(String key) throws SQLException {
    return found("SELECT employee_id, device, at FROM grants WHERE key = ?", key);
  }

  synchronized List<Map<String, Object>> devices() throws SQLException {
    return rows("SELECT id, name FROM devices ORDER BY id");
  }

  private Map<String, Object> employee(String id) throws SQLException {
    return one("SELECT * FROM people WHERE id = ?", id, "nobody has the id " + id);
  }

  private Map<String, Object> found(String query, String key) throws SQLException {
    List<Map<String, Object>> rows = rows(query, key);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("found", !rows.isEmpty());
    rows.stream().findFirst().ifPresent(answer::putAll);
    return answer;
  }

  private Map<String, Object> one(String query, String id, String otherwise) throws SQLException {
    return rows(query, id).stream().findFirst().orElseThrow(() -> new ToolFailure(otherwise));
  }

  private List<Map<String, Object>> rows(String query, String... arguments) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      bind(statement, List.of(arguments));
      List<Map<String, Object>> rows = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          Map<String, Object> row = new LinkedHashMap<>();
          for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
            row.put(result.getMetaData().getColumnName(column), result.getString(column));
          }
          rows.add(row);
        }
      }
      return rows;
    }
  }

  private void record(String insert, Meta meta, String... values) throws SQLException {
    List<String> all = new ArrayList<>(List.of(values));
    all.addAll(List.of(meta.key(), meta.instance(), meta.caller(), clock.instant().toString()));
    update(insert + " VALUES (" + "?, ".repeat(all.size() - 1) + "?)", all.toArray(String[]::new));
  }

  private void update(String sql, String... arguments) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, List.of(arguments));
      statement.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, List<String> arguments)
      throws SQLException {
    for (int index = 0; index < arguments.size(); index++) {
      statement.setString(index + 1, arguments.get(index));
    }
  }

  private interface Work {
    void run() throws SQLException;
  }

  private void inTransaction(Work work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      work.run();
      connection.commit();
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  @Override
  public synchronized void close() throws SQLException {
    connection.close();
  }
}
