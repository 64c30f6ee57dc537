package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.core.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrateTest {
  @TempDir private Path here;
  private Path rooms;

  @BeforeEach
  void make() {
    rooms = FastServer.rooms(here);
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
  }

  private Cli.Run run(String... args) {
    return Cli.in(rooms).run(args);
  }

  /** The folder's machine is another version from now on. */
  private void edit(String from, String to) throws IOException {
    Path file = rooms.resolve("machine.yaml");
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  @Test
  void instanceGoesOnUnderTheEditedMachine() throws IOException {
    edit(
        "  - rule: the person agrees",
        "  - {rule: not for ana, for: [rooms.book], when: caller.id != 'ana'}\n"
            + "  - rule: the person agrees");

    Cli.Run tried = run("migrate", "case-1", "--dry-run").ok();
    assertThat(tried.out()).isEqualTo("case-1 can be migrated.\n");
    assertThat(run("journal", "case-1").out()).doesNotContain("Migrated");
    Cli.Run migrated = run("migrate", "case-1").ok();

    assertThat(migrated.out())
        .contains("Migrated case-1 (entry ")
        .contains("case-1 is waiting in Choose.");
    run("send", "case-1", "Yes, oak", "--as", "ana").ok();
    assertThat(run("journal", "case-1", "--story").ok().out())
        .containsPattern("migrate +to machine [0-9a-f]{12}, by ")
        .containsPattern("refused.*not for ana");
    assertThat(run("verify-journal").ok().out()).endsWith("1 journal checked, all whole.\n");
    assertThat(run("replay").ok().out()).contains("1 the same");
    Cli.Run again = run("migrate", "case-1");
    assertThat(again.code()).isEqualTo(ExitCode.FAILED);
    assertThat(again.err()).contains("Rejected: case-1 is pinned to that machine already");
  }

  @Test
  void stateThatIsGoneIsMapped() throws IOException {
    edit("Choose", "Select");

    Cli.Run rejected = run("migrate", "case-1", "--dry-run");
    assertThat(rejected.code()).isEqualTo(ExitCode.FAILED);
    assertThat(rejected.err()).contains("the state Choose, which it is in, is not there: map it");
    run("migrate", "case-1", "--map", "Choose=Select").ok();

    assertThat(run("list").ok().out()).contains("Select");
  }

  @Test
  void machineIsNamedByFolderOrByWhatIsPinned() throws IOException {
    Path other = Files.createDirectory(here.resolve("other"));
    for (String file : new String[] {"interlock.yaml", "tools.lock", "machine.yaml"}) {
      Files.copy(rooms.resolve(file), other.resolve(file));
    }
    String text = Files.readString(other.resolve("machine.yaml"));
    Files.writeString(
        other.resolve("machine.yaml"), text.replace("Help the person", "Help somebody"));

    Cli.Run unknown = run("migrate", "case-1", "--to", "../other");
    assertThat(unknown.code()).isEqualTo(ExitCode.FAILED);
    assertThat(unknown.err())
        .contains(
            "Rejected: there is no machine with the pin ",
            "(room-booking version 1) here",
            "interlock up");
    edit("Help the person", "Help somebody");
    run("migrate", "case-1", "--to", "../other").ok();

    assertThat(run("migrate", "case-1", "--to", "../nowhere").err())
        .contains("no folder with a machine.yaml");
    assertThat(run("migrate", "case-9").err()).contains("no instance case-9");
    assertThat(run("migrate", "case-1", "--to", "0".repeat(64)).err())
        .contains("no machine with the pin 000");
    Cli.Run short12 = run("migrate", "case-1", "--to", "0".repeat(12));
    assertThat(short12.code()).isEqualTo(ExitCode.USAGE);
    assertThat(short12.err())
        .contains("--to 000000000000, which no version", "its identity, which", "its pin, which");
    assertThat(run("migrate", "case-1", "--map", "Choose").err()).contains("--map OLD=NEW");
  }

  @Test
  void machineIsNamedByDigitsOfItsIdentityOrItsPin() throws IOException {
    run("start", "--id", "case-2", "--as", "ben", "A room").ok(); // which keeps the old one
    String pin = String.valueOf(Json.at(Json.parse(run("list", "--json").ok().out()), "/0/pin"));
    String old = identity();
    edit("Help the person", "Help somebody");
    String now = identity();
    assertThat(List.of(old, now)).doesNotContain(pin);

    run("migrate", "case-1", "--to", now.substring(0, 12)).ok();
    run("migrate", "case-1", "--to", pin.substring(0, 20)).ok();
    run("migrate", "case-1", "--to", now).ok();
    run("migrate", "case-1", "--to", old.substring(0, 12)).ok();
    for (String digits : List.of(pin, pin.substring(0, 12), old, old.substring(0, 12))) {
      assertThat(run("check", "--against", digits).ok().out()).contains("is worded otherwise");
    }
  }

  private String identity() {
    return run("check").ok().out().replaceAll("(?s).*identity is ([0-9a-f]{64}).*", "$1");
  }

  @Test
  void onlyAnOperatorMigrates() throws IOException {
    edit("Help the person", "Help somebody");

    assertThat(run("migrate", "case-1", "--as", "ana", "--dry-run").err())
        .contains("only an operator migrates");
    assertThat(run("migrate", "case-1", "--dry-run", "--json").ok().out()).contains("\"can\":true");
  }

  @Test
  void folderOfAnotherMachineIsToldByItsName() throws IOException {
    Path other = Files.createDirectory(here.resolve("other"));
    Files.writeString(
        other.resolve("machine.yaml"),
        """
        machine: halls
        version: 3
        initial: Done
        states: {Done: {type: final}}
        """);

    Cli.Run run = run("migrate", "case-1", "--to", "../other");

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("(halls version 3), expected a version of room-booking");
    Files.writeString(other.resolve("machine.yaml"), "machine: [");
    assertThat(run("migrate", "case-1", "--to", "../other").err())
        .startsWith("../other/machine.yaml:1:");
  }

  @Test
  void whatCannotBeMeantIsRefused() {
    misused("--to with an empty name", "--to", "");
    misused("'5' is no ISO 8601 duration: write PT5S", "--wait", "5");
    misused("'soon' is no ISO 8601 duration: write such as PT5S", "--wait", "soon");
    misused("--wait PT-5S", "--wait", "PT-5S");
  }

  private void misused(String found, String option, String value) {
    Cli.Run run = run("migrate", "case-1", option, value);

    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("Found:", found, "Expected:", "To mend:");
    assertThat(run.err()).doesNotContain("Exception");
  }
}
