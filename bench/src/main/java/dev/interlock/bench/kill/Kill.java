package dev.interlock.bench.kill;

import dev.interlock.bench.Folders;
import dev.interlock.core.json.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Kills engines, and looks whether what they promised holds: {@code --kills N --seed S --stores N
 * --per-store N}. Ends in a line of JSON; exits with 1 if anything was found that must not be, and
 * names the folders that show it.
 *
 * <p>Faults: SIGKILL, at every named point and at any other moment, also while an engine opens;
 * tool servers that are slow, fail, ask to be called again, answer after the time-out, and act
 * after the engine that called them is dead. Not among them: a disk that forgets what it confirmed
 * (the operating system lives on), a damaged file, a clock that jumps, a server that lies.
 *
 * <p>The seed fixes the plan: which kill comes where, how often its point is passed before, how
 * long it waits at random moments, and what people choose. It does not fix the order of threads,
 * and so neither the instruction that a kill hits nor what was in flight then.
 */
public final class Kill {
  private static final long PROGRESS_NANOS = 20_000_000_000L;

  /**
   * How much is killed.
   *
   * @param kills in all
   * @param from the number of the first: a long run may be made in parts of one seed
   * @param stores how many stores are under way at once
   * @param perStore after so many kills a store is looked at, and another one begins
   */
  record Options(int kills, int from, long seed, int stores, int perStore) {
    private static final String USAGE = "--kills N --from N --seed S --stores N --per-store N";

    static Options of(String... args) {
      Map<String, Long> given = new LinkedHashMap<>();
      given.put("--kills", 200L);
      given.put("--from", 0L);
      given.put("--seed", System.nanoTime());
      given.put("--stores", 2L);
      given.put("--per-store", 25L);
      for (int i = 0; i < args.length; i += 2) {
        if (!given.containsKey(args[i]) || i + 1 == args.length) {
          throw new IllegalArgumentException(
              "found %s, expected %s".formatted(String.join(" ", args), USAGE));
        }
        given.put(args[i], Long.parseLong(args[i + 1]));
      }
      List<Long> values = List.copyOf(given.values());
      return new Options(
          values.get(0).intValue(),
          values.get(1).intValue(),
          values.get(2),
          values.get(3).intValue(),
          values.get(4).intValue());
    }
  }

  private final Options options;
  private final Path folder;
  private final Jvm jvm;
  private final Verdict verdict = new Verdict();
  private final long began = System.nanoTime();
  private long told = began;

  private Kill(Options options, Path folder, Jvm jvm) {
    this.options = options;
    this.folder = folder;
    this.jvm = jvm;
  }

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    Options options = Options.of(args);
    Path folder = Files.createTempDirectory("interlock-kill");
    System.err.println(options);
    boolean sound = false;
    String line;
    try {
      Jvm jvm = Trial.train(folder, Jvm.in(folder, System.getProperty("java.class.path")));
      Kill kill = new Kill(options, folder, jvm);
      kill.run();
      sound = kill.verdict.sound();
      line = kill.line();
    } finally {
      if (sound) {
        Folders.delete(folder);
      } else {
        System.err.println("kept: " + folder);
      }
    }
    System.out.println(line);
    System.exit(sound ? 0 : 1);
  }

  /** Runs it in a folder, where what is found stays. */
  static Verdict run(Options options, Path folder, Jvm jvm)
      throws InterruptedException, ExecutionException {
    Kill kill = new Kill(options, folder, jvm);
    kill.run();
    return kill.verdict;
  }

  private void run() throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newFixedThreadPool(options.stores())) {
      List<Future<?>> shares = new ArrayList<>();
      int last = options.from() + options.kills();
      for (int first = options.from(); first < last; first += options.perStore()) {
        int begin = first;
        int end = Math.min(last, first + options.perStore());
        shares.add(
            threads.submit(() -> {
              share(begin, end);
              return null;
            }));
      }
      for (Future<?> share : shares) {
        share.get();
      }
    }
  }

  private void share(int begin, int end) throws IOException, InterruptedException {
    List<Plan> plans =
        IntStream.range(begin, end).mapToObj(kill -> Plan.of(options.seed(), kill)).toList();
    takes(Trial.run(folder.resolve("from-" + begin), jvm, options.seed(), begin, plans));
  }

  private synchronized void takes(Verdict one) {
    verdict.add(one);
    one.findings().forEach(System.err::println);
    long now = System.nanoTime();
    if (now - told > PROGRESS_NANOS) {
      told = now;
      System.err.printf(
          "%d of %d kills after %.0f s, %d findings%n",
          verdict.of("kills"), options.kills(), seconds(), verdict.findings().size());
    }
  }

  private double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  /** What is told at the end. */
  private String line() {
    Map<String, Object> line = new LinkedHashMap<>(verdict.counted());
    line.put("seed", options.seed());
    line.put("from", (long) options.from());
    line.put("seconds", Json.number(new BigDecimal("%.1f".formatted(seconds()))));
    return Json.write(line);
  }
}
