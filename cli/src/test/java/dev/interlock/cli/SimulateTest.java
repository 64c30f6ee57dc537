package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.core.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SimulateTest {
  /** With a property that only it holds, a state that nothing leads to, and a form. */
  private static final String MACHINE =
      """
      machine: desk
      version: 1
      context:
        word:   {type: string, source: agent}
        number: {type: integer, source: user}
        photo:  {type: document, source: user, mediaTypes: [image/png]}
      properties:
        - {name: nothing is closed unread, before: [Read, Closed]}
      initial: Ask
      states:
        Ask:
          goal: Learn what is wanted.
          record: [word, number, photo]
          transitions:
            - {target: Read, requires: [word, number, photo], guard: context.number > 1}
            - {target: Closed, requires: [word, number, photo]}
          idle: {P1D: Lapsed}
        Read: {type: choice, transitions: [{target: Closed, guard: "has(context.word)"}], otherwise: Forgotten}
        Forgotten: {type: final}
        Closed: {type: final, outcome: closed}
        Lapsed: {type: final, outcome: lapsed}
        Help: {type: escalation, bundle: [word], resume: [Ask]}
      anywhere: {over: {default: Help}}
      """;

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("interlock.yaml"), "servers: {}\n");
    Files.writeString(folder.resolve("machine.yaml"), MACHINE);
  }

  private Cli.Run run(String... args) {
    return Cli.in(folder).run(args);
  }

  @Test
  void reportTellsEndsCoverageAndSurprises() {
    Cli.Run run = run("simulate", "--runs", "200", "--seed", "3");

    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out())
        .startsWith("desk version 1, seed 3: 200 runs, ")
        .contains("How runs ended", "completed: closed", "At most, in", "questions")
        .contains("Covered: 5 of 6 states")
        .contains("  never entered: Forgotten\n", "  never taken: Read -> Forgotten (otherwise)\n")
        .containsPattern(
            "nothing is closed unread: held, and nothing else held a call back in (\\d+) runs? \\(\\d+"
                + " runs came near it\\)\n")
        .contains("one run in 10")
        .contains("1 surprise\n  nothing but the property itself held it back: nothing is closed");
    assertThat(run.err()).contains("turns a second", "--surprises DIR");
  }

  @Test
  void propertyThatNoRunCameNearIsSaidToBeOne() throws IOException {
    Files.writeString(
        folder.resolve("machine.yaml"),
        MACHINE.replace(
            "initial: Ask",
            """
              - {name: nothing is forgotten unread, before: [Read, Forgotten]}
              - {name: it ends, eventually: [Closed, Lapsed, Help, Forgotten]}
            initial: Ask\
            """));

    assertThat(run("simulate", "--runs", "20").out())
        .contains("  nothing is forgotten unread: held (no run came near it)\n")
        .containsPattern("  it ends: held \\([1-9]\\d* runs? came near it\\)\n");
    Object json = Json.parse(run("simulate", "--runs", "20", "--json").out());
    assertThat(Json.at(json, "/properties/nothing is forgotten unread/near")).isEqualTo(0L);
    assertThat((Long) Json.at(json, "/properties/it ends/near")).isPositive();
  }

  @Test
  void sameSeedGivesTheSameOutputAndAnotherSeedDoesNot() {
    String one = run("simulate", "--runs", "60", "--seed", "5").out();

    assertThat(run("simulate", "--runs", "60", "--seed", "5").out()).isEqualTo(one);
    assertThat(run("simulate", "--runs", "60", "--seed", "6").out()).isNotEqualTo(one);
  }

  @Test
  void jsonHasTheSameForPrograms() {
    Cli.Run run = run("simulate", "--runs", "40", "--profile", "honest,slow", "--format", "json");

    Map<String, Object> json = Json.object((Map<?, ?>) Json.parse(run.out()));
    assertThat(json)
        .containsEntry("machine", "desk")
        .containsEntry("runs", 40L)
        .containsEntry("profiles", List.of("honest", "slow"))
        .containsEntry("promisesCheckedIn", 4L)
        .containsKeys("ends", "states", "ways", "rules", "eachRun", "surprises");
    assertThat(run("simulate", "--runs", "40", "--profile", "honest,slow", "--json").out())
        .isEqualTo(run.out());
  }

  /** The file is one that {@code interlock test} plays, documents beside it and all. */
  @Test
  void surpriseIsWrittenAsAScenarioThatTestPlays() throws IOException {
    Cli.Run run = run("simulate", "--runs", "200", "--surprises", "scenarios");

    assertThat(run.out()).contains("held-back-nothing-is-closed-unread.yaml");
    assertThat(run.err()).doesNotContain("does not show it");
    assertThat(run("test").ok().out()).contains("1 scenario: 1 passed, 0 failed.");
    Files.writeString(
        folder.resolve("machine.yaml"), MACHINE.replace(", guard: context.number > 1", ""));
    assertThat(run("test").code()).as("without the flaw").isEqualTo(ExitCode.FAILED);
  }

  @Test
  void plotIsAnSvgOfTheseRuns() throws IOException {
    String one = plotted("5");

    assertThat(one).contains("<svg", "</svg");
    assertThat(plotted("5")).isEqualTo(one);
    assertThat(plotted("6")).isNotEqualTo(one);
  }

  private String plotted(String seed) throws IOException {
    var unused = run("simulate", "--runs", "20", "--seed", seed, "--plot", "runs.svg");
    String drawn = Files.readString(folder.resolve("runs.svg"));
    Files.delete(folder.resolve("runs.svg"));
    return drawn;
  }

  @Test
  void folderMayBeGivenAsAWord() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    Files.writeString(inner.resolve("machine.yaml"), MACHINE.replace("desk", "inner-desk"));

    Cli.Run run = run("simulate", "inner", "--runs", "6");

    assertThat(run.out()).as(run.err()).startsWith("inner-desk version 1, seed 1: 6 runs, ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "simulate --profile nice | --profile nice | honest, random, greedy, injected, slow, failing, all",
        "simulate --format xml | --format xml | one of text, json",
        "simulate --runs 0 | --runs 0 | 1 to 10,000,000",
        "simulate -C a b | -C a and b | one folder",
      })
  void whatCannotBeMeantIsToldInThreeParts(String words, String found, String expected) {
    Cli.Run run = run(words.split(" "));

    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("Found:    " + found, "Expected: ", expected, "To mend:  ");
  }

  @Test
  void folderThatIsNoneIsTold() {
    Cli.Run run = run("simulate", "nowhere");

    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("nowhere", "Expected:", "To mend:");
  }

  // ---- files

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--plot machine.yaml/x.svg | x.svg cannot be written: ",
        "--plot nowhere/x.svg | x.svg cannot be written: its folder is not there",
        "--plot machine.yaml | machine.yaml, which is there already",
        "--plot inner | inner, which is there already",
        "--surprises machine.yaml | machine.yaml, which is no folder",
        "--surprises machine.yaml/found | machine.yaml, which is no folder",
      })
  void placeThatCannotBeWrittenToIsToldBeforeTheRuns(String words, String found)
      throws IOException {
    Files.createDirectory(folder.resolve("inner"));

    Cli.Run run = run(("simulate --runs 6 " + words).split(" "));

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains(found, "Expected:", "To mend:")
        .doesNotContain("Played in", "Exception");
    assertThat(Files.readString(folder.resolve("machine.yaml"))).isEqualTo(MACHINE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--plot", "--surprises"})
  void emptyNameOfAFileIsRefused(String option) {
    Cli.Run run = run("simulate", "--runs", "6", option, "");

    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("Found:    " + option + " with an empty name", "To mend:");
  }

  /** What it is called is known after the runs only. */
  @Test
  void surpriseIsNotWrittenOverAFileAndTheReportIsPrintedAllTheSame() throws IOException {
    Path mine = folder.resolve("found/held-back-nothing-is-closed-unread.yaml");
    Files.createDirectory(mine.getParent());
    Files.writeString(mine, "scenario: mine\n");
    String[] words = {"simulate", "--runs", "200", "--surprises", "found"};

    Cli.Run run = run(words);

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out()).contains("How runs ended", "1 surprise\n");
    assertThat(run.err()).contains("Found:    " + mine + ", which is there already", "To mend:");
    assertThat(mine).hasContent("scenario: mine\n");
    Cli.Run json = run("simulate", "--runs", "200", "--surprises", "found", "--json");
    assertThat(Json.object((Map<?, ?>) Json.parse(json.out()))).containsKeys("runs", "error");
    Files.delete(mine);
    assertThat(run(words).err()).doesNotContain("Found:");
    assertThat(run(words).err()).as("the same is there already").doesNotContain("Found:");
  }

  @Test
  void folderOfSurprisesIsNotMadeForNothing() throws IOException {
    Files.writeString(
        folder.resolve("machine.yaml"), MACHINE.replace(", guard: context.number > 1", ""));

    assertThat(
            run("simulate", "--runs", "6", "--profile", "honest", "--surprises", "a/b").ok().out())
        .contains("No surprises.");
    assertThat(folder.resolve("a")).doesNotExist();
  }
}
