package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Every command, on a Temporal server and PostgreSQL. */
@EnabledIfEnvironmentVariable(named = OnRealServer.TEMPORAL, matches = ".+")
@EnabledIfEnvironmentVariable(named = OnRealServer.POSTGRES, matches = ".+")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RealServerPostgresTest {
  private static final Pattern TO_TYPE =
      Pattern.compile("interlock approve (\\S+) (\\S+@\\S+) --as (\\S+)");

  @TempDir private Path here;
  private OnRealServer rooms;

  @BeforeEach
  void make() {
    rooms = OnRealServer.rooms(here).inPostgres();
  }

  @AfterEach
  void drop() throws Exception {
    rooms.drop();
  }

  private void approve(String id) {
    Cli.Run show = rooms.run("show", id).ok();
    Matcher toType = TO_TYPE.matcher(show.out());
    assertThat(toType.find()).as(show.out()).isTrue();
    rooms.run("approve", id, toType.group(2), "--as", toType.group(3)).ok();
  }

  @Test
  @SuppressWarnings("try") // workers are only held open
  void twoWorkersAndAllCommandsShareIt() throws Exception {
    try (Cli.Running one = rooms.worker();
        Cli.Running watch = rooms.cli().start("watch").awaitErr("Watching all")) {
      try (Cli.Running other = rooms.worker("--quiet")) {
        for (int i = 1; i <= 4; i++) {
          rooms.run("start", "--id", "case-" + i, "--as", "ana", "A room").ok();
        }
        rooms.run("send", "case-1", "Yes, oak", "--as", "ana").ok();
        watch.sees("case-1");
      }
      rooms.run("send", "case-2", "Yes, oak", "--as", "ana").ok(); // one goes on alone
      approve("case-2");

      assertThat(rooms.run("list").ok().out())
          .containsPattern("case-1\\t.*waiting")
          .containsPattern("case-2\\t.*completed");
      assertThat(rooms.run("list", "--status", "completed").ok().out()).doesNotContain("case-1");
      assertThat(rooms.run("show", "case-2").ok().out()).contains("booked");
      assertThat(rooms.run("journal", "case-2", "--story").ok().out())
          .contains("Oak is free", "rooms.book");
      assertThat(rooms.run("fork", "case-1", "--id", "what-if").ok().out())
          .contains("Forked as what-if");
      assertThat(rooms.run("event", "case-3", "not_needed", "--as", "ana").ok().out())
          .contains("not needed");
      rooms.run("cancel", "case-4", "closed").ok();
      assertThat(rooms.run("replay").ok().out())
          .endsWith(
              "5 instances replayed: 5 the same, 0 on the same course with differences, 0 on"
                  + " another course.\n");
      assertThat(rooms.run("verify-journal").ok().out())
          .endsWith("5 journals checked, all whole.\n");
    }
    rooms.sql("UPDATE instance SET status = 'waiting' WHERE instance = 'case-2'");
    rooms.sql("DELETE FROM entry WHERE instance = 'case-4'");
    Cli.Run broken = rooms.run("verify-journal");
    assertThat(broken.code()).isEqualTo(ExitCode.FAILED);
    assertThat(broken.out())
        .contains("whole   case-1  ")
        .containsPattern(
            "broken  case-2, entry \\d+: its row has status waiting, which is not what")
        .containsPattern("broken  store: found \\d+ entries in its chain that are in no journal")
        .endsWith("5 journals checked, 2 broken; 1 fault beside them.\n");
    assertThat(here.resolve("rooms/cases.db")).doesNotExist();
  }

  @Test
  void errorsNameWhatToMendAndNoPassword() {
    Cli.Run wrong = Cli.in(rooms.folder()).with("PW", "hush").run("list");
    assertThat(wrong.code()).isEqualTo(ExitCode.FAILED);
    assertThat(wrong.err())
        .contains("password authentication failed", "expected a server that lets interlock in")
        .doesNotContain("hush");
    for (String command : List.of("replay", "verify-journal")) {
      assertThat(Cli.in(rooms.folder()).with("PW", "hush").run(command).err())
          .contains("password authentication failed");
    }
    assertThat(Cli.in(rooms.folder()).run("worker").err())
        .contains("the variable PW, which is not set");
    Cli.Run up = rooms.run("up");
    assertThat(up.err()).contains("`engine: temporal`", "worker");
  }
}
