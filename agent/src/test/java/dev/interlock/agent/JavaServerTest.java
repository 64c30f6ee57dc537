package dev.interlock.agent;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.testkit.ToolHostContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The contract against a server made with the Java SDK. */
class JavaServerTest extends ToolHostContract {
  @Override
  protected ToolHost open() {
    return new McpToolHost(Map.of("t", config(ContractServer.class)));
  }

  /** A server of the tests, in a process of its own. */
  static ServerConfig.Command config(Class<?> main, String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command =
        new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", path));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ServerConfig.Command(command, Map.of(), Path.of("."));
  }
}
