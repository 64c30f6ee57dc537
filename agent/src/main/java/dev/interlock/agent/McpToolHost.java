package dev.interlock.agent;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.machine.LockedTool;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tools of MCP servers that run as child processes and speak over stdin and stdout. */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class McpToolHost implements ToolHost {
  /**
   * How a server is started.
   *
   * @param command the program and its arguments
   * @param env variables beside the few that every server gets, such as {@code PATH}
   * @param dir where it starts
   */
  public record ServerConfig(List<String> command, Map<String, String> env, Path dir) {
    public ServerConfig {
      command = List.copyOf(command);
      env = Map.copyOf(env);
    }
  }

  private final Map<String, ServerConfig> servers;

  /** A host of these servers, by the name that tools have before the dot. */
  public McpToolHost(Map<String, ServerConfig> servers) {
    this(servers, hash -> null);
  }

  /**
   * As the other one.
   *
   * @param locked a locked tool by its hash, or null: with it a drift says what changed
   */
  public McpToolHost(
      Map<String, ServerConfig> servers, Function<String, @Nullable LockedTool> locked) {
    this.servers = Map.copyOf(servers);
  }

  @Override
  public List<Offered> offered(String server) {
    throw new UnsupportedOperationException("offered " + server + servers);
  }

  @Override
  public Answer call(ToolCall call) {
    throw new UnsupportedOperationException("call " + call);
  }

  @Override
  public void close() {}
}
