package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  @TempDir private Path here;
  private Path rooms;

  @BeforeEach
  void make() {
    rooms = FastServer.rooms(here);
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("send", "case-1", "Yes, oak", "--as", "ana").ok();
    run("start", "--id", "case-2", "--as", "ben").ok();
  }

  private Cli.Run run(String... args) {
    return Cli.in(rooms).run(args);
  }

  /** The folder beside it, with another machine; its store is never made. */
  private void fixed(String from, String to) throws IOException {
    Path fixed = Files.createDirectory(here.resolve("fixed"));
    for (String file : new String[] {"interlock.yaml", "tools.lock"}) {
      Files.copy(rooms.resolve(file), fixed.resolve(file));
    }
    String text = Files.readString(rooms.resolve("machine.yaml"));
    assertThat(text).contains(from);
    Files.writeString(fixed.resolve("machine.yaml"), text.replace(from, to));
  }

  @Test
  void whatWasRecordedIsDecidedAgainTheSame() {
    assertThat(run("replay").ok().out())
        .contains("same     case-1  ")
        .contains("same     case-2  1 entry\n")
        .endsWith(
            "2 instances replayed: 2 the same, 0 on the same course with differences, 0 on another"
                + " course.\n");
    assertThat(run("replay", "case-2").ok().out()).doesNotContain("case-1");
  }

  @Test
  void fixShowsWhereHistoryWouldHaveGoneAnotherWay() throws IOException {
    fixed("    ask: user\n    expires: P1D\n", "    when: \"'oak' != context.room\"\n");
    String before = run("journal", "case-1").out();

    Cli.Run replay = run("replay", "--under", "../fixed");

    assertThat(replay.code()).isEqualTo(ExitCode.FAILED);
    assertThat(replay.out())
        .contains("same     case-2")
        .contains("parts    case-1  takes another course at entry ")
        .containsPattern("recorded, by version .*:\n.*waits")
        .containsPattern("  now:\n.*refused.*the person agrees to the booking")
        .endsWith(
            "2 instances replayed under the machine of ../fixed: 1 the same, 0 on the same course"
                + " with differences, 1 on another course.\n");
    assertThat(run("journal", "case-1").out()).isEqualTo(before);
    assertThat(here.resolve("fixed/cases.db")).doesNotExist();
    Cli.Run json = run("replay", "case-1", "--under", "../fixed", "--json");
    assertThat(json.out()).contains("\"parted\":true", "CallRefused");
  }

  @Test
  void otherSentenceOfTheGoalChangesNothing() throws IOException {
    fixed("Help the person choose a room.", "Help choose.");
    assertThat(run("replay", "--under", "../fixed").ok().out()).contains("2 the same");
  }

  @Test
  void errorsSayWhatToDo() throws Exception {
    assertThat(run("replay", "case-9").err()).contains("no instance case-9");
    Cli.Run nowhere = run("replay", "--under", "../nowhere");
    assertThat(nowhere.err()).contains("no folder", "--under DIR");
    assertThat(nowhere.code()).isEqualTo(2);
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + rooms.resolve("cases.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE content SET content = 'x' || content WHERE instance = 'case-2'");
    }
    Cli.Run broken = run("replay");
    assertThat(broken.code()).isEqualTo(ExitCode.FAILED);
    assertThat(broken.err())
        .contains("case-2, which cannot be read")
        .contains("verify-journal case-2");
  }
}
