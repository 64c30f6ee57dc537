package dev.interlock.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.cli.output.Output;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The demonstration, whole: real engine processes, a real server, a real SIGKILL. */
class DemoTest {
  private static final Path EXAMPLE = Path.of("../examples/it-access").toAbsolutePath().normalize();

  private static Program program(Output output) {
    return new Program(
        output,
        Map.of(),
        Path.of("").toAbsolutePath(),
        System.getProperty("user.name"),
        Clock.systemUTC(),
        "interlock");
  }

  @Test
  void everyClaimIsTrue() throws Exception {
    Output.Buffers buffers = Output.buffers(false, "");

    int code = Demo.run(program(buffers.output()), false, false, EXAMPLE);

    assertThat(buffers.out()).doesNotContain("FALSE").doesNotContain("\033[");
    assertThat(buffers.out())
        .contains("set employee_id")
        .contains("(exit code 137)")
        .contains("Ana's password was reset exactly once")
        .contains("by trust")
        .contains("interlock new my-machine");
    assertThat(code).isZero();
  }

  @Test
  void liveWithoutKeySaysWhatIsMissing() {
    Output.Buffers buffers = Output.buffers(false, "");

    assertThatThrownBy(() -> Demo.run(program(buffers.output()), true, false, EXAMPLE))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("no ANTHROPIC_API_KEY in the environment");
  }
}
