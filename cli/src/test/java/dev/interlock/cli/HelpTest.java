package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {
  @TempDir private Path folder;

  static Set<String> commands() {
    return CommandTree.names();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHelpsWithExamples(String command) {
    Cli.Run run = Cli.in(folder).run(command, "--help");

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("Usage: interlock " + command)
        .contains("--json")
        .contains("Examples:\n  ")
        .containsPattern("Examples:\n(.*\n)*.*interlock " + command);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandRefusesWhatItDoesNotKnow(String command) {
    Cli.Run run = Cli.in(folder).run(command, "--no-such-option");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("Found:    ").contains("interlock " + command + " --help");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void withJsonWhatIsNotKnownIsRefusedAsJson(String command) {
    Cli.Run run = Cli.in(folder).run(command, "--no-such-option", "--json");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).isEmpty();
    assertThat(Json.parseObject(run.out()).get("error"))
        .asString()
        .startsWith("Found:    ")
        .contains("interlock " + command + " --help");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandStandsInTheUsageOfAll(String command) {
    assertThat(Cli.in(folder).run("--help").out()).contains("\n  " + command + " ");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandIsNamedByTheWordThatWasTyped(String command) {
    Cli typed = Cli.in(folder).as("../a%b/il");

    assertThat(typed.run(command, "--help").out())
        .contains("Usage: ../a%b/il " + command)
        .containsPattern("Examples:\n(.*\n)*.*\\Q../a%b/il " + command)
        .doesNotContainPattern("(?<![\\w.])interlock [a-z]");
    assertThat(typed.run(command, "--no-such").err()).contains("../a%b/il " + command + " --help");
  }

  @Test
  void hintsOfFilesNameTheWordThatWasTyped() throws Exception {
    Cli typed = Cli.in(folder).as("./il");

    assertThat(typed.run("list").err()).contains("make one: ./il new DIR");
    assertThat(typed.run("--help").out()).contains("  ./il help approve ");
    typed.run("new", "rooms").ok();
    Path rooms = folder.resolve("rooms");
    Files.delete(rooms.resolve("tools.lock"));
    Cli there = Cli.in(rooms).as("./il");
    assertThat(there.run("check").err()).contains("; run `./il lock` [IL151]");
    assertThat(there.run("list").err()).endsWith("Start one: ./il run\n");
  }

  @Test
  void helpIsAlsoACommand() {
    Cli cli = Cli.in(folder);

    assertThat(cli.run("help")).isEqualTo(cli.run("--help"));
    assertThat(cli.run("help", "approve")).isEqualTo(cli.run("approve", "--help"));
    assertThat(cli.run("help", "nonsense").code()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 39, 40, 54, 55, 56, 79, 80})
  void narrowTerminalsAreHelped(int columns) {
    Cli narrow = Cli.in(folder).onTerminal().wide(columns);

    assertThat(narrow.run("--help").code()).isZero();
    assertThat(narrow.run("frob").code()).isEqualTo(2);
    assertThat(commands())
        .allSatisfy(name -> assertThat(narrow.run(name, "--no-such").code()).isEqualTo(2));
    assertThat(narrow.run("list", "--no-such").err()).contains("no option \"--no-such\"");
  }

  @Test
  void whatIsNotThereIsNamedInPlainWords() {
    Cli cli = Cli.in(folder);

    assertThat(cli.run("frobnicate").err()).startsWith("Found:    no command \"frobnicate\"\n");
    assertThat(cli.run("version").err()).contains("did you mean --version?");
    assertThat(cli.run("list", "x").err()).startsWith("Found:    one word too many, \"x\"\n");
  }

  @Test
  void nearestCommandIsNamed() {
    Cli.Run run = Cli.in(folder).run("aprove", "x", "y");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("aprove").contains("did you mean approve");
  }

  @Test
  void helpIsColouredOnATerminalOnly() {
    assertThat(Cli.in(folder).run("list", "--help").out()).doesNotContain("\033[");
    assertThat(Cli.in(folder).onTerminal().run("list", "--help").out()).contains("\033[");
  }
}
