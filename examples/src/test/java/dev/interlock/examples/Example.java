package dev.interlock.examples;

import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.scenario.ScenarioRunner.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** An example's folder in the checkout. */
enum Example {
  IT_ACCESS("it-access"),
  AGENTIC("agentic"),
  ORDER_SERVICE("order-service"),
  AUTO_CLAIM("auto-claim");

  private final Path folder;

  Example(String name) {
    this.folder = Path.of("").toAbsolutePath().resolve(name);
  }

  Path folder() {
    return folder;
  }

  String text(String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Machine machine() {
    return machine(text("machine.yaml"));
  }

  /** The machine of another text, with this example's lock. */
  Machine machine(String text) {
    MachineLoader.Loaded loaded = loaded(text);
    if (loaded.machine() == null) {
      throw new IllegalArgumentException(Diagnostic.format(loaded.diagnostics()));
    }
    return loaded.machine();
  }

  /** What the loader makes of another text, with this example's lock. */
  MachineLoader.Loaded loaded(String text) {
    return MachineLoader.load(
        "machine.yaml", text, ToolLock.read("tools.lock", text("tools.lock")).lock());
  }

  List<Source> scenarios() {
    try (Stream<Path> files = Files.list(folder.resolve("scenarios"))) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(file -> scenario(file.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Source scenario(String file) {
    return new Source("scenarios/" + file, text("scenarios/" + file), folder.resolve("scenarios"));
  }
}
