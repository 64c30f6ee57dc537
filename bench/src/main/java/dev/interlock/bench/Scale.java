package dev.interlock.bench;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Principal;
import dev.interlock.local.SqliteStore;
import dev.interlock.temporal.Place;
import dev.interlock.temporal.TemporalEngine;
import io.temporal.client.WorkflowClient;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Many instances open at once, half of them waiting for an approval and half for a message; then
 * all are finished. Their worker is a process of its own: the first one caches all of them, the
 * second is one as it comes, and has none of them cached when it begins. Prints what it finds, and
 * ends in a line of JSON.
 */
public final class Scale {
  private static final Principal MANAGER = new Principal("bob", List.of("manager"));
  private static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));

  /** How many requests are under way at once. */
  private static final int CLIENTS = 16;

  /** How many acknowledgements are timed, cached and not. */
  private static final int TIMED = 100;

  private static final int WARM = 40;
  private static final int MAX_ATTEMPTS = 8;
  private static final Duration LOOK = Duration.ofMillis(50);

  private final Map<String, Object> found = new LinkedHashMap<>();
  private final AtomicInteger again = new AtomicInteger();
  private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
  private final Path file;
  private final String queue;
  private final Store store;
  private final Engine engine;

  private Scale(Path file, String queue, Store store, Engine engine) {
    this.file = file;
    this.queue = queue;
    this.store = store;
    this.engine = engine;
  }

  /**
   * Runs it on the server at {@code TEMPORAL_ADDRESS}.
   *
   * @param args how many instances; 2,000 if it is not said
   */
  public static void main(String[] args) throws Exception {
    int instances = args.length == 0 ? 2_000 : Integer.parseInt(args[0]);
    String queue = "bench-" + UUID.randomUUID();
    Path folder = Files.createTempDirectory("interlock-bench");
    Path file = folder.resolve("bench.db");
    WorkflowServiceStubs stubs = Servers.connect();
    try (SqliteStore store = SqliteStore.openShared(file);
        TemporalEngine engine =
            TemporalEngine.open(
                WorkflowClient.newInstance(stubs),
                new Place(queue, queue + "/"),
                store,
                BenchMachine.machines(),
                Clock.systemUTC())) {
      Scale scale = new Scale(file, queue, store, engine);
      try {
        scale.run(instances);
      } finally {
        scale.clients.shutdownNow();
      }
      System.out.println(Json.write(scale.found));
    } finally {
      stubs.shutdownNow();
      Servers.delete(folder);
    }
  }

  private void run(int instances) throws Exception {
    List<String> warm = ids("warm", WARM);
    List<String> all = ids("i", instances);
    List<String> messages = all.stream().filter(id -> !approval(id)).toList();
    List<String> cached = messages.subList(0, TIMED);
    List<String> evicted = messages.subList(TIMED, 2 * TIMED);
    List<String> rest =
        all.stream().filter(id -> !cached.contains(id) && !evicted.contains(id)).toList();
    put("instances", instances);
    try (Child worker = new Child(all.size() + WARM)) {
      open(warm);
      each(warm, this::finish);
      await(warm, row -> row.status().equals("completed"));
      Map<String, Object> before = worker.memory();
      put("open_seconds", seconds(() -> open(all)));
      Map<String, Object> after = worker.memory();
      tell("worker with none", before);
      tell("worker with all of them waiting, cached", after);
      for (String what : List.of("heap", "resident")) {
        double more = number(after, what) - number(before, what);
        put(what + "_bytes_cached_instance", more / instances);
      }
      put("threads_with_none", number(before, "threads"));
      put("threads_with_all_cached", number(after, "threads"));
      put("millis_acknowledged_cached", median(cached));
    }
    try (Child worker = new Child(0)) {
      Map<String, Object> fresh = worker.memory();
      tell("another worker as it comes, none of them cached", fresh);
      put("heap_bytes_worker_with_none_cached", number(fresh, "heap"));
      put("millis_acknowledged_evicted", median(evicted));
      put(
          "finish_seconds",
          seconds(() -> {
            each(rest, this::finish);
            await(all, row -> row.status().equals("completed"));
          }));
      tell("that worker, after all have ended", worker.memory());
    }
    put("requests_sent_again", again.get());
  }

  private static List<String> ids(String prefix, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> prefix + "-" + i + (i % 2 == 0 ? "-" + ScaleWorker.APPROVAL : ""))
        .toList();
  }

  private static boolean approval(String id) {
    return id.contains(ScaleWorker.APPROVAL);
  }

  // ---- what is done

  /** Starts them, and has each wait. */
  private void open(List<String> ids) {
    each(
        ids,
        id -> {
          taken(() -> engine.start(OurSide.CALLER, BenchMachine.NAME, id, null, Map.of()));
          taken(() -> engine.send(OurSide.CALLER, id, "first", Conversation.MESSAGE));
        });
    await(ids, row -> row.seq() >= (approval(row.instance()) ? 4 : 3));
  }

  private void finish(String id) {
    if (!approval(id)) {
      taken(() -> engine.send(OurSide.CALLER, id, "second", Conversation.MESSAGE));
      return;
    }
    Parked parked = engine.get(OPERATOR, id).orElseThrow().instance().parked().getFirst();
    Engine.Answer yes =
        new Engine.Answer(parked.number(), parked.hash(), Occurrence.Answered.APPROVED, Map.of());
    taken(() -> engine.answer(MANAGER, id, "yes", yes));
  }

  /** Sends it, and again with the same id where there was no answer. */
  private void taken(Supplier<Acknowledgement> sending) {
    for (int attempt = 1; ; attempt++) {
      try {
        Acknowledgement acknowledgement = sending.get();
        if (acknowledgement instanceof Acknowledgement.Rejected) {
          throw new IllegalStateException(
              "found " + acknowledgement + ", expected that it is taken");
        }
        return;
      } catch (Store.StoreException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
        again.incrementAndGet();
        pause(Duration.ofSeconds(attempt));
      }
    }
  }

  private void each(List<String> ids, Consumer<String> what) {
    List<Future<?>> all = new ArrayList<>();
    ids.forEach(id -> all.add(clients.submit(() -> what.accept(id))));
    try {
      for (Future<?> one : all) {
        one.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void await(List<String> ids, Predicate<Store.Row> condition) {
    for (String id : ids) {
      while (store.row(id).filter(condition).isEmpty()) {
        pause(LOOK);
      }
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- what is found

  private static double seconds(Runnable what) {
    long before = System.nanoTime();
    what.run();
    return (System.nanoTime() - before) / 1e9;
  }

  /** How long the acknowledgement of a message takes, one after the other. */
  private double median(List<String> ids) {
    List<Double> millis = new ArrayList<>();
    for (String id : ids) {
      millis.add(1e3 * seconds(() -> finish(id)));
    }
    double median = millis.stream().sorted().toList().get(ids.size() / 2);
    await(ids, row -> row.status().equals("completed"));
    return median;
  }

  private void put(String name, double value) {
    System.out.printf("%s: %,.1f%n", name, value);
    found.put(name, Json.number(new BigDecimal("%.1f".formatted(value))));
  }

  private static void tell(String what, Map<String, Object> memory) {
    System.out.printf(
        "%s: %,.0f kB of heap, %,.0f kB resident, %.0f threads%n",
        what,
        number(memory, "heap") / 1024,
        number(memory, "resident") / 1024,
        number(memory, "threads"));
  }

  private static double number(Map<String, Object> memory, String name) {
    return ((Number) memory.getOrDefault(name, 0L)).doubleValue();
  }

  /** A worker's process. */
  private final class Child implements AutoCloseable {
    private final Process process;
    private final BufferedReader from;
    private final OutputStream to;

    Child(int cached) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx1g",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  ScaleWorker.class.getName(),
                  queue,
                  file.toString(),
                  String.valueOf(cached))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      from =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      to = process.getOutputStream();
      var unused = told(ScaleWorker.READY);
    }

    private String told(String prefix) throws IOException {
      for (String line = from.readLine(); line != null; line = from.readLine()) {
        if (line.startsWith(prefix)) {
          return line.substring(prefix.length());
        }
      }
      throw new IOException("found the end of the worker, expected that it says " + prefix);
    }

    Map<String, Object> memory() throws IOException {
      to.write((ScaleWorker.MEMORY + "\n").getBytes(StandardCharsets.UTF_8));
      to.flush();
      return Json.parseObject(told(ScaleWorker.MEMORY));
    }

    @Override
    public void close() throws IOException {
      to.close();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
