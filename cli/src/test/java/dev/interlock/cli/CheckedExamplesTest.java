package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code check} says of the examples: nothing, and of those in {@code examples/broken}, word
 * for word, what is written down there, but for what is only missing here. {@code
 * -Dinterlock.golden=write} writes it down anew.
 */
class CheckedExamplesTest {
  private static final Path BROKEN = Path.of("..", "examples", "broken").toAbsolutePath();
  private static final String EXPECTED = "expected.txt";

  static Stream<Path> folders() throws IOException {
    try (Stream<Path> folders = Files.list(BROKEN)) {
      return folders.filter(Files::isDirectory).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void whatIsSaidOfABrokenExampleIsWrittenDown(Path folder) throws IOException {
    Cli.Run run = Cli.in(folder).run("check");
    String code = folder.getFileName().toString().substring(0, 5);
    String said =
        run.err()
            .lines()
            .filter(line -> !line.startsWith("Note: "))
            .map(line -> line + "\n")
            .reduce("", String::concat);
    if ("write".equals(System.getProperty("interlock.golden"))) {
      Files.writeString(folder.resolve(EXPECTED), said);
    }

    assertThat(said).isEqualTo(Files.readString(folder.resolve(EXPECTED))).contains("[" + code);
    boolean error = said.lines().anyMatch(line -> !line.contains(": warning: "));
    assertThat(run.code()).isEqualTo(error ? 1 : 0);
  }

  @Test
  void nothingIsFoundInTheOtherExamples() throws IOException {
    try (Stream<Path> all = Files.list(BROKEN.getParent())) {
      List<Path> folders = all.filter(it -> Files.exists(it.resolve("machine.yaml"))).toList();

      assertThat(folders).hasSizeGreaterThan(3);
      for (Path folder : folders) {
        String json = Cli.in(folder).run("check", "--json").out();
        assertThat(Json.at(Json.parse(json), "/problems")).as(json).isEqualTo(List.of());
        assertThat(Json.at(Json.parse(json), "/warnings")).as(json).isEqualTo(List.of());
      }
    }
  }

  @Test
  void findingsAreWrittenAsSarif() {
    Cli.Run run = Cli.in(BROKEN.resolve("IL012-open-at-entry")).run("check", "--format", "sarif");
    Object sarif = Json.parse(run.ok().out());

    assertThat(Json.at(sarif, "/version")).isEqualTo("2.1.0");
    assertThat(Json.at(sarif, "/runs/0/tool/driver/rules/0/id")).isEqualTo("IL012");
    assertThat(Json.at(sarif, "/runs/0/tool/driver/rules/0/fullDescription/text"))
        .isEqualTo(
            "A state is entered again while its way out is open already, by what an earlier visit"
                + " recorded.");
    assertThat(Json.at(sarif, "/runs/0/results/0/ruleId")).isEqualTo("IL012");
    assertThat(Json.at(sarif, "/runs/0/results/0/level")).isEqualTo("warning");
    String place = "/runs/0/results/0/locations/0/physicalLocation";
    assertThat(Json.at(sarif, place + "/artifactLocation/uri")).isEqualTo("machine.yaml");
    assertThat(Json.at(sarif, place + "/region"))
        .isEqualTo(Json.parse("{\"startLine\": 18, \"startColumn\": 19}"));
    assertThat(
            Json.at(
                sarif,
                "/runs/0/results/0/codeFlows/0/threadFlows/0/locations/5/location/message/text"))
        .isEqualTo("Settle: event again");
    assertThat(Json.at(sarif, "/runs/0/results/1/level")).isEqualTo("note"); // no model here
  }

  @Test
  void formatThatIsNoneIsRefused() {
    Cli.Run run = Cli.in(BROKEN.resolve("IL001-unreachable")).run("check", "--format", "xml");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--format xml").contains("text, json, sarif");
    assertThat(
            Cli.in(BROKEN.resolve("IL001-unreachable")).run("check", "--format", "json").ok().out())
        .startsWith("{\"identity\":");
  }
}
