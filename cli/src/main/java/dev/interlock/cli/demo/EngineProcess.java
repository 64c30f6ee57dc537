package dev.interlock.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An engine in a process of its own: {@code interlock up}, or {@code worker}, in a folder. It ends
 * with this one.
 */
final class EngineProcess implements AutoCloseable {
  /** How long an engine that is told to stop may take. */
  private static final long STOP_SECONDS = 20;

  private final Process process;
  private final Thread onExit;

  private EngineProcess(Process process) {
    this.process = process;
    this.onExit = new Thread(process::destroyForcibly, "stop engine");
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  /**
   * Starts it.
   *
   * @param command that keeps an engine going
   */
  static EngineProcess start(Stage stage, String command) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> line =
        new ArrayList<>(
            List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.interlock.cli.Main",
                command,
                "-C",
                stage.folder().toString()));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("INTERLOCK_JAVA", java);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(stage.engineLog().toFile()));
    try {
      return new EngineProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /**
   * Sends SIGKILL, which no process can catch.
   *
   * @return its exit code
   */
  int kill() throws InterruptedException {
    process.destroyForcibly();
    return process.waitFor();
  }

  /** Lets it finish what is in flight. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(onExit);
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
