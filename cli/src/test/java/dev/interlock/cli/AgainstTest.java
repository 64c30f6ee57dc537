package dev.interlock.cli;

import static java.util.Objects.requireNonNull;
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

class AgainstTest {
  private static final String ASKS = "    ask: user\n    expires: P1D\n";

  @TempDir private Path here;
  private Path rooms;

  @BeforeEach
  void make() throws IOException {
    rooms = FastServer.rooms(here);
    run("start", "--id", "case-1", "--as", "ana", "A room").ok();
    run("send", "case-1", "Yes, oak", "--as", "ana").ok();
    run("start", "--id", "case-2", "--as", "ben").ok();
    Path before = Files.createDirectory(here.resolve("before"));
    for (String file : new String[] {"interlock.yaml", "tools.lock", "machine.yaml"}) {
      Files.copy(rooms.resolve(file), before.resolve(file));
    }
  }

  private Cli.Run run(String... args) {
    return Cli.in(rooms).run(args);
  }

  private void edit(String from, String to) throws IOException {
    Path file = rooms.resolve("machine.yaml");
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  @Test
  void whatIsNewlyAllowedComesFirstThenWhatHistoryWouldHaveBeen() throws IOException {
    edit(ASKS, "    when: \"'oak' != context.room\"\n");
    String journal = run("journal", "case-1").out();

    String out = run("check", "--against", "../before").out();

    assertThat(out)
        .containsSubsequence(
            "Against version 1, ",
            "Newly allowed:\n",
            "  Book: \"the person agrees to the booking\" no longer asks user before rooms.book\n",
            "Newly refused, or asked first:\n",
            "  Book: \"the person agrees to the booking\" refuses rooms.book unless 'oak' !="
                + " context.room\n",
            "2 journals recorded under it decided anew: 1 go the same way, 1 do not.\n",
            "parts    case-1  takes another course at entry ",
            "case-2 can be migrated.\n",
            "case-1 can be migrated.\n");
    assertThat(run("journal", "case-1").out()).isEqualTo(journal);
  }

  @Test
  void whoCannotBeMigratedIsSaidWithTheReason() throws IOException {
    edit("Choose", "Select");

    assertThat(run("check", "--against", "../before").out())
        .contains("Choose: the state is gone", "Select: the state is new, of type agent")
        .contains(
            "case-2 cannot be migrated: case-2 cannot go on there: the state Choose, which it is"
                + " in, is not there");
    assertThat(run("check", "--against", "../before", "--json").out())
        .contains("\"canMigrate\":false", "\"kind\":\"allowed\"");
  }

  @Test
  void allOfItIsNotesInSarif() throws IOException {
    edit(ASKS, "    when: \"'oak' != context.room\"\n");
    edit("Choose", "Select");

    Object sarif = Json.parse(run("check", "--against", "../before", "--format", "sarif").out());

    List<?> results = (List<?>) requireNonNull(Json.at(sarif, "/runs/0/results"));
    List<String> told =
        results.stream()
            .map(it ->
                "%s %s %s %s"
                    .formatted(
                        Json.at(it, "/level"),
                        Json.at(it, "/ruleId"),
                        line(it),
                        Json.at(it, "/message/text")))
            .toList();
    int book = Files.readAllLines(rooms.resolve("machine.yaml")).indexOf("  Book:") + 1;
    assertThat(told)
        .anyMatch(it ->
            it.equals(
                "note IL201 "
                    + book
                    + " Newly allowed against version 1: Book: \"the person agrees to the booking\" no longer asks user before rooms.book"))
        .anyMatch(it ->
            it.startsWith(
                "note IL203 " + book + " Newly refused, or asked first against version 1: Book: "))
        .anyMatch(it ->
            it.startsWith("note IL205 ")
                && it.contains(" case-1 takes another course at entry ")
                && it.contains("; now: "))
        .anyMatch(
            it -> it.startsWith("note IL206 ") && it.contains(" case-2 cannot be migrated: "));
    List<?> rules = (List<?>) Json.at(sarif, "/runs/0/tool/driver/rules");
    assertThat(rules)
        .allSatisfy(
            it -> assertThat(Json.at(it, "/fullDescription/text")).asString().endsWith("."));
    assertThat(rules)
        .extracting(it -> Json.at(it, "/id"))
        .doesNotHaveDuplicates()
        .contains("IL201", "IL203", "IL205", "IL206");
  }

  private static Object line(Object result) {
    return requireNonNull(Json.at(result, "/locations/0/physicalLocation/region/startLine"));
  }

  @Test
  void versionIsNamedByItsIdentityToo() throws IOException {
    String identity =
        run("check").ok().out().replaceAll("(?s).*identity is ([0-9a-f]{64}).*", "$1");
    edit("Help the person choose", "Help people choose");

    assertThat(run("check", "--against", identity).ok().out())
        .contains("Choose: its goal is worded otherwise")
        .contains("2 journals recorded under it decided anew: 2 go the same way, 0 do not.");
    assertThat(run("check", "--against", "0".repeat(64)).err()).contains("no machine 000");
    Cli.Run nowhere = run("check", "--against", "../nowhere");
    assertThat(nowhere.code()).isEqualTo(ExitCode.USAGE);
    assertThat(nowhere.err()).contains("no folder");
  }

  @Test
  void folderWithoutAStoreIsComparedAlone() throws IOException {
    Files.writeString(
        here.resolve("before/machine.yaml"),
        Files.readString(here.resolve("before/machine.yaml")).replace("P1D", "P2D"));

    assertThat(Cli.in(here.resolve("before")).run("check", "--against", "../rooms").out())
        .contains("There is no store here");
  }

  @Test
  void emptyNameIsRefused() {
    Cli.Run run = run("check", "--against", "");

    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("Found:    --against with an empty name", "To mend:");
  }

  @Test
  void whatIsWrongWithTheOtherFolderIsToldWithItsPath() throws IOException {
    Files.writeString(here.resolve("before/machine.yaml"), "machine: [");

    Cli.Run run = run("check", "--against", "../before");

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).startsWith("../before/machine.yaml:1:");
  }

  @Test
  void anotherMachineIsSaidToBeOne() throws IOException {
    Path file = here.resolve("before/machine.yaml");
    Files.writeString(
        file, Files.readString(file).replace("machine: room-booking", "machine: halls"));

    assertThat(run("check", "--against", "../before").out())
        .contains(
            "Warning: against another machine, halls version 1, ", "version of room-booking:\n");
    assertThat(run("check", "--against", "../before", "--json").out())
        .contains("\"machine\":\"halls\"");
  }
}
