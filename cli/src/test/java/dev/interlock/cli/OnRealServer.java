package dev.interlock.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A folder of the meeting rooms on a real Temporal server, in a corner of its own. */
record OnRealServer(Path folder, String own) {
  static final String TEMPORAL = "TEMPORAL_ADDRESS";
  static final String POSTGRES = "INTERLOCK_TEST_POSTGRES";

  /** What a person types to have the rooms in {@code here} carried there. */
  static OnRealServer rooms(Path here) {
    return of(FastServer.rooms(here));
  }

  static OnRealServer of(Path folder) {
    return new OnRealServer(folder, "test_" + UUID.randomUUID().toString().replace('-', '_'));
  }

  /** Its journals in a file. */
  OnRealServer inAFile() {
    return inAFile("");
  }

  /**
   * Its journals in a file.
   *
   * @param more keys of {@code temporal}, each after a comma
   */
  OnRealServer inAFile(String more) {
    return configured(System.getenv(TEMPORAL), more, "store: cases.db\n");
  }

  /** Its journals in PostgreSQL; the password is in the variable PW. */
  OnRealServer inPostgres() {
    return configured(
        System.getenv(TEMPORAL),
        "",
        "store: {postgres: \"%s?currentSchema=%s\", user: %s, password: \"${PW}\"}%n"
            .formatted(url().replaceFirst("\\?.*", ""), own, parameter("user")));
  }

  OnRealServer configured(String address, String more, String store) {
    try {
      Files.writeString(
          folder.resolve("interlock.yaml"),
          "%nengine: temporal%ntemporal: {address: \"%s\", taskQueue: %s, prefix: %s/%s}%n%s"
              .formatted(address, own, own, more, store),
          StandardOpenOption.APPEND);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void edit(Path file, UnaryOperator<String> edit) {
    try {
      String text = Files.readString(file);
      String edited = edit.apply(text);
      if (edited.equals(text)) {
        throw new AssertionError("nothing to edit in " + file);
      }
      Files.writeString(file, edited);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String url() {
    return System.getenv(POSTGRES);
  }

  private static String parameter(String name) {
    return url().replaceFirst(".*[?&]" + name + "=", "").replaceFirst("&.*", "");
  }

  Cli cli() {
    return System.getenv(POSTGRES) == null
        ? Cli.in(folder)
        : Cli.in(folder).with("PW", parameter("password"));
  }

  Cli.Run run(String... args) {
    return cli().run(args);
  }

  Cli.Running worker(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "worker";
    System.arraycopy(args, 0, all, 1, args.length);
    return cli().start(all).sees("is up");
  }

  /** In the schema of its journals. */
  void sql(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url() + "&currentSchema=" + own);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  void drop() throws SQLException {
    sql("DROP SCHEMA IF EXISTS %s CASCADE".formatted(own));
  }
}
