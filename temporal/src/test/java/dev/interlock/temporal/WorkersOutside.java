package dev.interlock.temporal;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * Workers in processes of their own, and the tools that they call: these outlive them, and know
 * what arrived.
 */
final class WorkersOutside implements AutoCloseable {
  private final Map<String, Integer> arrived = new ConcurrentHashMap<>();
  private final HttpServer tools;
  private final List<Worker> workers = new ArrayList<>();

  /**
   * A process and how it was started.
   *
   * @param said what it wrote
   */
  record Worker(Process process, List<String> command, Path said) {
    void send(String signal) throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
    }

    /** Returns once it has said that. */
    void await(String line) throws IOException, InterruptedException {
      for (int look = 0; !Files.readString(said).contains(line); look++) {
        if (look > 1_200 || !process.isAlive()) {
          throw new AssertionError(
              "found no %s from a worker, it said: %s".formatted(line, Files.readString(said)));
        }
        Thread.sleep(50);
      }
    }

    /** Kills it with SIGKILL. */
    void kill() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }

  WorkersOutside() {
    try {
      tools = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tools.createContext("/", this::tool);
    tools.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    tools.start();
  }

  /** How often calls arrived, by the tool's name, a space and the call's key. */
  Map<String, Integer> arrived() {
    return arrived;
  }

  private void tool(HttpExchange exchange) throws IOException {
    String[] query = exchange.getRequestURI().getQuery().split("&", -1);
    String answer;
    if (exchange.getRequestURI().getPath().equals("/happened")) {
      answer =
          String.valueOf(arrived.keySet().stream().anyMatch(it -> it.endsWith(" " + query[0])));
    } else {
      arrived.merge(query[0] + " " + query[1], 1, Integer::sum);
      answer = "{\"id\":\"E1\"}";
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    byte[] bytes = answer.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /**
   * @param file of the store
   * @param options of its JVM
   */
  Worker start(Path file, String address, Place place, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            WorkerChild.class.getName(),
            file.toString(),
            address,
            place.taskQueue(),
            "http://127.0.0.1:" + tools.getAddress().getPort()));
    return start(command);
  }

  private Worker start(List<String> command) throws IOException {
    Path said = Files.createTempFile("worker", ".log");
    said.toFile().deleteOnExit();
    Worker worker =
        new Worker(
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start(),
            command,
            said);
    workers.add(worker);
    return worker;
  }

  /** Kills any of them with SIGKILL, and starts another. */
  void killOne(Random random) throws IOException, InterruptedException {
    Worker victim = workers.remove(random.nextInt(workers.size()));
    victim.kill();
    start(victim.command());
  }

  @Override
  public void close() {
    workers.forEach(it -> it.process().destroyForcibly());
    tools.stop(0);
  }
}
