package dev.interlock.bench.local;

import com.sun.management.OperatingSystemMXBean;
import dev.interlock.bench.Figures;
import dev.interlock.bench.Folders;
import dev.interlock.bench.local.Loop.Kind;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.local.SqliteStore;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a durable step costs beside a file that is appended to and synced, with the same bytes, in
 * the same run, by turns: of one instance, of 200 at once, and after 1,000 turns.
 */
public final class Steps {
  private static final int TURNS = 20;
  private static final int ROUNDS = 30;
  private static final int GROUPED_ROUNDS = 10;

  /** Until the compiler has done with the loop: its time is not a step's. */
  private static final int WARM_ROUNDS = 30;

  private static final int INSTANCES = 200;
  private static final int LONG = 1_000;
  private static final int WINDOW = 100;
  private static final String MARK = "loop-000001 loop-000001/3/0 DISPATCHED 1767607200000";
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double NANOS_PER_SECOND = 1e9;

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final Path folder;
  private final Figures figures = new Figures();

  private Steps(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs it.
   *
   * @param args a folder on the disk to measure on; by default under {@code .build}
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Folders.make(args);
    try {
      Steps steps = new Steps(folder);
      for (Kind kind : Kind.values()) {
        steps.measure(kind);
      }
      steps.flat();
      steps.figures.end();
    } finally {
      Folders.delete(folder);
    }
  }

  private void measure(Kind kind) throws IOException, InterruptedException {
    String of = kind.name().toLowerCase(Locale.ROOT) + "_";
    Path file = folder.resolve(of + "steps.db");
    try (Loop loop = new Loop(file, kind, TURNS);
        FileLog log = new FileLog(folder.resolve(of + "log"))) {
      List<byte[]> same = warmUp(kind, loop, log, file);
      figures.put(
          of + "bytes_step", same.stream().mapToInt(b -> b.length).sum() / (double) loop.steps());
      one(of, loop, log, same);
      many(of, loop, log, same);
    }
  }

  /**
   * Gives what the log is to be given: the bytes that a journal holds of each step, and a record
   * for the mark of each write, which is durable before the write goes out.
   */
  private List<byte[]> warmUp(Kind kind, Loop loop, FileLog log, Path file)
      throws IOException, InterruptedException {
    List<String> ids = loop.start(INSTANCES);
    loop.play(ids);
    List<byte[]> same = new ArrayList<>();
    try (SqliteStore store = SqliteStore.openReadOnly(file)) {
      for (SealedEntry e : store.entries(ids.getFirst(), Loop.FIRST - 1, loop.steps())) {
        String all = e.instance() + e.seq() + e.skeleton() + e.content() + e.prev() + e.hash();
        same.add(all.getBytes(StandardCharsets.UTF_8));
        if (kind == Kind.WRITE && e.skeleton().contains("CallDispatched")) {
          same.add(MARK.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    for (int i = 0; i < WARM_ROUNDS; i++) {
      loop.play(loop.start(INSTANCES));
      log.grouped(same, INSTANCES);
      log.one(same);
    }
    return same;
  }

  private void one(String of, Loop loop, FileLog log, List<byte[]> same)
      throws IOException, InterruptedException {
    List<Double> ours = new ArrayList<>();
    List<Double> limit = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    List<String> ids = loop.start(ROUNDS);
    long syncs = 0;
    for (String id : ids) {
      long before = Syncs.now();
      ours.add(loop.play(List.of(id)) / NANOS_PER_MICRO / loop.steps());
      syncs += Syncs.now() - before;
      limit.add(log.one(same) / NANOS_PER_MICRO / loop.steps());
      ratios.add(ours.getLast() / limit.getLast());
    }
    figures.put(of + "one_records_step", same.size() / (double) loop.steps());
    figures.put(of + "one_micros_step", Figures.median(ours));
    figures.put(of + "one_micros_log", Figures.median(limit));
    figures.put(of + "one_ratio", Figures.median(ratios));
    if (Syncs.counted()) {
      figures.put(of + "one_syncs_step", syncs / (double) (ROUNDS * loop.steps()));
    }
  }

  private void many(String of, Loop loop, FileLog log, List<byte[]> same)
      throws InterruptedException {
    List<Double> ours = new ArrayList<>();
    List<Double> limit = new ArrayList<>();
    List<Double> parts = new ArrayList<>();
    List<Double> cpus = new ArrayList<>();
    double steps = INSTANCES * (double) loop.steps();
    for (int round = 0; round < GROUPED_ROUNDS; round++) {
      List<String> ids = loop.start(INSTANCES);
      long cpu = SYSTEM.getProcessCpuTime();
      long nanos = loop.play(ids);
      cpus.add((SYSTEM.getProcessCpuTime() - cpu) / NANOS_PER_MICRO / steps);
      ours.add(steps / (nanos / NANOS_PER_SECOND));
      limit.add(steps / (log.grouped(same, INSTANCES) / NANOS_PER_SECOND));
      parts.add(ours.getLast() / limit.getLast());
    }
    figures.put(of + "many_steps_second", Figures.median(ours));
    figures.put(of + "many_log_second", Figures.median(limit));
    figures.put(of + "many_part_of_log", Figures.median(parts));
    figures.put(of + "many_cpu_micros_step", Figures.median(cpus));
  }

  /** The turns of one long instance, near its beginning and at its end. */
  private void flat() throws InterruptedException {
    try (Loop loop = new Loop(folder.resolve("long.db"), Kind.READ, LONG)) {
      List<String> ids = loop.start(2);
      loop.play(ids.subList(0, 1)); // warms up
      loop.play(ids.subList(1, 2));
      long[] asked = loop.asked(ids.get(1));
      double early = turn(asked, WINDOW / 10);
      double late = turn(asked, LONG - WINDOW);
      figures.put("long_micros_turn_early", early);
      figures.put("long_micros_turn_late", late);
      figures.put("long_late_by_early", late / early);
    }
  }

  private static double turn(long[] asked, int from) {
    List<Double> turns = new ArrayList<>();
    for (int i = from; i < from + WINDOW; i++) {
      turns.add((asked[i + 1] - asked[i]) / NANOS_PER_MICRO);
    }
    return Figures.median(turns);
  }
}
