package dev.interlock.bench.fire;

import dev.interlock.agent.ServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The two servers as processes: one over stdio, which its client starts, and one over HTTP. */
final class Servers implements AutoCloseable {
  private final Path folder;
  private final long seed;
  private final int port;
  private Process http;
  private int killed;

  Servers(Path folder, long seed) throws IOException {
    this.folder = folder;
    this.seed = seed;
    this.http = start(0);
    try (BufferedReader out = http.inputReader()) {
      String told = out.readLine();
      if (told == null) {
        throw new IOException("the server over HTTP does not start");
      }
      port = Integer.parseInt(told);
    }
  }

  Map<String, ServerConfig> configured() {
    return Map.of(
        "dir",
        new ServerConfig.Command(command("dir"), Map.of(), folder),
        "pay",
        new ServerConfig.Url(URI.create("http://127.0.0.1:%d/mcp".formatted(port)), Map.of()));
  }

  /** Where they write down what they received. */
  List<Path> logs() {
    return List.of(folder.resolve("dir.log"), folder.resolve("pay.log"));
  }

  /**
   * What they received so far; what the first did before the second received something is in it.
   */
  List<Witness.Line> received() throws IOException {
    List<Witness.Line> lines = new ArrayList<>();
    for (Path log : logs().reversed()) {
      lines.addAll(Witness.read(log));
    }
    return lines;
  }

  /** From now on they do what is asked. */
  void calmDown() throws IOException {
    Files.writeString(folder.resolve("calm"), "");
  }

  /** How often one was killed from outside. */
  int killed() {
    return killed;
  }

  private List<String> command(String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(FireServer.class.getName());
    command.add(args[0]);
    command.add(folder.toString());
    command.add(String.valueOf(seed));
    command.addAll(List.of(args).subList(1, args.length));
    return command;
  }

  private Process start(int at) throws IOException {
    return new ProcessBuilder(command("pay", String.valueOf(at)))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Ends the one over HTTP, whatever it is doing, and starts it again at the same place. */
  void killHttp() throws IOException, InterruptedException {
    killed++;
    http.destroyForcibly();
    http.waitFor();
    restart();
  }

  /** Starts it again, if it died by itself. */
  void revive() throws IOException {
    if (!http.isAlive()) {
      restart();
    }
  }

  private void restart() throws IOException {
    http = start(port);
    http.getInputStream().close();
  }

  /** Ends the one over stdio: its client starts it again when it needs it. */
  void killStdio() {
    ProcessHandle.current()
        .children()
        .filter(child -> child.pid() != http.pid())
        .forEach(child -> {
          killed++;
          child.destroyForcibly();
        });
  }

  @Override
  public void close() {
    http.destroyForcibly();
  }
}
