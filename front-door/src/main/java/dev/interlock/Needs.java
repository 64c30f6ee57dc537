package dev.interlock;

import dev.interlock.agent.ServerConfig;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.Mark;
import dev.interlock.core.load.Node;
import dev.interlock.core.load.Yaml;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What whoever runs a folder needs and does not have here: no error, it may be there elsewhere. */
final class Needs {
  private Needs() {}

  /** Variables that are not set, a model, and the programs of servers; each with its place. */
  static List<Diagnostic> missing(MachineFolder folder, Map<String, String> environment) {
    Configuration configuration = folder.configuration();
    List<Diagnostic> missing = new ArrayList<>(configuration.unset());
    if (configuration.models().isEmpty()) {
      missing.add(
          new Diagnostic(
              new Mark(Configuration.FILE, 1, 1),
              LoadCode.NO_MODEL,
              "no `model`",
              "one, or every question fails",
              "write `model: {scripted: FILE}`, or one with a key"));
    }
    @Nullable Node root =
        MachineFolder.text(folder.path(), Configuration.FILE)
            .map(text -> Yaml.read(Configuration.FILE, text).root())
            .orElse(null);
    for (Node.Member server : root == null ? List.<Node.Member>of() : servers(root)) {
      var configured = configuration.servers().get(server.key());
      @Nullable Node command = Bindings.at(server.node(), "command");
      if (command == null
          || !(configured instanceof ServerConfig.Command(List<String> words, var env, Path dir))) {
        continue;
      }
      String program = words.getFirst();
      if (!program.isEmpty() && !runs(program, dir, environment)) {
        boolean path = program.contains("/");
        missing.add(
            new Diagnostic(
                command instanceof Node.Sequence list
                    ? list.items().getFirst().mark()
                    : command.mark(),
                LoadCode.NOT_THERE,
                "the program %s, which is not %s".formatted(program, path ? "there" : "on PATH"),
                "one that can be run",
                path ? "it is looked for in `dir`" : "install it, or write its path"));
      }
    }
    return missing;
  }

  private static List<Node.Member> servers(Node root) {
    return Bindings.members(root, "servers");
  }

  private static boolean runs(String program, Path dir, Map<String, String> environment) {
    if (program.contains("/")) {
      return Files.isExecutable(dir.resolve(program));
    }
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(environment.getOrDefault("PATH", ""))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
