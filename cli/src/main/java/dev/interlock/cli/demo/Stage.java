package dev.interlock.cli.demo;

import dev.interlock.cli.program.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the demonstration plays: a copy of the example in a folder of its own, with its own
 * configuration. The folder stays afterwards, so that the cases can be looked at.
 *
 * @param folder with machine, lock, configuration, and what the run leaves
 */
record Stage(Path folder) {
  private static final List<String> COPIED = List.of("machine.yaml", "tools.lock", "script.yaml");

  private static final FileAttribute<?> OWN =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /** The switches that hold the answer of a reset back for longer than the demonstration takes. */
  private static final String SLOW_RESET = "slow.reset_password = PT60S\n";

  /**
   * Builds it.
   *
   * @param example the folder of the example
   * @param model the value of {@code model} in the configuration
   * @param temporal whether a Temporal server carries the cases
   */
  static Stage build(Path example, String model, boolean temporal) {
    for (String name : COPIED) {
      if (!Files.isRegularFile(example.resolve(name))) {
        throw Failure.of(
            "no " + name + " in " + example,
            "the example it-access beside the program",
            "build Interlock again: remove its folder target, then run ./interlock");
      }
    }
    try {
      Stage stage = new Stage(shortFolder());
      for (String name : COPIED) {
        Files.copy(example.resolve(name), stage.folder.resolve(name));
      }
      Files.writeString(
          stage.folder.resolve("interlock.yaml"),
          configuration(example, model) + (temporal ? stage.onTemporal() : ""));
      Files.createDirectory(stage.data());
      return stage;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A folder of one's own with a name that can be typed. */
  private static Path shortFolder() throws IOException {
    Path temp = Path.of(System.getProperty("java.io.tmpdir"));
    SecureRandom random = new SecureRandom();
    for (int tries = 0; tries < 100; tries++) {
      try {
        return Files.createDirectory(
            temp.resolve("interlock-demo-%04x".formatted(random.nextInt(1 << 16))), OWN);
      } catch (FileAlreadyExistsException e) {
        // Another name.
      }
    }
    return Files.createTempDirectory("interlock-demo-");
  }

  private static String configuration(Path example, String model) {
    return """
    servers:
      it:
        command: [sh, '%s']
        env: {INTERLOCK_JAVA: "${INTERLOCK_JAVA:-java}", IT_ACCESS_DATA: data}
    model: %s
    people: {bob: {id: bob@example.com, roles: [manager]}}
    settleAfter: PT1S
    """
        .formatted(quoted(example.resolve("server/start").toString()), model);
  }

  /** Apart from everything else that runs there. */
  private String onTemporal() {
    String own = String.valueOf(folder.getFileName());
    return """
    engine: temporal
    temporal: {address: "${TEMPORAL_ADDRESS:-127.0.0.1:7233}", taskQueue: '%s', prefix: '%s-'}
    """
        .formatted(own, own);
  }

  /** Inside single quotes, and without the meaning that a dollar has there. */
  private static String quoted(String text) {
    return text.replace("'", "''").replace("$", "$$");
  }

  Path data() {
    return folder.resolve("data");
  }

  /** Whether the tool server came so far that it has its database. */
  boolean serverRuns() {
    return Files.exists(data().resolve("directory.db"));
  }

  /** The engine's file. */
  Path cases() {
    return folder.resolve("cases.db");
  }

  Path engineLog() {
    return folder.resolve("engine.log");
  }

  /** From now on the server holds the answers of resets back, after they are done. */
  void slowResets() {
    write(SLOW_RESET);
  }

  /** From now on the server answers at once. */
  void noFaults() {
    write("");
  }

  private void write(String switches) {
    try {
      Files.writeString(data().resolve("switches"), switches);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Files other than the directory's own that hold a text: its data has left the directory. */
  List<Path> leaks(List<String> canaries) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().startsWith("directory.db"))
          .filter(file -> holds(file, canaries))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean holds(Path file, List<String> texts) {
    try {
      String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
      return texts.stream().anyMatch(bytes::contains);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
