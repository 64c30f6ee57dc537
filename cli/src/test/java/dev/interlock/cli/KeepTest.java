package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.core.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeepTest {
  @TempDir private Path here;
  private Path rooms;

  @BeforeEach
  void make() {
    rooms = FastServer.rooms(here);
  }

  private Cli.Run run(String... args) {
    return Cli.in(rooms).run(args);
  }

  private void fails(int code, String why, String... args) {
    Cli.Run run = run(args);
    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(code);
    assertThat(run.err()).contains(why);
  }

  @Test
  void whatWasBackedUpIsRestoredAndTheListSaysWhatMayHaveHappenedSince() {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("start", "--id", "case-2", "--as", "ana").ok();
    run("cancel", "case-2").ok();
    Path backup = here.resolve("backup.db");

    assertThat(run("backup", "../backup.db").ok().out())
        .startsWith("Wrote " + backup + ", ")
        .endsWith(" bytes.\n");
    fails(ExitCode.FAILED, "nothing is overwritten: choose another", "backup", "../backup.db");
    run("start", "--id", "case-3", "--as", "ana").ok();
    fails(ExitCode.FAILED, "with --replace it is kept aside", "restore", "../backup.db");

    Cli.Run restored = run("restore", "../backup.db", "--replace").ok();
    assertThat(restored.out())
        .startsWith("Restored 2 instances from " + backup + ", which ends at 20")
        .contains("The store that was there is now ")
        .contains("writes they sent, this store does not know:\n")
        .containsPattern("case-1\\s+Choose\\s+waiting\\s+may be sent again if it goes on")
        .doesNotContain("case-2");
    assertThat(restored.err()).contains("Before `interlock up`").contains("interlock cancel ID");
    assertThat(run("list").ok().out()).contains("case-1", "case-2").doesNotContain("case-3");
    assertThat(run("verify-journal").ok().out()).endsWith("2 journals checked, all whole.\n");
    run("send", "case-1", "yes", "--as", "ana").ok();

    Object json = Json.parse(run("restore", "../backup.db", "--replace", "--json").ok().out());
    assertThat(Json.at(json, "/open/0/instance")).isEqualTo("case-1");
    assertThat(Json.at(json, "/instances")).isEqualTo(2L);
  }

  @Test
  void whoOwnsTheStoreIsBackedUpButNotChanged() {
    run("start", "--id", "case-1", "--as", "ana").ok();
    run("cancel", "case-1").ok();
    try (Cli.Running up = Cli.in(rooms).start("up")) {
      up.sees("listening on");
      run("backup", "../backup.db").ok();
      for (List<String> command :
          List.of(
              List.of("restore", "../backup.db", "--replace"),
              List.of("purge", "--ended-before", "PT0S"),
              List.of("erase", "case-1"))) {
        fails(ExitCode.BUSY, "stop that one, then try again", command.toArray(String[]::new));
      }
      assertThat(run("list").ok().out()).contains("case-1");
    }
  }

  @Test
  void whatEndedIsPurged() {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("start", "--id", "case-2", "--as", "ana").ok();
    run("cancel", "case-2").ok();

    assertThat(run("purge", "--ended-before", "2000-01-31").ok().out())
        .startsWith("Purged 0 instances that ended (before 2000-01-31T00:00:00Z);");
    assertThat(run("purge", "--ended-before", "2100-01-31T12:00:00Z", "--json").ok().out())
        .contains("\"instances\":1");
    assertThat(run("purge", "--ended-before", "P1D").ok().out()).startsWith("Purged 0 instances");
    assertThat(run("list").ok().out()).contains("case-1").doesNotContain("case-2");
    assertThat(run("verify-journal").ok().out()).endsWith("1 journal checked, all whole.\n");
    for (String wrong :
        List.of("", "soon", "P", "P-1D", "P1Y", "2026-13-01", "T", "-1", "P999999999999D")) {
      fails(ExitCode.USAGE, "for --ended-before", "purge", "--ended-before", wrong);
    }
    fails(ExitCode.USAGE, "no `retention` in interlock.yaml", "purge");
  }

  @Test
  void retentionIsOfEachMachine() throws Exception {
    run("start", "--id", "case-1", "--as", "ana").ok();
    run("cancel", "case-1").ok();
    Path configuration = rooms.resolve("interlock.yaml");
    String text = Files.readString(configuration);

    Files.writeString(configuration, text + "\nretention: {another: PT0.001S}\n");
    assertThat(run("purge").ok().out()).startsWith("Purged 0 instances that ended (another ");
    Files.writeString(
        configuration, text + "\nretention: {another: PT0.001S, room-booking: P1D}\n");
    assertThat(run("purge").ok().out()).startsWith("Purged 0 instances");
    Files.writeString(configuration, text + "\nretention: {room-booking: PT0.001S}\n");
    assertThat(run("purge", "--json").ok().out()).contains("\"instances\":1");
    assertThat(run("verify-journal").ok().out()).isEqualTo("No instances.\n");
    Files.writeString(configuration, text + "\nretention: {room-booking: P36500D}\n");
    assertThat(run("purge").ok().out()).contains("room-booking before 1970-01-01T00:00:00");
    Files.writeString(configuration, text + "\nretention: {room-booking: 90}\n");
    Cli.Run wrong = run("purge");
    assertThat(wrong.code()).isEqualTo(ExitCode.FAILED);
    assertThat(wrong.err()).contains("the retention of room-booking");
  }

  @Test
  void whatIsErasedIsNamedAsThat() {
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    fails(ExitCode.FAILED, "`interlock cancel case-1` ends it", "erase", "case-1");
    run("cancel", "case-1").ok();

    assertThat(run("erase", "case-1").ok().out()).isEqualTo("Erased the content of case-1.\n");

    fails(ExitCode.FAILED, "the content of case-1 was erased", "show", "case-1");
    fails(ExitCode.FAILED, "the content of case-1 was erased", "journal", "case-1");
    assertThat(run("list").ok().out()).contains("case-1");
    assertThat(run("replay").ok().out()).contains("its content was erased");
    assertThat(run("verify-journal").ok().out()).contains("only the chain was checked");
    fails(ExitCode.FAILED, "found no instance case-9", "erase", "case-9");
  }

  @Test
  void withoutAStoreThereIsNothingToDo() throws Exception {
    fails(ExitCode.FAILED, "found no file", "backup", "../backup.db");
    fails(ExitCode.FAILED, "found no file", "purge", "--ended-before", "P1D");
    fails(ExitCode.FAILED, "found no file", "erase", "case-1");
    fails(ExitCode.FAILED, "found no file", "restore", "../backup.db");
    assertThat(rooms.resolve("cases.db")).doesNotExist();

    Files.writeString(
        rooms.resolve("interlock.yaml"),
        Files.readString(rooms.resolve("interlock.yaml")) + "\nengine: temporal\n");
    fails(ExitCode.FAILED, "`engine: temporal`", "purge", "--ended-before", "P1D");
  }
}
