package dev.interlock.agent;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.testkit.ToolHostContract;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;

/**
 * The contract over HTTP, against the endpoints that Python's official SDK makes: answers in
 * streams, answers as JSON, and without sessions.
 */
class PythonHttpTest {
  abstract static class Contract extends ToolHostContract {
    private final String way;
    private final List<Process> servers = new ArrayList<>();

    private Contract(String way) {
      this.way = way;
    }

    @Override
    protected ToolHost open() {
      try {
        ServerConfig.Command config = PythonServerTest.config(way);
        ProcessBuilder builder = new ProcessBuilder(config.command());
        builder.environment().putAll(config.env());
        Process server = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        servers.add(server);
        BufferedReader out =
            new BufferedReader(
                new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        URI url = URI.create("http://127.0.0.1:%s/mcp/".formatted(out.readLine()));
        return new McpToolHost(
            Map.of("t", new ServerConfig.Url(url, Map.of("Authorization", "Bearer open-sesame"))));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @AfterAll
    void endServers() throws IOException {
      for (Process server : servers) {
        server.getOutputStream().close();
        ServerProcess.end(server);
      }
    }
  }

  @Nested
  class InStreams extends Contract {
    InStreams() {
      super("sse");
    }
  }

  @Nested
  class AsJson extends Contract {
    AsJson() {
      super("json");
    }
  }

  @Nested
  class WithoutSessions extends Contract {
    WithoutSessions() {
      super("stateless");
    }
  }
}
