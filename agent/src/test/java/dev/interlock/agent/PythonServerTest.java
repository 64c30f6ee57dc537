package dev.interlock.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.json.Json;
import dev.interlock.testkit.ToolHostContract;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;

/**
 * The contract against a server made with Python's official SDK, which the test installs into
 * {@code target/} with pip (once: some 45 MB). Without python3 and pip it is skipped, except where
 * {@code CI} is set.
 */
class PythonServerTest extends ToolHostContract {
  private static final String SDK = "mcp==1.30.0";

  @Override
  protected ToolHost open() {
    return new McpToolHost(Map.of("t", config()));
  }

  /** The server of the contract. */
  static ServerConfig.Command config(String... arguments) {
    try {
      Path sdk = installed();
      Path server = Files.createDirectories(Path.of("target", "python")).resolve("server.py");
      Files.writeString(server, resource("contract_server.py"));
      List<String> command = new ArrayList<>(List.of("python3", "" + server.toAbsolutePath()));
      command.addAll(List.of(arguments));
      return new ServerConfig.Command(
          command, Map.of("PYTHONPATH", sdk.toAbsolutePath().toString()), Path.of("."));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Path installed() throws IOException {
    String constraints = resource("python-constraints.txt");
    Path folder = Path.of("target", "python", Json.sha256(SDK + constraints).substring(0, 12));
    Path done = folder.resolve("installed");
    if (!Files.exists(done)) {
      boolean pip = run("python3", "-m", "pip", "--version").isEmpty();
      if (System.getenv("CI") == null) {
        Assumptions.assumeTrue(pip, "skipped: no python3 with pip; install them to run this test");
      }
      Path pins = Files.createDirectories(folder).resolve("constraints.txt");
      Files.writeString(pins, constraints);
      String problem =
          run(
              "python3",
              "-m",
              "pip",
              "install",
              "--quiet",
              "--disable-pip-version-check",
              "--no-input",
              "--upgrade",
              "--target",
              folder.toString(),
              "-c",
              pins.toString(),
              SDK);
      assertThat(problem).as("pip install " + SDK).isEmpty();
      Files.writeString(done, SDK);
    }
    return folder;
  }

  /** What a command wrote if it failed, or nothing. */
  private static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? "" : output;
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = PythonServerTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
