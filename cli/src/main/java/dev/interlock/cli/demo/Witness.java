package dev.interlock.cli.demo;

import dev.interlock.core.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the directory itself says happened: its database, and its log of the calls that reached it.
 * It asks neither the engine nor the journal.
 */
final class Witness {
  private final Path data;

  Witness(Path data) {
    this.data = data;
  }

  /**
   * A person as the directory has them.
   *
   * @param passwordVersion 1 until it is reset for the first time
   * @param devices what was handed out to them, a word for each time
   */
  record Account(
      String id, String name, int resets, int passwordVersion, List<String> devices, int mails) {
    boolean untouched() {
      return resets == 0 && passwordVersion == 1 && devices.isEmpty() && mails == 0;
    }
  }

  /** Everybody, by id. */
  List<Account> accounts() {
    String query =
        """
        SELECT p.id, p.name, a.password_version,
          (SELECT count(*) FROM resets r WHERE r.employee_id = p.id) AS resets,
          (SELECT group_concat(g.device, ' ') FROM grants g WHERE g.employee_id = p.id) AS devices,
          (SELECT count(*) FROM mails m WHERE m.recipient = p.email) AS mails
        FROM people p JOIN accounts a ON a.employee_id = p.id ORDER BY p.id
        """;
    try (Connection connection = open();
        PreparedStatement statement = connection.prepareStatement(query);
        ResultSet row = statement.executeQuery()) {
      List<Account> accounts = new ArrayList<>();
      while (row.next()) {
        String devices = row.getString("devices");
        accounts.add(
            new Account(
                row.getString("id"),
                row.getString("name"),
                row.getInt("resets"),
                row.getInt("password_version"),
                devices == null ? List.of() : List.of(devices.split(" ", -1)),
                row.getInt("mails")));
      }
      return accounts;
    } catch (SQLException e) {
      throw new IllegalStateException("the directory's database cannot be read", e);
    }
  }

  /** Mails that went to somebody who is not in the directory. */
  int mailsElsewhere() {
    String query = "SELECT count(*) FROM mails WHERE recipient NOT IN (SELECT email FROM people)";
    try (Connection connection = open();
        PreparedStatement statement = connection.prepareStatement(query);
        ResultSet row = statement.executeQuery()) {
      return row.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException("the directory's database cannot be read", e);
    }
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + data.resolve("directory.db"));
  }

  /** How often a tool got that far for an instance: {@code ARRIVED}, {@code DONE}. */
  long calls(String instance, String tool, String stage) {
    return arrivals().stream()
        .filter(line ->
            instance.equals(line.get("instance"))
                && tool.equals(line.get("tool"))
                && stage.equals(line.get("stage")))
        .count();
  }

  /** The tools that were called for an instance, in order. */
  List<String> toolsOf(String instance) {
    return arrivals().stream()
        .filter(line -> instance.equals(line.get("instance")))
        .filter(line -> "ARRIVED".equals(line.get("stage")))
        .map(line -> String.valueOf(line.get("tool")))
        .toList();
  }

  private List<Map<?, ?>> arrivals() {
    Path log = data.resolve("arrivals.jsonl");
    try {
      List<Map<?, ?>> lines = new ArrayList<>();
      for (String line : Files.exists(log) ? Files.readAllLines(log) : List.<String>of()) {
        // The newest line may still be being written.
        if (line.endsWith("}") && Json.parse(line) instanceof Map<?, ?> members) {
          lines.add(members);
        }
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
