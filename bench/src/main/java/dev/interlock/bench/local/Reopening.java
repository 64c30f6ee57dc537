package dev.interlock.bench.local;

import dev.interlock.bench.BenchMachine;
import dev.interlock.bench.Figures;
import dev.interlock.bench.World;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.journal.Store.Filter;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Reply;
import dev.interlock.engine.Settings;
import dev.interlock.local.LocalEngine;
import dev.interlock.local.SqliteStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A process that opens a file of many instances, and says on its output what it has done when. */
final class Reopening {
  /** It can be asked. */
  static final String OPEN = "open";

  /** It was asked, and has answered. */
  static final String ANSWERED = "answered";

  /** All questions that were under way have come to the model again. */
  static final String ASKED = "asked";

  /** How often a list is asked for. */
  private static final int LISTS = 15;

  private static final int LIMIT = 100;
  private static final Principal OPERATOR = new Principal("olga", List.of(Principal.OPERATOR));

  private Reopening() {}

  /**
   * Opens it, and works until its input ends.
   *
   * @param args the file; what is to be done: {@code ask}, {@code hold} (its model never answers)
   *     or {@code resume}; and how many questions are under way
   */
  public static void main(String[] args) throws Exception {
    boolean ask = args[1].equals("ask");
    CountDownLatch asked = new CountDownLatch(Integer.parseInt(args[2]));
    boolean hold = args[1].equals("hold");
    LocalEngine engine =
        LocalEngine.open(
            SqliteStore.open(Path.of(args[0])),
            BenchMachine.machines(),
            World.ports(question -> reply(asked, hold), call -> "lent"),
            Settings.DEFAULT);
    System.out.println(OPEN);
    if (hold) {
      new CountDownLatch(1).await();
    } else if (ask) {
      answer(engine, asked);
      System.out.println(ANSWERED);
      lists(engine);
      System.out.println("heap " + heap());
    } else {
      asked.await();
      System.out.println(ASKED);
    }
    while (System.in.read() >= 0) {
      // until it ends, or the process is killed
    }
  }

  private static Reply reply(CountDownLatch asked, boolean hold) throws InterruptedException {
    asked.countDown();
    if (hold) {
      new CountDownLatch(1).await();
    }
    return World.says("I see. What for?");
  }

  private static void answer(LocalEngine engine, CountDownLatch asked) throws InterruptedException {
    String id = BenchMachine.NAME + "-000000";
    Acknowledgement taken = engine.send(Crowd.caller(0), id, null, "As soon as possible.");
    if (!(taken instanceof Acknowledgement.Taken)) {
      throw new IllegalStateException("found " + taken + ", expected that it is taken");
    }
    asked.await();
  }

  private static void lists(LocalEngine engine) {
    Principal manager = new Principal("mia", List.of("manager"));
    Map<String, Filter> filters = new LinkedHashMap<>();
    filters.put("all", filter(null, null, null, null, null));
    filters.put("machine", filter(BenchMachine.NAME, null, null, null, null));
    filters.put("other_machine", filter("other", null, null, null, null));
    filters.put("state", filter(null, "Work", null, null, null));
    filters.put("other_state", filter(null, "Done", null, null, null));
    filters.put("status", filter(null, null, "waiting", null, null));
    filters.put("escalated", filter(null, null, "escalated", null, null));
    filters.put("other_status", filter(null, null, "ended", null, null));
    filters.put("from", filter(null, null, null, "Work", null));
    filters.put("other_from", filter(null, null, null, "Check", null));
    filters.put("caller", filter(null, null, null, null, Crowd.caller(7).id()));
    filters.put("other_caller", filter(null, null, null, null, "nobody"));
    filters.put(
        "all_of_them", filter(BenchMachine.NAME, "Check", "waiting", "Work", Crowd.caller(7).id()));
    filters.forEach((name, filter) -> time(name, () -> engine.list(OPERATOR, filter)));
    Filter all = filter(null, null, null, null, null);
    time("seen_by_caller", () -> engine.list(Crowd.caller(7), all));
    time("seen_by_manager", () -> engine.list(manager, all));
    time("seen_by_nobody", () -> engine.list(new Principal("noa", List.of("nurse")), all));
    time(
        "state_seen_by_nobody",
        () ->
            engine.list(
                new Principal("noa", List.of("nurse")), filter(null, "Work", null, null, null)));
  }

  private static Filter filter(
      @Nullable String machine,
      @Nullable String state,
      @Nullable String status,
      @Nullable String from,
      @Nullable String caller) {
    return new Filter(machine, state, status, from, caller, LIMIT);
  }

  private interface Listing {
    List<Row> list();
  }

  private static void time(String name, Listing listing) {
    List<Double> millis = new ArrayList<>();
    int found = 0;
    for (int i = 0; i < LISTS; i++) {
      long before = System.nanoTime();
      found = listing.list().size();
      millis.add((System.nanoTime() - before) / 1e6);
    }
    System.out.println("list " + name + " " + found + " " + Figures.median(millis));
  }

  /** Bytes in use after collections. */
  private static long heap() {
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return used;
  }
}
