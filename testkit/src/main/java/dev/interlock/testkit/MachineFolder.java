package dev.interlock.testkit;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.load.Utf8;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.scenario.ScenarioReport;
import dev.interlock.testkit.scenario.ScenarioRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The text of a machine folder, for tests: as it is, or with something changed, to see that a
 * scenario notices.
 *
 * <pre>{@code
 * MachineFolder folder = MachineFolder.read(Path.of("examples/it-access"));
 * assertThat(folder.run().problems()).isEmpty();
 * assertThat(folder.without(", set: {email: caller.id}").run().passed()).isFalse();
 * }</pre>
 *
 * @param file the name of the machine's file, for messages
 * @param text of {@code machine.yaml}
 * @param scenarios those of the folder {@code scenarios}, by name
 */
public record MachineFolder(
    String file, String text, ToolLock lock, List<ScenarioRunner.Source> scenarios) {

  /**
   * Reads {@code machine.yaml}, {@code tools.lock} and {@code scenarios/*.yaml}.
   *
   * @throws UncheckedIOException if one of them cannot be read
   * @throws IllegalArgumentException if the lock is malformed, or one of them is not UTF-8
   */
  public static MachineFolder read(Path folder) {
    try {
      Path machine = folder.resolve("machine.yaml");
      Path locked = folder.resolve("tools.lock");
      ToolLock.Read lock = ToolLock.read(locked.toString(), text(locked));
      if (!lock.diagnostics().isEmpty()) {
        throw new IllegalArgumentException(Diagnostic.format(lock.diagnostics()));
      }
      return new MachineFolder(
          machine.toString(), text(machine), lock.lock(), scenarios(folder.resolve("scenarios")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) throws IOException {
    return Utf8.read(file.toString(), Files.readAllBytes(file)).orThrow();
  }

  private static List<ScenarioRunner.Source> scenarios(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> sorted = files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
      return sorted.stream().map(MachineFolder::scenario).toList();
    }
  }

  private static ScenarioRunner.Source scenario(Path file) {
    try {
      return new ScenarioRunner.Source(
          file.toString(), text(file), file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The same folder with a piece of the machine's text changed, wherever it stands.
   *
   * @throws IllegalArgumentException if it stands nowhere: the test would show nothing
   */
  public MachineFolder with(String piece, String instead) {
    if (!text.contains(piece)) {
      throw new IllegalArgumentException(
          "found no \"%s\" in %s, expected it there: look whether the machine was changed"
              .formatted(piece, file));
    }
    return new MachineFolder(file, text.replace(piece, instead), lock, scenarios);
  }

  /** The same folder with a piece of the machine's text taken out. */
  public MachineFolder without(String piece) {
    return with(piece, "");
  }

  /** The same folder with one of its scenarios only, by the name of its file. */
  public MachineFolder only(String scenario) {
    List<ScenarioRunner.Source> one =
        scenarios.stream().filter(source -> Path.of(source.file()).endsWith(scenario)).toList();
    if (one.size() != 1) {
      throw new IllegalArgumentException(
          "found %d scenarios %s, expected one".formatted(one.size(), scenario));
    }
    return new MachineFolder(file, text, lock, one);
  }

  /**
   * The machine.
   *
   * @throws IllegalArgumentException if the text is no machine; its message lists what is wrong
   */
  public Machine machine() {
    MachineLoader.Loaded loaded = MachineLoader.load(file, text, lock);
    Machine machine = loaded.machine();
    if (machine == null) {
      throw new IllegalArgumentException(Diagnostic.format(loaded.diagnostics()));
    }
    return machine;
  }

  /** Runs the scenarios; tools without a canned answer are called on the real host. */
  public ScenarioReport run(ToolHost real) {
    return ScenarioRunner.run(machine(), scenarios, real);
  }

  /** Runs the scenarios, with every tool canned. */
  public ScenarioReport run() {
    return ScenarioRunner.run(machine(), scenarios);
  }
}
