package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.core.json.Json;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShowPromptTest {
  private static final Pattern ENTRIES = Pattern.compile("Expected: one of (\\d+)");

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

  /** The first entry at which something was asked, as the error names it. */
  private String asked() {
    Cli.Run none = run("show", "case-1", "--prompt", "1");
    assertThat(none.code()).isEqualTo(ExitCode.FAILED);
    Matcher entries = ENTRIES.matcher(none.err());
    assertThat(entries.find()).as(none.err()).isTrue();
    assertThat(none.err()).contains("no question to the model at entry 1 of case-1");
    return entries.group(1);
  }

  @Test
  void promptOfAnEntryIsShownToOperatorAndCaller() {
    String seq = asked();

    String shown = run("show", "case-1", "--prompt", seq).ok().out();

    assertThat(shown)
        .startsWith("The question of turn 1, in Choose, about ")
        .contains("== system", "You work inside a state machine.", "== tool recall")
        .contains("== said\nA room\n", "You are in Choose.");
    assertThat(run("show", "case-1", "--prompt", seq, "--as", "ana").ok().out()).isEqualTo(shown);
    Map<String, Object> json =
        Json.parseObject(run("show", "case-1", "--prompt", seq, "--json").ok().out());
    assertThat(Json.at(json, "/state")).isEqualTo("Choose");
    assertThat(Json.at(json, "/parts/0/text")).isEqualTo("A room");
  }

  @Test
  void strangerIsShownNone() {
    String seq = asked();

    Cli.Run stranger = run("show", "case-1", "--prompt", seq, "--as", "eve");

    assertThat(stranger.code()).isNotEqualTo(ExitCode.OK);
    assertThat(stranger.out()).doesNotContain("A room");
  }
}
