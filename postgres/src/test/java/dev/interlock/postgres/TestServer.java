package dev.interlock.postgres;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The server that tests use: the one that {@code INTERLOCK_TEST_POSTGRES} names, or one of their
 * own, which ends with them. Where there is neither, they are aborted and say so.
 */
final class TestServer {
  private static final String VARIABLE = "INTERLOCK_TEST_POSTGRES";
  private static final String EXPORT = "export " + VARIABLE + "='";
  private static final int NOT_INSTALLED = 3;
  private static final AtomicInteger NAMES = new AtomicInteger();

  private static @Nullable String started;

  private TestServer() {}

  /** Its URL, with user and password. */
  static String url() {
    String named = System.getenv(VARIABLE);
    return named != null && !named.isEmpty() ? named : own();
  }

  /** Of the tests' own server, which they may kill and spoil. */
  static synchronized String own() {
    if (started == null) {
      started = start();
      try (Connection connection = DriverManager.getConnection(started);
          Statement statement = connection.createStatement()) {
        statement.execute("ALTER SYSTEM RESET ALL"); // a run that was killed may have spoilt it
        statement.execute("SELECT pg_reload_conf()");
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(() -> script("stop")));
    }
    return started;
  }

  /** Starts it again after it was stopped or killed. */
  static String start() {
    Said said = script("start", "--no-install");
    if (said.exit == NOT_INSTALLED) {
      String message =
          "NOT RUN: the tests of PostgresStore. %s\nOr set %s=jdbc:postgresql://…?user=…&password=…"
              .formatted(said.text.strip(), VARIABLE);
      System.err.println(message);
      abort(message);
    }
    return said.text
        .lines()
        .filter(line -> line.startsWith(EXPORT))
        .map(line -> line.substring(EXPORT.length(), line.length() - 1))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(said.text));
  }

  /** As a crash would. */
  static void kill() {
    script("stop", "--kill");
  }

  private record Said(int exit, String text) {}

  private static Said script(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(checkout().resolve("scripts/postgres").toString());
    command.add(arguments[0]);
    command.add("--dir");
    command.add(Path.of("target", "postgres").toAbsolutePath().toString());
    command.addAll(List.of(arguments).subList(1, arguments.length));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Said(process.waitFor(), text);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path checkout() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("scripts/postgres"))) {
      folder = requireNonNull(folder.getParent(), "a checkout of Interlock");
    }
    return folder;
  }

  /** The name of a schema that nobody has used yet. */
  static String newSchema() {
    return "test_%d_%d".formatted(ProcessHandle.current().pid(), NAMES.incrementAndGet());
  }

  static PostgresSettings settings(String schema, String... parameters) {
    return settingsAt(url(), schema, parameters);
  }

  static PostgresSettings settingsAt(String url, String schema, String... parameters) {
    String more = parameters.length == 0 ? "" : "&" + String.join("&", parameters);
    return new PostgresSettings(
        url + "&currentSchema=" + schema + more,
        parameter(url, "user"),
        parameter(url, "password"),
        6);
  }

  static String parameter(String url, String name) {
    for (String each : url.replaceFirst(".*\\?", "").split("&", -1)) {
      if (each.startsWith(name + "=")) {
        return each.substring(name.length() + 1);
      }
    }
    return "";
  }

  static Connection connect() throws SQLException {
    return DriverManager.getConnection(url());
  }

  static void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  static void drop(String schema) throws SQLException {
    execute("DROP SCHEMA IF EXISTS %s CASCADE".formatted(schema));
  }
}
