package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.core.json.Json;
import dev.interlock.local.SqliteStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyJournalTest {
  @TempDir private Path here;
  private Path rooms;

  @BeforeEach
  void make() {
    rooms = FastServer.rooms(here);
  }

  private Cli.Run run(String... args) {
    return Cli.in(rooms).run(args);
  }

  private void sql(String sql) throws Exception {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + rooms.resolve("cases.db"));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void storeWithoutInstancesIsNoVerifiedOne() throws Exception {
    SqliteStore.open(rooms.resolve("cases.db")).close();
    assertThat(run("verify-journal").ok().out()).isEqualTo("No instances.\n");
    assertThat(run("verify-journal", "--json").ok().out()).isEqualTo("[]\n");

    sql("INSERT INTO sent_id VALUES ('case-9', 'm1')");

    Cli.Run rest = run("verify-journal");
    assertThat(rest.code()).isEqualTo(ExitCode.FAILED);
    assertThat(rest.out())
        .isEqualTo(
            """
            broken  case-9: it has rows, but no journal: sent_id
            1 journal checked, 1 broken.
            """);
  }

  @Test
  void everyFaultIsNamedWithInstanceAndEntry() throws Exception {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("start", "--id", "case-2", "--as", "ana").ok();
    sql("UPDATE instance SET status = 'completed' WHERE instance = 'case-2'");
    sql("DELETE FROM total");

    Cli.Run broken = run("verify-journal");
    assertThat(broken.code()).isEqualTo(ExitCode.FAILED);
    assertThat(broken.out())
        .contains("whole   case-1  ")
        .contains(
            "broken  case-2, entry 1: its row has status completed, which is not what the journal"
                + " gives\n")
        .contains("broken  store: the count of the instances that were started is missing\n")
        .endsWith("2 journals checked, 1 broken; 1 fault beside them.\n");
    Cli.Run one = run("verify-journal", "case-2", "--json");
    assertThat(one.code()).isEqualTo(ExitCode.FAILED);
    assertThat(Json.at(Json.parse("{\"a\":" + one.out() + "}"), "/a/0/faults/0/seq")).isEqualTo(1L);
  }

  @Test
  void damagedInstanceIsNamedByEveryCommand() throws Exception {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("start", "--id", "case-2", "--as", "ana").ok();
    sql("UPDATE content SET content = 'x' || content WHERE instance = 'case-2'");

    for (List<String> command :
        List.of(
            List.of("show", "case-2"),
            List.of("journal", "case-2"),
            List.of("send", "case-2", "hello", "--as", "ana"),
            List.of("run", "--id", "case-2"))) {
      Cli.Run run = run(command.toArray(String[]::new));
      assertThat(run.code()).as(command + run.err()).isEqualTo(ExitCode.FAILED);
      assertThat(run.err())
          .as("%s", command)
          .contains("instance case-2 cannot be read (entry 1: ")
          .contains("`interlock verify-journal case-2`");
    }
    run("send", "case-1", "yes", "--as", "ana").ok();
    assertThat(run("list").ok().out()).contains("case-2");

    sql("UPDATE instance SET roles = 'x' WHERE instance = 'case-2'");
    Cli.Run list = run("list");
    assertThat(list.code()).isEqualTo(ExitCode.FAILED);
    assertThat(list.err()).contains("instance case-2 cannot be read (the roles of its row: ");
  }
}
