package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.json.Json;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code check --bounds}. */
class CheckBoundsTest {
  private static final Path IT_ACCESS = Path.of("..", "examples", "it-access");

  @Test
  void eachNumberSaysWhatBoundsIt() {
    String out = Cli.in(IT_ACCESS).onTerminal().run("check", "--bounds").ok().out();

    assertThat(out.replaceAll("\033\\[[0-9;]*m", ""))
        .contains("STATE                VISITS  TURNS   CALLS   WRITES  TOKENS       A VISIT\n")
        .contains("Act                  1 [1]   10 [7]  50 [8]  3 [9]   200,000 [4]  3 d [2]\n")
        .contains("it.reset_password    write   50 [8]  1 [11]    1\n")
        .contains("\n[7] budgets.turns of Act\n")
        .contains("\n[11] the rule \"one reset in one case\"\n")
        .contains("\nIn escalations: no end [10].\n");
  }

  @Test
  void programsHaveThemAsNumbers() {
    Object json = Json.parse(Cli.in(IT_ACCESS).run("check", "--bounds", "--json").ok().out());

    assertThat(Json.at(json, "/bounds/states/Act/turns/most")).isEqualTo(10L);
    assertThat(Json.at(json, "/bounds/states/Act/turns/by")).isEqualTo("budgets.turns of Act");
    assertThat(Json.at(json, "/bounds/states/Act/seconds/most")).isEqualTo(259_200L);
    assertThat(Json.at(json, "/bounds/tools/it.grant_device/happened/most")).isEqualTo(2L);
    assertThat(Json.at(json, "/bounds/total/turns/most")).isEqualTo(40L);
    assertThat(Cli.in(IT_ACCESS).run("check", "--json").ok().out()).doesNotContain("\"bounds\"");
  }
}
