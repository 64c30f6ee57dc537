package dev.interlock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.agent.McpToolHost;
import dev.interlock.agent.ServerConfig;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.ToolLock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code tools.lock} pins is what the real servers offer. */
class LocksTest {
  @TempDir private Path data;

  @Test
  void lockOfItAccessIsTrue() {
    Map<String, String> environment =
        Map.of(
            "INTERLOCK_JAVA", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "IT_ACCESS_DATA", data.toString());

    assertTrue(
        Example.IT_ACCESS,
        Map.of(
            "it",
            new ServerConfig.Command(
                List.of("sh", "server/start"), environment, Example.IT_ACCESS.folder())));
  }

  @Test
  void lockOfAgenticIsTrue() {
    Path folder = Example.AGENTIC.folder();

    assertTrue(
        Example.AGENTIC,
        Map.of(
            "note",
                new ServerConfig.Command(List.of("python3", "server.py", "note"), Map.of(), folder),
            "tasks",
                new ServerConfig.Command(
                    List.of("python3", "server.py", "tasks"), Map.of(), folder)));
  }

  @Test
  void lockOfOrderServiceIsTrue() {
    Path folder = Example.ORDER_SERVICE.folder();
    Map<String, String> environment = Map.of("SHOP_DATA", data.toString());

    assertTrue(
        Example.ORDER_SERVICE,
        Map.of(
            "shop",
            new ServerConfig.Command(List.of("python3", "server.py"), environment, folder)));
  }

  @Test
  void lockOfAutoClaimIsTrue() {
    Path folder = Example.AUTO_CLAIM.folder();
    Map<String, String> environment = Map.of("CLAIMS_DATA", data.toString());

    assertTrue(
        Example.AUTO_CLAIM,
        Map.of(
            "claims",
            new ServerConfig.Command(List.of("python3", "server.py"), environment, folder)));
  }

  private static void assertTrue(Example example, Map<String, ServerConfig> servers) {
    List<Offered> offered = new ArrayList<>();
    try (McpToolHost host = new McpToolHost(servers)) {
      servers.keySet().forEach(server -> offered.addAll(host.offered(server)));
    }
    ToolLock.Read read = ToolLock.lock("tools.lock", offered);

    assertThat(read.diagnostics()).isEmpty();
    assertThat(example.text("tools.lock")).isEqualTo(read.lock().write());
  }
}
