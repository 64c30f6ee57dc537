package dev.interlock;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.load.Yaml;
import dev.interlock.core.machine.Tool;
import dev.interlock.langchain4j.JavaToolHost;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The servers that are objects of this process, and what they offer. They are locked when the
 * engine opens; what a lock file says of them does not count.
 *
 * @param offered by server
 */
record JavaServers(Map<String, List<Offered>> offered) {
  static final JavaServers NONE = new JavaServers(Map.of());

  static JavaServers of(JavaToolHost host) {
    Map<String, List<Offered>> offered = new TreeMap<>();
    host.servers().forEach(server -> offered.put(server, host.offered(server)));
    return new JavaServers(offered);
  }

  Set<String> servers() {
    return offered.keySet();
  }

  /** The tools of a machine's file that an object should have and does not, each at its place. */
  List<Diagnostic> lacking(String machine) {
    Reader reader = new Reader();
    for (Node.Member tool : tools(machine)) {
      @Nullable List<Offered> there = offered.get(Tool.server(tool.key()));
      if (there != null && there.stream().noneMatch(it -> it.name().equals(tool.key()))) {
        reader.unknown(
            tool.mark(),
            LoadCode.UNBOUND,
            "tool of an object",
            tool.key(),
            there.stream().map(Offered::name).toList());
      }
    }
    return reader.diagnostics();
  }

  /**
   * A lock, with those tools of objects that a machine's file names.
   *
   * @throws MachineFolderException if one is not safe to use
   */
  ToolLock with(ToolLock file, String machine) {
    if (offered.isEmpty()) {
      return file;
    }
    List<String> named = tools(machine).stream().map(Node.Member::key).toList();
    ToolLock.Read own =
        ToolLock.lock(
            MachineFolder.LOCK_FILE,
            offered.values().stream()
                .flatMap(List::stream)
                .filter(tool -> named.contains(tool.name()))
                .toList());
    if (!own.diagnostics().isEmpty()) {
      throw new MachineFolderException(own.diagnostics(), Map.of());
    }
    return file.with(servers(), own.lock());
  }

  private static List<Node.Member> tools(String machine) {
    @Nullable Node root = Yaml.read(MachineFolder.MACHINE_FILE, machine).root();
    return root == null ? List.of() : Bindings.members(root, "tools");
  }
}
