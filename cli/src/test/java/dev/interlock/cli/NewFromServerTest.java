package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.testkit.HostileEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
  void serverAtAUrlIsAskedThereAndItsSecretStaysInTheEnvironment() throws IOException {
    try (HostileEndpoint endpoint = new HostileEndpoint()) {
      String[] words = {
        "new",
        "far",
        "--from",
        "h",
        "--url",
        "" + endpoint.url(),
        "--header",
        "Authorization: Bearer ${FAR_TOKEN}"
      };

      Cli.in(here).with("FAR_TOKEN", "canary").run(words).ok();

      assertThat(Files.readString(here.resolve("far/machine.yaml")))
          .contains("  h.odd: {effect: write}   # its server hints at nothing\n");
      assertThat(Files.readString(here.resolve("far/interlock.yaml")))
          .contains("Authorization\":\"Bearer ${FAR_TOKEN}\"")
          .doesNotContain("canary");
      assertThat(endpoint.seen())
          .isNotEmpty()
          .allSatisfy(
              it -> assertThat(it.headers()).containsEntry("authorization", "Bearer canary"));
      Cli.in(here).with("FAR_TOKEN", "canary").run("lock", "--check", "-C", "far").ok();
      endpoint.describe("Other.");
      assertThat(
              Cli.in(here).with("FAR_TOKEN", "canary").run("lock", "--check", "-C", "far").code())
          .isEqualTo(ExitCode.FAILED);
    }
    run("check", "-C", "far").ok();
    assertThat(run("test", "-C", "far").ok().out()).contains("1 passed, 0 failed");
    assertThat(run("lock", "-C", "far").err()).contains("FAR_TOKEN");
  }

  /**
   * A server of a shell, which knows nothing of the ids of requests but that they come in order.
   */
  private static String[] shell(String folder, String name, String list) {
    return new String[] {
      "new",
      folder,
      "--from",
      name,
      "--",
      "sh",
      "-c",
      """
      answer() { read -r line; id=$(printf '%s' "$line" | sed 's/.*"id":\\("[^"]*"\\|[0-9]*\\).*/\\1/'); printf '{"jsonrpc":"2.0","id":%s,%s}\\n' "$id" "$1"; }
      answer '"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}'
      read -r initialized
      answer "$LIST"
      read -r end
      """
          .replace("$LIST", list.replace("\"", "\\\""))
    };
  }

  private static String tools(String... names) {
    return Stream.of(names)
        .map(name -> "{\"name\":\"" + name + "\",\"inputSchema\":{\"type\":\"object\"}}")
        .collect(Collectors.joining(",", "\"result\":{\"tools\":[", "]}"));
  }

  @Test
  void folderLoadsWhateverItsServerIsCalled() {
    for (String name : new String[] {"true", "null", "123", "0x1F", "1e3"}) {
      run(shell("f" + name, name, tools("echo", "7"))).ok();
      run("check", "-C", "f" + name).ok();
    }
    run(shell("2024", "s", tools("echo"))).ok();
    run("check", "-C", "2024").ok();
  }

  @Test
  void serverOfWhichNoMachineCanBeMadeMakesNothing() {
    assertThat(run(shell("x", "s", tools())).err()).contains("the server s offers no tools");
    assertThat(run(shell("x", "s", tools("a.b", "a__b"))).err())
        .contains("no machine can be made", "s.a__b");
    Cli.Run lines = run(shell("x", "s", tools("a\\u001b[2J\\n[interlock] all is well")));
    assertThat(lines.code()).isEqualTo(ExitCode.FAILED);
    assertThat(lines.err()).contains("s.a").doesNotContain("\u001b").doesNotContain("\n[");
    assertThat(here.resolve("x")).doesNotExist();
  }

  @Test
  void wordsOfAServerSteerNoTerminal() {
    Cli.Run dies =
        run("new", "x", "--from", "s", "--", "sh", "-c", "printf 'a\\033[2J\\n[b]' >&2; exit 3");
    Cli.Run refuses =
        run(shell("x", "s", "\"error\":{\"code\":-1,\"message\":\"a\\u001b[2J\\n[b]\"}"));

    for (Cli.Run run : List.of(dies, refuses)) {
      assertThat(run.code()).isEqualTo(ExitCode.FAILED);
      assertThat(run.err()).contains("a\uFFFD[2J\n  [b]").doesNotContain("\u001b");
    }
    assertThat(here.resolve("x")).doesNotExist();
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
    assertThat(run("lock", "-C", "desk", "--json").ok().out()).contains("IL169");
  }

  @Test
  void helpShowsVariablesAsTheyAreWritten() {
    assertThat(Cli.in(here).with("JIRA_TOKEN", "canary").run("new", "--help").out())
        .contains("Bearer ${JIRA_TOKEN}", "${NAME}");
  }

  @Test
  void whatCannotBeAskedMakesNothing() {
    for (String[] args :
        new String[][] {
          {"new", "x", "--from", "rooms"},
          {"new", "x", "--from", "a.b", "--", "java"},
          {"new", "x", "--", "java"},
          {"new", "x", "--url", "https://e.com"},
          {"new", "x", "--from", "a", "--url", "https://e.com", "--", "java"},
          {"new", "x", "--from", "a", "--header", "A: b", "--", "java"},
          {"new", "x", "--from", "a", "--url", "https://e.com", "--header", "b"},
          {
            "new",
            "x",
            "--from",
            "a",
            "--url",
            "https://e.com",
            "--header",
            "A: b",
            "--header",
            "A: c"
          }
        }) {
      assertThat(run(args).code()).isEqualTo(ExitCode.USAGE);
    }
    assertThat(run("new", "x", "--from", "rooms", "--", "/no/such/program").err())
        .contains("does not start");
    assertThat(run("new", "x", "--from", "a", "--url", "http://e.com").err()).contains("https://");
    assertThat(
            run("new", "x", "--from", "a", "--url", "https://e.com", "--header", "A: ${NO_SUCH}")
                .err())
        .contains("NO_SUCH");
    assertThat(here.resolve("x")).doesNotExist();
  }
}
