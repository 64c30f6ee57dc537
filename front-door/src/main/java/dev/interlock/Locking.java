package dev.interlock;

import dev.interlock.agent.McpToolHost;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.MappingReader;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Reader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.load.Yaml;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tools.lock} should hold now: the tools that the machine names, as their servers
 * describe them.
 *
 * @param lock the new lock
 * @param added names that were not locked
 * @param changed names that were locked otherwise
 * @param removed names that the machine does not name any more
 * @param doubts tools that the machine takes for safer to repeat than their servers hint
 */
public record Locking(
    Path file,
    ToolLock lock,
    List<String> added,
    List<String> changed,
    List<String> removed,
    List<Diagnostic> doubts) {

  /**
   * Asks the servers of a folder. Writes nothing.
   *
   * @param asking told of each server before it is asked
   * @throws UnreadableFolderException if it is no machine folder or cannot be read
   * @throws MachineFolderException if a file has errors, a tool is not offered or is not safe
   * @throws ToolHost.ToolHostException if a server does not answer
   */
  public static Locking ask(Path folder, Map<String, String> environment, Consumer<String> asking) {
    Configuration configuration = MachineFolder.readConfiguration(folder, environment).orThrow();
    if (!configuration.unset().isEmpty()) {
      throw new MachineFolderException(configuration.unset(), Map.of());
    }
    String text = MachineFolder.text(folder, MachineFolder.MACHINE_FILE).orElseThrow();
    Map<String, Node.Member> named = named(text);
    Reader reader = new Reader();
    Map<String, List<Offered>> offered = new LinkedHashMap<>();
    try (ToolHost tools = new McpToolHost(configuration.servers())) {
      for (Node.Member tool : named.values()) {
        String server = Tool.server(tool.key());
        if (Bindings.hasServer(reader, tool, configuration.servers().keySet())
            && !offered.containsKey(server)) {
          asking.accept(server);
          offered.put(server, tools.offered(server));
        }
      }
    }
    List<Offered> wanted = new ArrayList<>();
    List<Diagnostic> doubts = new ArrayList<>();
    for (Node.Member tool : named.values()) {
      List<Offered> there = offered.getOrDefault(Tool.server(tool.key()), List.of());
      List<Offered> same = there.stream().filter(it -> it.name().equals(tool.key())).toList();
      wanted.addAll(same);
      same.forEach(it -> doubt(tool, it.hinted()).ifPresent(doubts::add));
      if (same.isEmpty() && offered.containsKey(Tool.server(tool.key()))) {
        reader.unknown(
            tool.mark(),
            LoadCode.UNBOUND,
            "tool",
            tool.key(),
            there.stream().map(Offered::name).toList());
      }
    }
    ToolLock.Read read = ToolLock.lock(MachineFolder.LOCK_FILE, wanted);
    List<Diagnostic> problems = new ArrayList<>(reader.diagnostics());
    problems.addAll(read.diagnostics());
    if (!problems.isEmpty()) {
      throw new MachineFolderException(problems, Map.of(MachineFolder.MACHINE_FILE, text));
    }
    return compared(folder, read.lock(), doubts);
  }

  private static Optional<Diagnostic> doubt(Node.Member tool, @Nullable EffectClass hinted) {
    if (hinted == null || !(Bindings.at(tool.node(), "effect") instanceof Node.Scalar effect)) {
      return Optional.empty();
    }
    return Arrays.stream(EffectClass.values())
        .filter(declared -> declared.word().equals(effect.text()) && declared.compareTo(hinted) < 0)
        .findFirst()
        .map(declared ->
            new Diagnostic(
                effect.mark(),
                LoadCode.EFFECT_HINT,
                "`effect: %s` of %s".formatted(declared.word(), tool.key()),
                "`effect: %s`, as its server hints".formatted(hinted.word()),
                "a call that is repeated though it may not be is done twice: make sure of it"));
  }

  /** The tools that a machine names. Whether the rest of it is right is not asked here. */
  private static Map<String, Node.Member> named(String text) {
    Yaml.Parsed parsed = Yaml.read(MachineFolder.MACHINE_FILE, text);
    @Nullable Node root = parsed.root();
    Reader reader = new Reader();
    @Nullable MappingReader machine =
        root == null ? null : reader.mapping(root, MachineFolder.MACHINE_FILE);
    Map<String, Node.Member> named = new LinkedHashMap<>();
    if (machine != null) {
      machine.members("tools").forEach(member -> named.put(member.key(), member));
    }
    List<Diagnostic> problems = new ArrayList<>(parsed.problems());
    problems.addAll(reader.diagnostics());
    if (!problems.isEmpty()) {
      throw new MachineFolderException(problems, Map.of(MachineFolder.MACHINE_FILE, text));
    }
    return named;
  }

  private static Locking compared(Path folder, ToolLock lock, List<Diagnostic> doubts) {
    // A lock that cannot be read counts as none: locking mends it.
    Map<String, LockedTool> before =
        MachineFolder.text(folder, MachineFolder.LOCK_FILE)
            .map(text -> ToolLock.read(MachineFolder.LOCK_FILE, text).lock().tools())
            .orElse(Map.of());
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    new TreeMap<>(lock.tools())
        .forEach((name, tool) -> {
          @Nullable LockedTool old = before.get(name);
          if (old == null) {
            added.add(name);
          } else if (!old.hash().equals(tool.hash())) {
            changed.add(name);
          }
        });
    List<String> removed =
        before.keySet().stream().filter(name -> !lock.tools().containsKey(name)).sorted().toList();
    return new Locking(
        folder.resolve(MachineFolder.LOCK_FILE), lock, added, changed, removed, doubts);
  }

  /** Whether the file says the same already. */
  public boolean same() {
    return added.isEmpty() && changed.isEmpty() && removed.isEmpty() && Files.exists(file);
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @throws UnreadableFolderException if it cannot be written
   */
  public void write() {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(draft, lock.write());
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw UnreadableFolderException.unreadable(file, e);
    }
  }
}
