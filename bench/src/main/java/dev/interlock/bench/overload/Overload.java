package dev.interlock.bench.overload;

import dev.interlock.bench.BenchMachine;
import dev.interlock.bench.Folders;
import dev.interlock.bench.World;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Settings;
import dev.interlock.local.LocalEngine;
import dev.interlock.local.SocketClient;
import dev.interlock.local.SocketServer;
import dev.interlock.local.Speakers;
import dev.interlock.local.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * The local engine with ten times more arrivals than it can carry, and then with a model that
 * answers nobody. Each caller starts an instance and sends it a message; the model answers that
 * with a call and a text, at once. Prints what it finds, and ends in a line of JSON.
 */
public final class Overload {
  private static final int TIMES = 10;
  private static final int CLOSED_CALLERS = 256;
  private static final double WARM_SECONDS = 3;
  private static final double CAPACITY_SECONDS = 5;

  /** So many callers in a row, one after the other, make a latency. */
  private static final int IN_A_ROW = 20;

  /** Latency is normal again at so many times what it was before. */
  private static final double NORMAL = 2;

  private static final Duration LOOK = Duration.ofMillis(20);

  private final Map<String, Object> found = new LinkedHashMap<>();
  private final Map<String, Long> asked = new ConcurrentHashMap<>();
  private volatile Sample answered = new Sample();
  private final Store store;
  private final LocalEngine engine;
  private final Engine socket;
  private volatile @Nullable CountDownLatch held;

  private Overload(Path file) {
    Machines machines = BenchMachine.machines();
    this.store = SqliteStore.open(file);
    this.engine =
        LocalEngine.open(
            store,
            machines,
            World.ports(this::reply, call -> "It is on its way."),
            Settings.DEFAULT);
    SocketServer.open(file, new SocketServer.Served(engine, store, Map.of()), Speakers.OWNER_ONLY);
    this.socket =
        SocketClient.connect(file, stored -> machines.current().iterator().next().machine())
            .orElseThrow();
  }

  private Reply reply(Question question) {
    CountDownLatch latch = held;
    if (latch != null) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    if (question.number() == 1) {
      asked.put(question.instance(), System.nanoTime());
      return World.calls("I look that up.", question, "b.look", "{\"about\":\"the order\"}");
    }
    Long since = asked.remove(question.instance());
    if (since != null) {
      answered.add(System.nanoTime() - since);
    }
    return World.says("Your order is on its way.");
  }

  /**
   * Runs it.
   *
   * @param args {@code --seconds S}, how long it is overloaded
   */
  public static void main(String[] args) throws IOException {
    double seconds = args.length == 2 ? Double.parseDouble(args[1]) : 20;
    Path folder = Files.createTempDirectory("interlock-overload");
    Overload overload = new Overload(folder.resolve("bench.db"));
    boolean sound;
    try {
      sound = overload.run(seconds);
    } finally {
      overload.engine.close();
      Folders.delete(folder);
    }
    System.out.println(Json.write(overload.found));
    System.exit(sound ? 0 : 1);
  }

  private boolean run(double seconds) {
    closed("warm", WARM_SECONDS);
    double before = latency();
    double capacity = closed("capacity", CAPACITY_SECONDS);
    put("heap_limit_mb", Runtime.getRuntime().maxMemory() >> 20);
    put("capacity_cases_a_second", Sample.number(capacity));
    put("latency_before_ms", Sample.number(before));
    boolean first = overload("overload", TIMES * capacity, seconds, before);
    held = new CountDownLatch(1);
    boolean second = overload("held", TIMES * capacity, seconds, before);
    return first && second;
  }

  /** Callers who come again once theirs is acknowledged. */
  private double closed(String name, double seconds) {
    Callers callers = new Callers(name, engine, socket);
    long begin = System.nanoTime();
    long end = begin + (long) (seconds * 1e9);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLOSED_CALLERS; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                while (System.nanoTime() < end) {
                  callers.one();
                }
              }));
    }
    threads.forEach(Overload::join);
    rest();
    return callers.accepted().size() / ((System.nanoTime() - begin) / 1e9);
  }

  private double latency() {
    Callers callers = new Callers("single-" + System.nanoTime(), engine, socket);
    for (int i = 0; i < IN_A_ROW; i++) {
      callers.one();
    }
    return callers.accepted().size() == IN_A_ROW
        ? callers.acknowledged().quantile(0.5)
        : Double.POSITIVE_INFINITY;
  }

  private boolean overload(String name, double rate, double seconds, double before) {
    Callers callers = new Callers(name, engine, socket);
    Map<String, Object> said = new LinkedHashMap<>();
    Sample all = new Sample();
    answered = all;
    try (Memory memory = new Memory()) {
      int came = callers.come(rate, seconds);
      long ended = System.nanoTime();
      int meanwhile = all.size();
      CountDownLatch latch = held;
      if (latch != null) {
        held = null;
        latch.countDown();
      }
      double now = latency();
      while (now > NORMAL * before) {
        now = latency();
      }
      double normal = (System.nanoTime() - ended) / 1e9;
      rest();
      said.put("came", (long) came);
      said.put("a_second", Sample.number(rate));
      said.put("messages_taken", (long) callers.accepted().size());
      said.put("acknowledged_ms", callers.acknowledged().told());
      said.put("told_to_wait_ms", callers.refused().told());
      said.put("told", callers.told());
      said.put("answered_a_second_meanwhile", Sample.number(meanwhile / seconds));
      said.put("answered_ms", all.told());
      said.put("heap_mb", memory.mostMegabytes());
      said.put("heap_live_mb", memory.mostLiveMegabytes());
      said.put("latency_normal_after_s", Sample.number(normal));
      said.put("all_done_after_s", Sample.number((System.nanoTime() - ended) / 1e9));
    }
    long lost = callers.accepted().stream().filter(id -> !done(id)).count();
    said.put("lost", lost);
    put(name, said);
    return lost == 0 && callers.told().keySet().stream().noneMatch(t -> t.startsWith("broken"));
  }

  /** Whether its message was answered: a call and a text, and it waits for the next. */
  private boolean done(String id) {
    return store.row(id).filter(row -> !row.live() && row.seq() >= 5).isPresent();
  }

  /** Until nothing runs. */
  private void rest() {
    try {
      while (!store.live("", 1).isEmpty()) {
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void put(String name, Object value) {
    System.out.println(name + ": " + Json.write(value));
    found.put(name, value);
  }
}
