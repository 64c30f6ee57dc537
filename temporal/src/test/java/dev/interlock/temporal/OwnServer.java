package dev.interlock.temporal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real server of a test's own, which it may kill. */
final class OwnServer implements AutoCloseable {
  private static final String EXPORT = "export " + RealServer.ADDRESS + "=";

  private final Path folder;

  /**
   * @param folder of its database, ports and logs
   */
  OwnServer(Path folder) {
    this.folder = folder;
  }

  /** Starts it, or again on its database; returns its address once it can be used. */
  String start() throws IOException, InterruptedException {
    return run("start", "--no-ui").stream()
        .filter(line -> line.startsWith(EXPORT))
        .findFirst()
        .orElseThrow()
        .substring(EXPORT.length());
  }

  /** Kills it with SIGKILL, and starts it again. */
  void killAndStart() throws IOException, InterruptedException {
    run("stop", "--kill");
    start();
  }

  private List<String> run(String verb, String... options)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("../scripts/temporal-server", verb, "--dir", folder.toString()));
    command.addAll(List.of(options));
    Path log = folder.resolveSibling(folder.getFileName() + ".log");
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    List<String> lines = process.inputReader().lines().toList();
    if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException(command + " failed, see " + log);
    }
    return lines;
  }

  @Override
  public void close() throws IOException {
    try {
      run("stop");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
