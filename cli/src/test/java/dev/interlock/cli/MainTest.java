package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  @Test
  void withoutArgumentsUsageIsShown() {
    StringWriter out = new StringWriter();

    int code = new CommandLine(new InterlockCommand()).setOut(new PrintWriter(out, true)).execute();

    assertThat(code).isZero();
    assertThat(out.toString()).startsWith("Usage: interlock [-hV]");
  }

  @Test
  void versionIsTheSameThroughPicocli() {
    StringWriter out = new StringWriter();

    new CommandLine(new InterlockCommand()).setOut(new PrintWriter(out, true)).execute("--version");

    assertThat(out.toString().strip()).isEqualTo("interlock " + Version.current());
  }
}
