package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Owners that go away: while another command waits for them, and by a signal. */
class GoneOwnerTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path here;

  private static void await(Path file) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!Files.exists(file)) {
      assertThat(System.nanoTime()).as("%s appears", file).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  @Test
  void commandThatWaitsBecomesTheNextOwner() throws Exception {
    // Its server notes that it was asked, and answers once it may.
    Path rooms =
        FastServer.rooms(
            here,
            server ->
                server.replace(
                    "case \"free\" -> {",
                    """
                    case "free" -> {
                      Files.writeString(Path.of("asked"), "");
                      while (!Files.exists(Path.of("go"))) {
                        Thread.onSpinWait();
                      }
                    """));
    Cli.Running up = Cli.in(rooms).start("up").sees("is up");
    try (Cli.Running start =
        Cli.in(rooms).start("start", "--id", "case-1", "--as", "ana", "A room")) {
      start.sees("Started case-1").sees("call 1");
      await(rooms.resolve("asked"));

      up.close();
      Files.writeString(rooms.resolve("go"), "");

      start.sees("agent     Oak is free").sees("case-1 is waiting in Choose.");
      assertThat(start.ended().code()).isZero();
    } finally {
      Files.writeString(rooms.resolve("go"), "");
      up.close();
    }
    assertThat(Cli.in(rooms).run("verify-journal").ok().out()).contains("all whole");
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void signalLetsGoOfEverything(String signal, int code) throws Exception {
    Path rooms = FastServer.rooms(here);
    Process up = start(List.of(), "up", "-C", rooms.toString());
    try {
      BufferedReader out =
          new BufferedReader(new InputStreamReader(up.getInputStream(), StandardCharsets.UTF_8));
      assertThat(out.readLine()).contains("room-booking is up").contains("cases.db");
      Cli.in(rooms).run("start", "--id", "case-1", "--as", "ana", "A room").ok();

      new ProcessBuilder("kill", "-" + signal.toUpperCase(Locale.ROOT), String.valueOf(up.pid()))
          .start()
          .waitFor();

      assertThat(up.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(up.exitValue()).isEqualTo(code);
      assertThat(out.lines().toList()).anyMatch(line -> line.contains("agent     Oak is free"));
    } finally {
      up.destroyForcibly();
    }
    assertThat(Cli.in(rooms).run("send", "case-1", "yes", "--as", "ana").ok().out())
        .contains("agent     The booking is ready.");
  }

  @Test
  void terminalsAreThoseThatTheLauncherSaw() throws Exception {
    assertThat(help()).contains("Usage: interlock list").doesNotContain("\033[");
    assertThat(help("-Dinterlock.terminals=in,err")).doesNotContain("\033[");
    assertThat(help("-Dinterlock.terminals=in,out,err")).contains("\033[");
  }

  private static String help(String... options) throws Exception {
    Process process = start(List.of(options), "list", "--help");
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static Process start(List<String> options, String... args) throws Exception {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", classPath, "dev.interlock.cli.Main"));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(new File("/dev/null")).start();
  }
}
