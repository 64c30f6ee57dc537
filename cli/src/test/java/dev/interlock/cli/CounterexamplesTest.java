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

/** A run against a property, as {@code interlock check} tells and writes it. */
class CounterexamplesTest {
  /** If nobody answers in three days it is closed all the same; what is closed was read first. */
  private static final String MACHINE =
      """
      machine: desk
      version: 1
      context:
        photo: {type: document, source: user, mediaTypes: [image/png]}
        word:  {type: string, source: agent}
      properties:
        - {name: nothing is closed without a yes, before: [yes boss, Closed]}
        - {name: nothing is closed unread, before: [Read, Closed]}
        - {name: it is read, never: Ask, after: Read}
        - {name: it comes to an end, eventually: [Closed, Help]}
      initial: Ask
      states:
        Ask:
          goal: Learn what is wanted.
          record: [word, photo]
          transitions: [{target: Read, requires: [word, photo]}]
          idle: {P1D: Closed}
        Read:
          type: approval
          role: boss
          shows: [word, photo]
          answers: {approve: {target: Closed}, reject: {target: Ask}}
          after: {P3D: Closed}
        Closed: {type: final, outcome: closed}
        Help: {type: escalation, bundle: [word]}
      anywhere: {over: {default: Help}}
      """;

  private static final String CLOSED = "after: {P3D: Closed}";
  private static final String IDLE = "idle: {P1D: Closed}";

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("interlock.yaml"), "servers: {}\n");
    machine(MACHINE);
  }

  private void machine(String text) throws IOException {
    Files.writeString(folder.resolve("machine.yaml"), text);
  }

  private Cli.Run run(String... args) {
    return Cli.in(folder).run(args);
  }

  @Test
  void violatedPropertyIsAnErrorAndOneThatStopsItARunIsAWarning() {
    Cli.Run check = run("check");

    assertThat(check.code()).isEqualTo(ExitCode.FAILED);
    assertThat(check.err())
        .contains(
            "found that the property \"nothing is closed without a yes\" is violated: a run can come to Closed before yes boss,")
        .contains(
            "warning: found that the property \"nothing is closed unread\" is not proven: a run can come to Closed before Read, where only this property stops it,")
        .contains(
            "found that the property \"it is read\" is violated: a run can come to Ask after Read,");
    assertThat(run("start").err()).contains("IL026");
  }

  @Test
  void jsonHasTheVerdictsAndTheFiles() {
    Map<String, Object> json =
        Json.object(
            (Map<?, ?>) Json.parse(run("check", "--json", "--counterexamples", "found").out()));

    assertThat(json)
        .containsEntry("proven", List.of("it comes to an end"))
        .containsEntry(
            "verdicts",
            Map.of(
                "nothing is closed without a yes", "violated",
                "nothing is closed unread", "enforced",
                "it is read", "violated",
                "it comes to an end", "proven"))
        .extractingByKey("counterexamples")
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .hasSize(3)
        .allSatisfy((name, file) -> assertThat(Path.of(String.valueOf(file))).exists());
  }

  /** The files are ones that {@code interlock test} plays, documents beside them and all. */
  @Test
  void runsAreWrittenAsScenariosThatTestPlays() throws IOException {
    Cli.Run check = run("check", "--counterexamples", "scenarios");

    assertThat(check.out()).contains("A run against \"it is read\": ", "violated-it-is-read.yaml");
    assertThat(check.err()).doesNotContain("does not show it");
    assertThat(run("test").ok().out()).contains("3 scenarios: 3 passed, 0 failed.");
    machine(MACHINE.replace(CLOSED, "after: {P3D: Help}").replace(IDLE, "idle: {P1D: Help}"));
    assertThat(run("test").out()).as("mended").contains("1 passed, 2 failed.");
  }

  @Test
  void namesThatAreAlikeAreFilesOfTheirOwn() throws IOException {
    machine(MACHINE.replace("nothing is closed without a yes", "\"it, is read!\""));

    assertThat(run("check", "--counterexamples", "found").out())
        .contains("found/violated-it-is-read.yaml", "found/violated-it-is-read-2.yaml");
  }

  @Test
  void nothingIsWrittenOver() throws IOException {
    Path file = folder.resolve("found/violated-it-is-read.yaml");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "mine");

    Cli.Run check = run("check", "--counterexamples", "found");

    assertThat(check.err()).contains("violated-it-is-read.yaml, which is there already");
    assertThat(file).hasContent("mine");
    machine(MACHINE.replaceAll("(?m)^ *- \\{name: .*\n", "").replace("properties:\n", ""));
    assertThat(run("check", "--counterexamples", "found").code()).isEqualTo(ExitCode.OK);
    assertThat(run("check", "--counterexamples", "").code()).isEqualTo(ExitCode.USAGE);
  }
}
