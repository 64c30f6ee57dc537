package dev.interlock.bench;

import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.local.SqliteStore;
import dev.interlock.temporal.Concurrency;
import dev.interlock.temporal.Place;
import dev.interlock.temporal.TemporalEngine;
import dev.interlock.temporal.TemporalWorker;
import dev.interlock.temporal.TemporalWorker.Options;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** A worker in a process of its own, which says how much memory it uses. */
final class ScaleWorker {
  /** What it says when it can work. */
  static final String READY = "ready";

  /** What it is asked for its memory with. */
  static final String MEMORY = "memory";

  /** A question of an instance with this in its id proposes what a manager must approve. */
  static final String APPROVAL = "approval";

  private ScaleWorker() {}

  /**
   * Works until its input ends.
   *
   * @param args the task queue, the store's file, and how many instances are cached; 0 for a worker
   *     as it comes
   */
  public static void main(String[] args) throws IOException {
    String queue = args[0];
    int cached = Integer.parseInt(args[2]);
    Concurrency some = Concurrency.DEFAULT;
    Options options =
        cached == 0
            ? Options.DEFAULT
            : new Options(new Concurrency(some.activities(), some.workflowTasks(), cached), null);
    Place place = new Place(queue, queue + "/");
    Machines machines = BenchMachine.machines();
    Ports ports = World.ports(ScaleWorker::reply, call -> "lent");
    WorkflowServiceStubs stubs = Servers.connect();
    WorkflowClient client = WorkflowClient.newInstance(stubs);
    try (SqliteStore store = SqliteStore.openShared(Path.of(args[1]));
        TemporalEngine engine =
            TemporalEngine.open(client, place, store, machines, Clock.systemUTC())) {
      TemporalWorker worker =
          TemporalWorker.open(
              client, place, store, machines, ports, Settings.DEFAULT, engine, options);
      serve();
      worker.close();
    } finally {
      stubs.shutdownNow();
    }
  }

  /** The first question leads to a wait; what comes after it ends the instance. */
  private static Reply reply(Question question) {
    boolean approval = question.instance().contains(APPROVAL);
    if (question.number() == 1) {
      return approval
          ? World.calls("I ask.", question, "b.lend", "{\"item\":\"a laptop\"}")
          : World.says("What exactly do you need?");
    }
    return approval && question.number() == 2
        ? World.says("Your manager must approve it.")
        : World.calls("Done.", question, "record", "{\"done\":true}");
  }

  private static void serve() throws IOException {
    System.out.println(READY);
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        System.out.println(MEMORY + Json.write(memory()));
      }
    }
  }

  /** In bytes, but the threads. */
  private static Map<String, Object> memory() throws IOException {
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    long resident =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
            .findFirst()
            .orElse(0);
    long threads = ManagementFactory.getThreadMXBean().getThreadCount();
    return Map.of("heap", used, "resident", resident, "threads", threads);
  }
}
