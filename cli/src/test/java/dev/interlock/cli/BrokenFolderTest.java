package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that are none, cannot be read, or have errors. */
class BrokenFolderTest {
  @TempDir private Path here;
  private Path rooms;

  @BeforeEach
  void make() {
    rooms = FastServer.rooms(here);
  }

  private void replace(String file, String old, String other) throws Exception {
    String text = Files.readString(rooms.resolve(file));
    assertThat(text).contains(old);
    Files.writeString(rooms.resolve(file), text.replace(old, other));
  }

  /** What a command must be given beside its folder. */
  private static final Map<String, String> GIVEN =
      Map.ofEntries(
          Map.entry("show", " x"),
          Map.entry("journal", " x"),
          Map.entry("send", " x y"),
          Map.entry("event", " x y"),
          Map.entry("approve", " x 1@0123456789ab"),
          Map.entry("reject", " x 1@0123456789ab"),
          Map.entry("cancel", " x"),
          Map.entry("resume", " x Y"),
          Map.entry("resolve", " x 1 --happened"),
          Map.entry("fork", " x"),
          Map.entry("migrate", " x"),
          Map.entry("reset", " x"),
          Map.entry("document", " x " + "0".repeat(64)),
          Map.entry("backup", " copy.db"),
          Map.entry("restore", " copy.db"),
          Map.entry("purge", " --ended-before P90D"),
          Map.entry("erase", " x"));

  static Stream<String> commandsWithAFolder() {
    return CommandTree.names().stream()
        .filter(it -> !it.equals("demo") && !it.equals("new")) // which make theirs
        .map(it -> it + GIVEN.getOrDefault(it, ""));
  }

  @ParameterizedTest
  @MethodSource("commandsWithAFolder")
  void folderThatIsNoneSaysHowToMakeOne(String command) {
    Cli.Run empty = Cli.in(here).run(command.split(" "));
    Cli.Run none = Cli.in(here).run((command + " -C nowhere").split(" "));

    assertThat(empty.code()).isEqualTo(2);
    assertThat(empty.out()).isEmpty();
    assertThat(empty.err())
        .startsWith("Found:    no machine.yaml in " + here)
        .contains("interlock new DIR");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).startsWith("Found:    no folder " + here.resolve("nowhere"));
  }

  @Test
  void errorsAreShownWithALineAndACaretOnATerminal() throws Exception {
    replace("machine.yaml", "initial: Choose", "inital: Choose");

    Cli.Run terminal = Cli.in(rooms).onTerminal().run("check");
    Cli.Run piped = Cli.in(rooms).run("check");
    Cli.Run json = Cli.in(rooms).run("check", "--json");

    assertThat(terminal.code()).isEqualTo(1);
    String plain = terminal.err().replaceAll("\033\\[[0-9;]*m", "");
    assertThat(plain)
        .containsPattern("machine.yaml:\\d+:1: IL111\n *\\d+ \\| inital: Choose\n +\\| \\^\n")
        .contains("  found:    the key `inital`")
        .contains("  to mend:  did you mean `initial`?");
    assertThat(piped.code()).isEqualTo(1);
    assertThat(piped.err().lines())
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line).matches("machine\\.yaml:\\d+:\\d+: found .*\\]"));
    assertThat(json.code()).isEqualTo(1);
    assertThat(json.err()).isEmpty();
    assertThat(Json.at(Json.parse(json.out()), "/problems/0/file")).isEqualTo("machine.yaml");
  }

  @Test
  void everyFileIsReportedAtOnce() throws Exception {
    replace("interlock.yaml", "command:", "comand:");
    Files.writeString(rooms.resolve("tools.lock"), "{");

    Cli.Run run = Cli.in(rooms).run("check");

    assertThat(run.err())
        .contains("machine.yaml:12:")
        .contains("tools.lock does not have")
        .contains("interlock.yaml:")
        .contains("did you mean `command`?")
        .contains("tools.lock:1:1:")
        .contains("interlock lock");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "up", "start", "test"})
  void whatNeedsTheMachineShowsItsErrors(String command) throws Exception {
    replace("machine.yaml", "initial: Choose", "initial: Chose");

    Cli.Run run = Cli.in(rooms).run(command);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("machine.yaml:").contains("Chose").contains("Choose");
    assertThat(Cli.in(rooms).run(command, "--json").out()).startsWith("{\"problems\":[");
  }

  @Test
  void instancesAreReadableWhileTheMachineIsBroken() throws Exception {
    Cli.in(rooms).run("start", "--id", "case-1").ok();
    Files.writeString(rooms.resolve("machine.yaml"), "machine: [");

    assertThat(Cli.in(rooms).run("list").ok().out()).startsWith("case-1\t");
    assertThat(Cli.in(rooms).run("show", "case-1").ok().out()).contains("case-1  Choose  waiting");
  }

  @ParameterizedTest
  @ValueSource(strings = {"interlock.yaml", "tools.lock", "scenarios/booking.yaml"})
  void bytesThatAreNotUtf8HaveTheirPlaceInEveryFile(String file) throws Exception {
    byte[] text = Files.readAllBytes(rooms.resolve(file));
    Files.write(rooms.resolve(file), new byte[] {'#', (byte) 0xE9, '\n'});
    Files.write(rooms.resolve(file), text, StandardOpenOption.APPEND);

    Cli.Run run = Cli.in(rooms).run("test");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith(file + ":1:2: found the byte E9 at offset 1,").hasLineCount(1);
  }

  @Test
  void fileThatIsNotTextOrCannotBeReadIsNamed() throws Exception {
    Files.write(rooms.resolve("machine.yaml"), new byte[] {'a', ':', (byte) 0xC3, '('});
    assertThat(Cli.in(rooms).run("check").err())
        .isEqualTo(
            "machine.yaml:1:3: found the byte C3 at offset 2, which is not UTF-8, expected a text in"
                + " UTF-8; save it as UTF-8; of Latin-1 `iconv -f latin1 -t utf-8` makes that"
                + " [IL101]\n");

    Files.delete(rooms.resolve("machine.yaml"));
    Files.createDirectory(rooms.resolve("machine.yaml"));
    Cli.Run run = Cli.in(rooms).run("check");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("machine.yaml, which cannot be read").contains("To mend:");
  }

  @Test
  @Timeout(60)
  void pipeIsNotWaitedFor() throws Exception {
    Path configuration = rooms.resolve("interlock.yaml");
    String scripted = Files.readString(configuration);
    for (String pipe : new String[] {"scenarios/pipe.yaml", "pipe.yaml", "pipe.jsonl"}) {
      String model =
          switch (pipe) {
            case "pipe.yaml" -> "model: {scripted: pipe.yaml}";
            case "pipe.jsonl" -> "model: {recorded: pipe.jsonl}";
            default -> "model: {scripted: script.yaml}";
          };
      Files.writeString(
          configuration, scripted.replace("\nmodel: {scripted: script.yaml}", "\n" + model));
      Path made = rooms.resolve(pipe);
      assertThat(new ProcessBuilder("mkfifo", made.toString()).start().waitFor()).isZero();

      Cli.Run check = Cli.in(rooms).run("check");

      assertThat(check.code()).isEqualTo(1);
      assertThat(check.err()).contains(made + ", which cannot be read: it is no regular file");
      Files.delete(made);
    }
  }

  @Test
  void hugeMachineIsRefusedByItsLimit() throws Exception {
    Files.writeString(rooms.resolve("machine.yaml"), "# " + "x".repeat(10 << 20) + "\n");

    Cli.Run run = Cli.in(rooms).run("check");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("machine.yaml:1:1: found 10,485,763 characters, expected at most");
  }

  @Test
  void storeThatIsNoneIsNamed() throws Exception {
    Files.writeString(
        rooms.resolve("cases.db"), "this is no database, but it is long enough\n".repeat(100));

    for (String command : Set.of("list", "start", "up", "verify-journal")) {
      Cli.Run run = Cli.in(rooms).run(command);
      assertThat(run.code()).as(command).isEqualTo(1);
      assertThat(run.err()).as(command).contains("cases.db");
    }
  }

  @Test
  void variableThatIsNotSetIsNamedByWhoeverNeedsIt() throws Exception {
    replace(
        "interlock.yaml",
        "model: {scripted: script.yaml}",
        "model: {anthropic: some-model, key: \"${ROOMS_KEY}\"}");

    Cli.Run check = Cli.in(rooms).run("check").ok();
    Cli.Run start = Cli.in(rooms).run("start");

    assertThat(check.err()).contains("interlock.yaml:").contains("ROOMS_KEY");
    assertThat(start.code()).isEqualTo(1);
    assertThat(start.err()).contains("interlock.yaml:").contains("ROOMS_KEY, which is not set");
    Cli.in(rooms).run("test").ok();
    Cli.in(rooms).run("list").ok();
  }

  @Test
  void brokenScriptIsNamedWithItsPlace() throws Exception {
    replace("script.yaml", "replies:", "replis:");

    Cli.Run start = Cli.in(rooms).run("start");
    Cli.Run check = Cli.in(rooms).run("check");

    assertThat(start.code()).isEqualTo(1);
    assertThat(start.err()).contains("script.yaml:2:1: found the key `replis`");
    assertThat(check.code()).isEqualTo(1);
    assertThat(check.err()).isEqualTo(start.err());
    Cli.in(rooms).run("test").ok();
  }

  @Test
  void scriptThatIsNotThereIsReportedWhereItIsNamed() throws Exception {
    Files.delete(rooms.resolve("script.yaml"));

    Cli.Run start = Cli.in(rooms).run("start");
    Cli.Run check = Cli.in(rooms).run("check");

    assertThat(start.code()).isEqualTo(1);
    assertThat(start.err())
        .containsPattern("interlock.yaml:\\d+:19: found the script script.yaml, which is not there")
        .doesNotContain("mode");
    assertThat(check.err()).isEqualTo(start.err());
  }

  @Test
  void checkReadsScenarios() throws Exception {
    replace("scenarios/no.yaml", "steps:", "stepps:");

    Cli.Run check = Cli.in(rooms).run("check");

    assertThat(check.code()).isEqualTo(1);
    assertThat(check.out()).isEmpty();
    assertThat(check.err())
        .containsPattern("scenarios/no.yaml:\\d+:1: found the key `stepps` in a scenario")
        .contains("did you mean `steps`?");
  }

  @Test
  void checkNotesWhatIsMissingHereAndWarnsOfUnreachableStates() throws Exception {
    replace("interlock.yaml", "model: {scripted: script.yaml}", "");
    replace("machine.yaml", "  GiveUp: ", "  Lost:     {type: final}\n  GiveUp: ");
    String file = Files.readString(rooms.resolve("interlock.yaml"));
    Files.writeString(
        rooms.resolve("interlock.yaml"),
        file.replaceFirst("command: \\[[^,\\]]*", "command: [no-such-program"));

    Cli.Run check = Cli.in(rooms).run("check").ok();
    Map<String, Object> json = Json.parseObject(Cli.in(rooms).run("check", "--json").ok().out());

    assertThat(check.out()).contains(" loads: 7 states");
    assertThat(check.err())
        .containsPattern(
            "machine.yaml:\\d+:3: warning: found the state Lost, which no run comes to,")
        .contains("Note: interlock.yaml:1:1: no `model`;")
        .containsPattern(
            "Note: interlock.yaml:\\d+:\\d+: the program no-such-program, which is not on PATH;");
    assertThat(Json.at(json, "/warnings/0/code")).isEqualTo("IL001");
    assertThat(Json.at(json, "/notes/1/code")).isEqualTo("IL163");
  }

  @Test
  void groupThatIsNotThereIsNamed() throws Exception {
    replace("interlock.yaml", "servers:", "group: no-such-group\nservers:");

    Cli.Run run = Cli.in(rooms).run("start");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("found the `group` no-such-group, expected one of this machine");
  }

  @Test
  void editedLockIsReportedBeforeWhatFollowsFromIt() throws Exception {
    replace("tools.lock", "Books a room for a person.", "Books a room.");

    assertThat(Cli.in(rooms).run("check").err())
        .startsWith("tools.lock:")
        .contains("of the tool `rooms.book`, which is not that of its description and schema");
  }

  @Test
  void folderWithoutScenariosSaysSo() throws Exception {
    for (String name : Set.of("booking", "no", "silence")) {
      Files.delete(rooms.resolve("scenarios/" + name + ".yaml"));
    }

    Cli.Run run = Cli.in(rooms).run("test");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("no scenarios").contains("scenarios/NAME.yaml");
  }
}
