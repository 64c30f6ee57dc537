package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.engine.verify.Verification;
import dev.interlock.local.DiskTrace.Step;
import dev.interlock.local.LossyDisk.Lie;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The power goes at many moments of a run of the engine; what is on the disk then is what was
 * synced, and of the rest what {@link LossyDisk} likes. The store opens, all that was acknowledged
 * before is there, its journals are whole, and no write had been sent without its mark.
 *
 * <p>What the engine did is written down once ({@link DiskTrace}), with the acknowledgements, which
 * people note in a file, and with what went to the tools' server, in one order. From that any
 * number of disks is made. The seed is printed; {@code -Dinterlock.power.seed=N} repeats the choice
 * of moments and losses, not the order of the engine's threads; {@code -Dinterlock.power.images=N}
 * makes more of them.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class PowerLossTest {
  private static final String DATABASE = "cases.db";
  private static final String ACKNOWLEDGED = "acknowledged.log";
  private static final int AT_ONCE = 8;
  private static final int IN_ALL = 48;
  private static final int IMAGES = Integer.getInteger("interlock.power.images", 200);
  private static final int SHM = 32_768;

  private static final long SEED = Long.getLong("interlock.power.seed", System.nanoTime());

  @TempDir private static Path made;
  private static List<Step> first = List.of();
  @TempDir private Path folder;
  private int opened;

  /** What the world outside has seen, up to a moment. */
  private record Seen(List<String> acknowledged, List<String> sent) {
    static Seen nothing() {
      return new Seen(new ArrayList<>(), new ArrayList<>());
    }

    /** From nothing, or on with what was seen before. */
    void take(Step step, Set<Long> log) {
      switch (step) {
        case Step.Created(String name, long file) -> {
          if (name.equals(ACKNOWLEDGED)) {
            log.add(file);
          }
        }
        case Step.Written(long file, long at, byte[] bytes) -> {
          if (log.contains(file)) {
            acknowledged.add(new String(bytes, StandardCharsets.UTF_8).strip());
          }
        }
        case Step.Sent(String text) -> {
          if (!text.startsWith("?")) {
            sent.add(text.strip());
          }
        }
        default -> {} // nobody outside sees it
      }
    }

    int size() {
      return acknowledged.size() + sent.size();
    }
  }

  @BeforeAll
  static void run() throws Exception {
    System.out.println("power loss test, seed " + SEED);
    first = follow(Files.createDirectory(made.resolve("first")), "p");
  }

  @AfterAll
  static void forget() {
    first = List.of();
  }

  /** What an engine does on the store in that folder, until all its instances have ended. */
  private static List<Step> follow(Path store, String child) throws Exception {
    Path beside = Files.createTempDirectory(made, "beside");
    DiskTrace trace = new DiskTrace(beside);
    try (CrashServer server = new CrashServer(new Witness(beside.resolve("calls.log")))) {
      ProcessBuilder builder =
          new ProcessBuilder(
              ProcessHandle.current().info().command().orElseThrow(),
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "-Dorg.sqlite.tmpdir=" + beside,
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
              CrashChild.class.getName(),
              store.toString(),
              child,
              String.valueOf(AT_ONCE),
              String.valueOf(server.port()),
              String.valueOf(IN_ALL));
      trace.follow(builder, store);
      Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
      assertThat(said.lines()).containsExactly("open", "closed");
    }
    return trace.steps();
  }

  @Test
  void whatWasAcknowledgedSurvivesALossOfPower() throws Exception {
    List<String> losses = lose(first, new LossyDisk(Lie.NONE), Seen.nothing(), IMAGES);

    assertThat(losses).isEmpty();
    assertThat(opened).isGreaterThan(IMAGES / 2);
  }

  /** After a loss of power the next engine recovers, and the power goes again. */
  @Test
  void whatWasRecoveredSurvivesTheNextLoss() throws Exception {
    Random random = new Random(SEED);
    LossyDisk before = new LossyDisk(Lie.NONE);
    Seen seen = Seen.nothing();
    Set<Long> log = new HashSet<>();
    List<Integer> moments = outside(first);
    for (Step step : first.subList(0, moments.get(moments.size() / 2) + 1)) {
      before.take(step);
      seen.take(step, log);
    }
    Path second = Files.createDirectory(folder.resolve("second"));
    write(before.left(random), second);
    LossyDisk disk = LossyDisk.of(second, Lie.NONE);
    List<Step> steps = follow(second, "q");

    List<String> losses = lose(steps, disk, seen, IMAGES / 2);

    assertThat(losses).isEmpty();
    assertThat(opened).isEqualTo(IMAGES / 2);
  }

  /** The test itself: a disk that has not synced what it said it has does not pass it. */
  @ParameterizedTest
  @EnumSource(value = Lie.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aDiskThatLiesIsFoundOut(Lie lie) throws Exception {
    List<String> losses = lose(first, new LossyDisk(lie), Seen.nothing(), 30);

    assertThat(losses).isNotEmpty();
    if (lie == Lie.LOG) {
      assertThat(losses)
          .anyMatch(loss -> loss.contains("acknowledged and is not there"))
          .anyMatch(loss -> loss.contains("sent without its mark"));
    }
  }

  /** Tries so many moments of what was done to that disk. */
  private List<String> lose(List<Step> steps, LossyDisk disk, Seen seen, int images)
      throws Exception {
    Random random = new Random(SEED);
    Map<Integer, Integer> moments = moments(steps, images, random);
    List<String> losses = new ArrayList<>();
    Set<Long> log = new HashSet<>();
    int refused = 0;
    opened = 0;
    for (int i = 0; i < steps.size(); i++) {
      disk.take(steps.get(i));
      seen.take(steps.get(i), log);
      for (int image = 0; image < moments.getOrDefault(i, 0); image++) {
        Path place = Files.createTempDirectory(folder, "image");
        write(disk.left(random), place);
        if (random.nextBoolean()) { // nobody syncs it: it may hold anything
          byte[] garbage = new byte[SHM];
          random.nextBytes(garbage);
          Files.write(place.resolve(DATABASE + "-shm"), garbage);
        }
        try {
          for (String loss : check(place.resolve(DATABASE), seen)) {
            losses.add("after step %d of %d: %s".formatted(i, steps.size(), loss));
          }
          opened++;
        } catch (StoreException e) {
          refused++;
          if (seen.size() > 0) {
            losses.add("after step %d of %d: %s".formatted(i, steps.size(), e.getMessage()));
          }
        }
        delete(place);
      }
    }
    System.out.printf(
        "%d steps on the disk, %d acknowledged, %d sent; of %d disks %d opened, %d were refused;"
            + " %d losses%n",
        steps.size(),
        seen.acknowledged().size(),
        seen.sent().size(),
        images,
        opened,
        refused,
        losses.size());
    return losses;
  }

  /** Half of them right after the world has seen something. */
  private static Map<Integer, Integer> moments(List<Step> steps, int images, Random random) {
    List<Integer> seen = outside(steps);
    Map<Integer, Integer> moments = new TreeMap<>();
    for (int i = 0; i < images; i++) {
      int moment =
          i % 2 == 0 ? seen.get(random.nextInt(seen.size())) : random.nextInt(steps.size());
      moments.merge(moment, 1, Integer::sum);
    }
    return moments;
  }

  /** When the world outside has seen something. */
  private static List<Integer> outside(List<Step> steps) {
    List<Integer> moments = new ArrayList<>();
    Seen seen = Seen.nothing();
    Set<Long> log = new HashSet<>();
    for (int i = 0; i < steps.size(); i++) {
      int before = seen.size();
      seen.take(steps.get(i), log);
      if (seen.size() > before) {
        moments.add(i);
      }
    }
    return moments;
  }

  private static void write(Map<String, byte[]> files, Path place) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().startsWith(DATABASE)) {
        Files.write(place.resolve(file.getKey()), file.getValue());
      }
    }
  }

  private static void delete(Path place) throws IOException {
    try (Stream<Path> files = Files.list(place)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(place);
  }

  // ---- what is left

  private static List<String> check(Path database, Seen seen) {
    Machine machine = CrashMachine.machine();
    List<String> losses = new ArrayList<>();
    try (SqliteStore store = SqliteStore.open(database)) {
      Verification verification = new Verification(store, stored -> machine);
      verification.faults().forEach(fault -> losses.add(fault.toString()));
      Map<String, List<Entry>> journals = new HashMap<>();
      for (String id : new TreeSet<>(verification.instances())) {
        verification.verify(id).faults().forEach(fault -> losses.add(fault.toString()));
        journals.put(
            id, store.entries(id, 0, Integer.MAX_VALUE).stream().map(Sealing::open).toList());
      }
      for (String line : seen.acknowledged()) {
        if (!there(line.split(" ", -1), journals)) {
          losses.add(line + " was acknowledged and is not there");
        }
      }
      for (String line : seen.sent()) {
        String[] parts = line.split(" ", -1);
        if (!decided(parts, journals)) {
          losses.add(line + " was sent and is not decided");
        }
        boolean write = machine.tool(parts[1]).effect() == EffectClass.WRITE;
        if (write && store.mark(parts[2], parts[0]).orElse(null) != Mark.DISPATCHED) {
          losses.add(line + " was sent without its mark");
        }
      }
    }
    return losses;
  }

  private static boolean there(String[] acknowledged, Map<String, List<Entry>> journals) {
    List<Entry> journal = journals.getOrDefault(acknowledged[0], List.of());
    int seq = Integer.parseInt(acknowledged[2]);
    return journal.size() >= seq
        && journal.get(seq - 1).occurrence() instanceof Occurrence.Sent sent
        && (seq == 1 || sent.id().equals(acknowledged[1]));
  }

  private static boolean decided(String[] sent, Map<String, List<Entry>> journals) {
    return journals.getOrDefault(sent[2], List.of()).stream()
        .flatMap(entry -> entry.outcomes().stream())
        .anyMatch(outcome ->
            outcome instanceof Outcome.CallDispatched call && call.key().equals(sent[0]));
  }
}
