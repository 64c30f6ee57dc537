package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.core.json.Json;
import dev.interlock.testkit.HostileServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code lock}, and a server whose schemas are hostile. */
@Timeout(60)
class HostileSchemaTest {
  @TempDir private Path folder;

  private Cli.Run lock(List<String> way, String... tools) throws IOException {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    path,
                    HostileServer.class.getName()),
                way.stream())
            .toList();
    Files.writeString(
        folder.resolve("interlock.yaml"), "servers: {h: {command: " + Json.write(command) + "}}\n");
    Files.writeString(
        folder.resolve("machine.yaml"),
        Stream.of(tools)
            .map(tool -> "  h." + tool + ": {effect: read}\n")
            .collect(Collectors.joining("", "machine: m\nversion: 1\ntools:\n", "")));
    return Cli.in(folder).run("lock");
  }

  @Test
  void eachIsNamedAndNothingIsFetched() throws IOException {
    try (ServerSocket remote = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String url = "http://localhost:" + remote.getLocalPort() + "/schema.json";

      Cli.Run run = lock(List.of("schemas", url), "remote", "exponential", "levels", "linear");

      assertThat(run.code()).isEqualTo(ExitCode.FAILED);
      assertThat(run.out() + run.err())
          .contains("h.remote")
          .contains(url)
          .contains("h.exponential")
          .contains("h.levels")
          .contains("more than 64 levels")
          .doesNotContain("h.linear");
      assertThat(folder.resolve("tools.lock")).doesNotExist();
      remote.setSoTimeout(1);
      try {
        remote.accept().close();
        throw new AssertionError("the remote schema was asked for");
      } catch (SocketTimeoutException e) {
        assertThat(lock(List.of("schemas", url), "linear").ok().out()).contains("h.linear");
      }
    }
  }

  @Test
  void thousandLevelsAreNotRead() throws IOException {
    Cli.Run run = lock(List.of("deep"), "deep");

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("nested 1,007 deep, at most 500 levels are read");
    assertThat(folder.resolve("tools.lock")).doesNotExist();
  }
}
