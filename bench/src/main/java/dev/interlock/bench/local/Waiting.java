package dev.interlock.bench.local;

import dev.interlock.bench.Figures;
import dev.interlock.bench.Folders;
import dev.interlock.bench.local.Crowd.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * How soon a process is there that opens a file of 100,000 instances which wait, or one of 10,000
 * whose questions were under way when it was killed; and how long lists take.
 */
public final class Waiting {
  private static final int RUNS = 5;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MEGABYTE = 1 << 20;

  private final Path folder;
  private final Figures figures = new Figures();

  /** What Java is told of a cache of classes. */
  private List<String> options = List.of();

  private Waiting(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs it.
   *
   * @param args how many wait (100,000) and how many are open (10,000)
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int waiting = args.length < 1 ? 100_000 : Integer.parseInt(args[0]);
    int open = args.length < 2 ? 10_000 : Integer.parseInt(args[1]);
    Path kept = Files.createDirectories(Path.of(".build", "bench-crowds"));
    Path folder = Folders.make();
    try {
      Waiting bench = new Waiting(folder);
      Path opened = bench.made(kept.resolve("open-" + open), open, number -> Kind.OPEN);
      bench.learn(opened, open);
      bench.waiting(
          bench.made(kept.resolve("waiting-" + waiting), waiting, Waiting::mixed), waiting);
      bench.open(opened, open);
      bench.figures.end();
    } finally {
      Folders.delete(folder);
    }
  }

  /** Of a hundred, five wait for a manager and five are escalated. */
  private static Kind mixed(int number) {
    return switch (number % 100) {
      case 20, 40, 60, 80, 99 -> Kind.DECIDING;
      case 10, 30, 50, 70, 90 -> Kind.ESCALATED;
      default -> Kind.WAITING;
    };
  }

  /** Makes it, unless an earlier run did: today, so that no timer is due. */
  private Path made(Path file, int count, IntFunction<Kind> kinds) throws IOException {
    Instant now = Instant.now();
    Path today = file.resolveSibling(file.getFileName() + "-" + now.toString().substring(0, 10));
    if (!Files.exists(today)) {
      Path part = folder.resolve(file.getFileName());
      long begun = System.nanoTime();
      try (Crowd crowd = new Crowd(part, now)) {
        crowd.add(count, kinds);
      }
      Files.move(part, today);
      System.out.printf(
          "%s made in %.1f s%n", today, (System.nanoTime() - begun) / NANOS_PER_SECOND);
    }
    return today;
  }

  /** A first run leaves a cache of classes, as that of the launcher does. */
  private void learn(Path crowd, int count) throws IOException, InterruptedException {
    Path file = folder.resolve("learn.db");
    Files.copy(crowd, file);
    Path cache = folder.resolve("engine.aot");
    options = List.of("-XX:AOTCacheOutput=" + cache);
    Process process = child(file, "resume", count);
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      var unused = until(out, Reopening.ASKED, 0);
      process.getOutputStream().close();
      out.transferTo(Writer.nullWriter());
    }
    process.waitFor();
    options = List.of("-XX:AOTCache=" + cache);
  }

  private void waiting(Path crowd, int count) throws IOException, InterruptedException {
    figures.put("waiting_instances", count);
    figures.put("waiting_file_megabytes", Files.size(crowd) / MEGABYTE);
    List<Double> open = new ArrayList<>();
    List<Double> answered = new ArrayList<>();
    Path file = folder.resolve("waiting.db");
    Files.copy(crowd, file, StandardCopyOption.REPLACE_EXISTING);
    for (int run = 0; run < RUNS; run++) {
      long begun = System.nanoTime();
      Process process = child(file, "ask", 1);
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        open.add(until(out, Reopening.OPEN, begun));
        answered.add(until(out, Reopening.ANSWERED, begun));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          String[] words = line.split(" ", -1);
          if (run == RUNS - 1 && words[0].equals("list")) {
            figures.put("list_%s_of_%s_millis".formatted(words[1], words[2]), number(words[3]));
          }
          if (words[0].equals("heap")) {
            if (run == RUNS - 1) {
              figures.put("waiting_heap_megabytes", number(words[1]) / MEGABYTE);
            }
            process.getOutputStream().close();
          }
        }
      }
      process.waitFor();
    }
    figures.put("waiting_open_seconds", Figures.median(open));
    figures.put("waiting_answered_seconds", Figures.median(answered));
  }

  private void open(Path crowd, int count) throws IOException, InterruptedException {
    figures.put("open_instances", count);
    List<Double> open = new ArrayList<>();
    List<Double> asked = new ArrayList<>();
    for (int run = 0; run < RUNS; run++) {
      Path file = folder.resolve("open-%d.db".formatted(run));
      Files.copy(crowd, file);
      Process killed = child(file, "hold", count);
      try (BufferedReader out = killed.inputReader(StandardCharsets.UTF_8)) {
        var unused = until(out, Reopening.OPEN, 0);
      }
      killed.destroyForcibly().waitFor();
      long begun = System.nanoTime();
      Process process = child(file, "resume", count);
      try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
        open.add(until(out, Reopening.OPEN, begun));
        asked.add(until(out, Reopening.ASKED, begun));
      }
      process.destroyForcibly().waitFor();
    }
    figures.put("open_taken_up_seconds", Figures.median(open));
    figures.put("open_asked_again_seconds", Figures.median(asked));
  }

  private static double number(String text) {
    return Double.parseDouble(text);
  }

  /** The seconds from then until it says that. */
  private static double until(BufferedReader out, String said, long begun) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(said)) {
        return (System.nanoTime() - begun) / NANOS_PER_SECOND;
      }
    }
    throw new IllegalStateException("it ended, expected that it says " + said);
  }

  private Process child(Path file, String what, int count) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(options);
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-Xlog:disable",
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-Dorg.sqlite.tmpdir=" + folder, // where its driver tidies up after others
            "-cp",
            System.getProperty("java.class.path"),
            Reopening.class.getName(),
            file.toString(),
            what,
            String.valueOf(count)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
