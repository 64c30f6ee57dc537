package dev.interlock.postgres;

import dev.interlock.core.journal.Store.StoreException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a transaction that writes begins with: its time-outs are set, and what it needs to survive a
 * crash is read back, since a server, a database or a role may be set otherwise at any time.
 */
final class Durability {
  private static final String BEGIN =
      """
      SELECT set_config('statement_timeout', ?, true),
        set_config('lock_timeout', ?, true),
        set_config('idle_in_transaction_session_timeout', ?, true),
        current_setting('synchronous_commit'),
        current_setting('fsync'),
        current_setting('full_page_writes'),
        current_setting('transaction_isolation'),
        current_setting('server_encoding')\
      """;

  private Durability() {}

  /**
   * @param most so long a statement may take, and the client between two of them
   * @param maxWait so long one waits for another transaction
   */
  static void begin(Sql sql, Duration most, Duration maxWait) throws SQLException {
    Map<String, String> found =
        sql.query(
                BEGIN,
                row -> {
                  Map<String, String> settings = new LinkedHashMap<>();
                  settings.put("synchronous_commit", row.text(4));
                  settings.put("fsync", row.text(5));
                  settings.put("full_page_writes", row.text(6));
                  settings.put("transaction_isolation", row.text(7));
                  settings.put("server_encoding", row.text(8));
                  return settings;
                },
                millis(most),
                millis(maxWait),
                millis(most))
            .getFirst();
    require(found);
  }

  private static String millis(Duration time) {
    return time.toMillis() + "ms";
  }

  /** Refuses settings under which what was confirmed could be lost or changed. */
  static void require(Map<String, String> settings) {
    settings.forEach((name, value) -> {
      String expected =
          switch (name) {
            case "transaction_isolation" -> "read committed";
            case "server_encoding" -> "UTF8";
            default -> value.equals("off") ? "on" : value;
          };
      if (!value.equals(expected)) {
        throw new StoreException(
            "found %s = %s on the server, expected %s: without it a store loses what it confirmed"
                .formatted(name, value, expected),
            null);
      }
    });
  }
}
