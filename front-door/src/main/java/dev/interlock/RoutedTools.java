package dev.interlock;

import dev.interlock.agent.McpToolHost;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.machine.Tool;
import dev.interlock.langchain4j.JavaToolHost;
import java.util.List;
import java.util.function.Consumer;

/** Objects of this process first, then the servers of {@code interlock.yaml}. */
record RoutedTools(JavaToolHost objects, McpToolHost servers) implements ToolHost {
  private ToolHost host(String server) {
    return objects.servers().contains(server) ? objects : servers;
  }

  @Override
  public List<Offered> offered(String server) {
    return host(server).offered(server);
  }

  @Override
  public Answer call(ToolCall call) {
    return host(Tool.server(call.tool())).call(call);
  }

  @Override
  public Answer call(ToolCall call, Consumer<Progress> told) {
    return host(Tool.server(call.tool())).call(call, told);
  }

  @Override
  public void ready(String tool) throws InterruptedException {
    host(Tool.server(tool)).ready(tool);
  }

  @Override
  public void close() {
    try {
      objects.close();
    } finally {
      servers.close();
    }
  }
}
