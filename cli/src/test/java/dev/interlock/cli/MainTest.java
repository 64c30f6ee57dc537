package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Version;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  @TempDir private Path folder;

  @Test
  void withoutArgumentsUsageIsShown() {
    Cli.Run run = Cli.in(folder).run();

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains("Usage: interlock [-hV]")
        .contains("Commands:")
        .contains("demo ")
        .contains("Exit codes of every command:");
  }

  @Test
  void versionIsTheSameThroughPicocli() {
    Cli.Run run = Cli.in(folder).run("--version");

    assertThat(run.out().strip()).isEqualTo("interlock " + Version.current());
  }

  @Test
  void unknownCommandIsUsage() {
    Cli.Run run = Cli.in(folder).run("dmeo");

    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("dmeo").contains("interlock --help");
  }
}
