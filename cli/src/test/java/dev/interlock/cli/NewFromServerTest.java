package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewFromServerTest {
  @TempDir private Path here;
  private String[] server;

  @BeforeEach
  void make() {
    FastServer.rooms(
        here,
        text ->
            text.replace(
                    "{\"name\":\"free\",\"description\":\"",
                    "{\"name\":\"free\",\"annotations\":{\"readOnlyHint\":true},\"description\":\"")
                .replace(
                    "{\"name\":\"book\",",
                    """
                    {"name":"keep","description":"Keeps\\\\n\\\\u001b[2J it.","annotations":{"idempotentHint":true},
                     "inputSchema":{"type":"object"}},
                    {"name":"drop","description":"","annotations":{"destructiveHint":true},
                     "inputSchema":{"type":"object"}},
                    {"name":"book",\
                    """));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    server =
        new String[] {
          "new", "desk", "--from", "rooms", "--", java.toString(), "-cp", "classes", "Rooms"
        };
  }

  private Cli.Run run(String... args) {
    return Cli.in(here).run(args);
  }

  @Test
  void effectsAreWhatTheServerHintsAndTheRestIsSafe() throws IOException {
    run(server).ok();

    assertThat(Files.readString(here.resolve("desk/machine.yaml")))
        .contains("  rooms.free: {effect: read}\n")
        .contains("  rooms.keep: {effect: idempotent}\n")
        .contains("  rooms.drop: {effect: write}\n")
        .contains("  rooms.book: {effect: write}   # its server hints at nothing\n")
        .contains("    for: [writes]\n    ask: user\n")
        .doesNotContain("\u001b");
    run("check", "-C", "desk").ok();
    assertThat(run("test", "-C", "desk").ok().out()).contains("1 passed, 0 failed");
    assertThat(run("lock", "-C", "desk").ok().err()).isEmpty();
  }

  @Test
  void lockWarnsWhereTheMachineTrustsAToolMoreThanItsServer() throws IOException {
    run(server).ok();
    Path machine = here.resolve("desk/machine.yaml");
    Files.writeString(
        machine,
        Files.readString(machine)
            .replace("rooms.drop: {effect: write}", "rooms.drop: {effect: read}")
            .replace("rooms.free: {effect: read}", "rooms.free: {effect: write}"));

    Cli.Run lock = run("lock", "-C", "desk").ok();

    assertThat(lock.err())
        .contains("`effect: read` of rooms.drop; expected `effect: write`, as its server hints")
        .doesNotContain("rooms.free");
    assertThat(run("lock", "-C", "desk", "--json").ok().out()).contains("effect-hint");
  }

  @Test
  void whatCannotBeAskedMakesNothing() {
    for (String[] args :
        new String[][] {
          {"new", "x", "--from", "rooms"},
          {"new", "x", "--from", "a.b", "--", "java"},
          {"new", "x", "--", "java"}
        }) {
      assertThat(run(args).code()).isEqualTo(ExitCode.USAGE);
    }
    assertThat(run("new", "x", "--from", "rooms", "--", "/no/such/program").err())
        .contains("does not start");
    assertThat(here.resolve("x")).doesNotExist();
  }
}
