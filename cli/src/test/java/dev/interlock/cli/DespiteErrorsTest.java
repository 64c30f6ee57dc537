package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A machine that loads, and has an error. */
class DespiteErrorsTest {
  @TempDir private Path folder;

  @BeforeEach
  void write() throws Exception {
    Files.writeString(
        folder.resolve("machine.yaml"),
        Files.readString(Path.of("../examples/broken/IL003-no-end/machine.yaml")));
    Files.writeString(folder.resolve("script.yaml"), "replies: [Hello.]\n");
    Files.writeString(folder.resolve("interlock.yaml"), "model: {scripted: script.yaml}\n");
  }

  @Test
  void isNotStartedAndItIsSaidWhyAndHow() {
    Cli.Run start = Cli.in(folder).run("start", "--id", "a");
    Cli.Run run = Cli.in(folder).typing("").run("run", "--id", "a");

    assertThat(start.code()).isEqualTo(1);
    assertThat(start.err())
        .startsWith("Rejected: found errors in the machine il003-no-end: IL003 at states.Listen, ")
        .contains("mend what `interlock check` shows")
        .contains("--despite-errors");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("Rejected: found errors in the machine il003-no-end");
    assertThat(Cli.in(folder).run("list", "--json").ok().out()).doesNotContain("il003");
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "run"})
  void inJsonTheRejectionHasTheCodesOfTheErrors(String command) {
    Cli.Run refused = Cli.in(folder).typing("").run(command, "--id", "a", "--json");

    assertThat(refused.code()).isEqualTo(1);
    Object json = Json.parse(refused.out());
    assertThat(Json.at(json, "/rejected/code")).isEqualTo("errors");
    assertThat(Json.at(json, "/rejected/findings")).isEqualTo(List.of("IL003"));
    assertThat(Json.at(json, "/rejected/message")).asString().contains("IL003 at states.Listen, ");
  }

  @Test
  void ownerInAnotherProcessTellsTheCodesToo() throws Exception {
    try (Cli.Running up = Cli.in(folder).start("up")) {
      up.sees("Ctrl-C stops it.");
      inJsonTheRejectionHasTheCodesOfTheErrors("start");
    }
  }

  @Test
  void isStartedDespiteThemAndThatIsShownForGood() {
    String me = System.getProperty("user.name");
    Cli.in(folder).run("start", "--id", "a", "--despite-errors").ok();
    Cli.in(folder).typing("").run("run", "--id", "b", "--despite-errors").ok();

    String line = "started by %s despite errors in its machine: IL003".formatted(me);
    assertThat(Cli.in(folder).run("show", "a").ok().out()).contains(line);
    assertThat(Cli.in(folder).run("show", "b").ok().out()).contains(line);
    assertThat(Cli.in(folder).run("journal", "a", "--story").ok().out()).contains(line);
    assertThat(Json.at(Json.parse(Cli.in(folder).run("show", "a", "--json").out()), "/despite"))
        .isEqualTo(List.of("IL003"));
    assertThat(Cli.in(folder).run("journal", "a").ok().out()).contains("\"despite\":[\"IL003\"]");
    assertThat(Cli.in(folder).run("verify-journal").code()).isZero();
    assertThat(Cli.in(folder).run("replay").ok().out()).contains("2 the same");
  }

  @Test
  void whatWasStartedGoesOnWithoutSayingItAgain() {
    Cli.in(folder).run("start", "--id", "a", "--despite-errors").ok();

    assertThat(Cli.in(folder).run("start", "--id", "a").ok().out()).contains("before");
    Cli.in(folder).run("send", "a", "Good morning.").ok();
  }

  @Test
  void onlyAnOperatorStartsItDespiteThem() {
    Cli.Run ana = Cli.in(folder).run("start", "--as", "ana@example.com", "--despite-errors");
    Cli.Run forAna =
        Cli.in(folder).run("start", "--for", "ana@example.com", "--id", "f", "--despite-errors");

    assertThat(ana.code()).isEqualTo(1);
    assertThat(ana.err()).contains("expected an operator: have one start it for ana@example.com");
    forAna.ok();
    assertThat(Cli.in(folder).run("show", "f").out())
        .contains("caller ana@example.com")
        .contains("despite errors in its machine");
  }
}
