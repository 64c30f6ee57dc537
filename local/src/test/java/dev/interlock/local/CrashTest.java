package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.engine.Documents;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Machine;
import dev.interlock.engine.verify.Verification;
import dev.interlock.local.CrashChild.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An engine is killed with SIGKILL fifty times, at named points, while people, approvals, slow
 * tools and writes keep it busy; then everything that was promised is looked for. The witness is
 * the tool server's own log: the server outlives the engines, and goes on with what they sent it.
 *
 * <p>Faults: the process stops at any instruction between two points. Not among them: a disk that
 * forgets what it confirmed, or a witness that lies. The seed is printed; {@code
 * -Dinterlock.crash.seed=N} repeats the order of points, not the order of threads.
 */
class CrashTest {
  private static final int KILLS = 50;
  private static final int AT_ONCE = 8;
  private static final int KILLED = 137;

  private static final List<String> POINTS =
      List.of(
          "before-commit",
          "mid-commit",
          "after-commit",
          "before-commit-of-request",
          "after-commit-of-request",
          "before-commit-of-reply",
          "after-commit-of-reply",
          "before-commit-of-answer",
          "after-commit-of-answer",
          "before-commit-of-mark",
          "after-commit-of-mark",
          "before-commit-of-result",
          "after-commit-of-result",
          "after-commit-of-timer",
          "before-mark",
          "after-mark",
          "before-send-of-write",
          "after-send-of-write",
          "during-effect-of-d.order",
          "during-effect-of-d.mail",
          "after-effect-of-d.order",
          "after-effect-of-d.mail",
          "after-effect-of-d.lend",
          "after-send-of-idempotent");

  @TempDir Path folder;
  private @Nullable CrashServer server;
  private Fault fault = Fault.NONE;
  private final long seed = Long.getLong("interlock.crash.seed", System.nanoTime());

  @BeforeEach
  void startServer() throws IOException {
    server = new CrashServer(new Witness(folder.resolve("calls.log")));
  }

  @AfterEach
  void endServer() throws IOException {
    server().close();
  }

  private CrashServer server() {
    return Objects.requireNonNull(server);
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void whatWasPromisedSurvivesFiftyKills() throws Exception {
    System.out.println("crash test, seed " + seed);
    Random random = new Random(seed);
    for (int kill = 0; kill < KILLS; kill++) {
      String point = POINTS.get(kill % POINTS.size());
      if (point.startsWith("during-effect")) {
        killDuringEffect(point, "k" + kill);
      } else {
        killAt(point, 1 + random.nextInt(4), "k" + kill);
      }
    }
    runToTheEnd("last");

    check(KILLS);
  }

  /** The test itself: a store that is not reliable does not pass it. */
  @ParameterizedTest
  @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void faultOfTheStoreIsCaught(Fault seeded) throws Exception {
    fault = seeded;
    for (int kill = 0; kill < 4; kill++) {
      killAt(seeded.point, 2, "f" + kill);
    }
    fault = Fault.NONE;
    runToTheEnd("last");

    assertThatThrownBy(() -> check(4)).isInstanceOf(AssertionError.class);
  }

  private Process start(String crash, String child, int busy) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-Dorg.sqlite.tmpdir=" + folder,
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-Dinterlock.crash=" + crash,
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            CrashChild.class.getName(),
            folder.toString(),
            child,
            String.valueOf(busy),
            fault.name(),
            String.valueOf(server().port())));
    return new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** What the engine sent happens only after its death. */
  private void killDuringEffect(String point, String child) throws Exception {
    CountDownLatch held = server().hold();
    killAt(point, 1, child);
    assertThat(server().underWay()).isPositive();
    held.countDown();
    while (server().underWay() > 0) {
      Thread.onSpinWait();
    }
  }

  private void killAt(String point, int passing, String child) throws Exception {
    Process process = start(point + ":" + passing, child, AT_ONCE);
    List<String> said = new ArrayList<>();
    try (BufferedReader err =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      String line = err.readLine();
      while (line != null && !line.startsWith("crash-point")) {
        said.add(line);
        line = err.readLine();
      }
      assertThat(line).as("%s", said).isEqualTo("crash-point " + point);
      process.destroyForcibly();
      assertThat(process.waitFor()).isEqualTo(KILLED);
    } finally {
      process.destroyForcibly();
    }
    assertThat(said).isIn(List.of(), List.of("open")); // recovery alone may pass the point
  }

  private void runToTheEnd(String child) throws Exception {
    Process process = start("", child, 0);
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said.lines()).containsExactly("open", "closed");
  }

  // ---- what is left

  private void check(int kills) throws IOException {
    Machine machine = CrashMachine.machine();
    try (SqliteStore store = SqliteStore.openReadOnly(folder.resolve("cases.db"))) {
      StoreReader reader = new StoreReader(store, stored -> machine);
      Verification verification = new Verification(store, stored -> machine);
      assertThat(verification.faults()).isEmpty();
      List<Store.Row> rows =
          reader.list(CrashChild.OPERATOR, new Store.Filter(null, null, null, null, null, 100_000));
      Map<String, List<Entry>> journals = new HashMap<>();
      for (Store.Row row : rows) {
        assertThat(row.status()).as(row.instance()).isEqualTo("completed");
        assertThat(verification.verify(row.instance()).faults()).isEmpty();
        journals.put(row.instance(), reader.journal(CrashChild.OPERATOR, row.instance(), 0));
      }
      acknowledgedIsThere(journals, kills);
      writesAreWhatTheyAreSaidToBe(journals);
      lostRepliesAreCharged(journals, kills);
      System.out.printf(
          "%d kills, %d instances, %d entries%n",
          kills, rows.size(), journals.values().stream().mapToInt(List::size).sum());
    }
  }

  private void acknowledgedIsThere(Map<String, List<Entry>> journals, int kills)
      throws IOException {
    List<String> acknowledged = new Witness(folder.resolve("acknowledged.log")).lines();
    assertThat(acknowledged).hasSizeGreaterThan(kills);
    for (String line : acknowledged) {
      String[] parts = line.split(" ", -1);
      boolean start = parts[0].equals(parts[1]);
      List<Entry> journal = journals.getOrDefault(parts[0], List.of());
      int seq = Integer.parseInt(parts[2]);
      assertThat(journal).as(line).hasSizeGreaterThanOrEqualTo(seq);
      Entry entry = journal.get(seq - 1);
      assertThat(entry.occurrence()).as(line).isInstanceOf(Occurrence.Sent.class);
      if (entry.occurrence() instanceof Occurrence.MessageSent message) {
        assertThat(Documents.in(message)).as(line).hasSize(1); // whose bytes were verified
      }
      if (!start) {
        assertThat(((Occurrence.Sent) entry.occurrence()).id())
            .as("acknowledged " + line)
            .isEqualTo(parts[1]);
      }
    }
  }

  /** Whoever dies before a reply is recorded has asked at least once for nothing. */
  private static void lostRepliesAreCharged(Map<String, List<Entry>> journals, int kills) {
    int before = POINTS.indexOf("before-commit-of-reply");
    int died = kills < KILLS ? 0 : (kills - before + POINTS.size() - 1) / POINTS.size();
    List<Outcome> charged =
        journals.values().stream()
            .flatMap(List::stream)
            .filter(entry -> entry.occurrence() instanceof Occurrence.ReplyLost)
            .flatMap(entry -> entry.outcomes().stream())
            .filter(Outcome.UsageCounted.class::isInstance)
            .toList();
    assertThat(charged).hasSizeGreaterThanOrEqualTo(died);
  }

  private void writesAreWhatTheyAreSaidToBe(Map<String, List<Entry>> journals) throws IOException {
    List<String> log = new Witness(folder.resolve("calls.log")).lines();
    Set<String> dispatched = new HashSet<>();
    Map<String, Boolean> happened = new HashMap<>();
    int unknownHappened = 0;
    int unknownDidNot = 0;
    for (List<Entry> journal : journals.values()) {
      Map<Integer, String> keys = new HashMap<>();
      Set<Integer> unknown = new HashSet<>();
      for (Outcome outcome : journal.stream().flatMap(e -> e.outcomes().stream()).toList()) {
        switch (outcome) {
          case Outcome.CallDispatched sent -> {
            keys.put(sent.call(), sent.key());
            dispatched.add(sent.key());
          }
          case Outcome.CallUnknown call -> unknown.add(call.call());
          case Outcome.CallReturned returned -> happened.put(keys.get(returned.call()), true);
          case Outcome.CallFailed failed -> happened.put(keys.get(failed.call()), false);
          case Outcome.UnknownSettled settled ->
              happened.put(keys.get(settled.call()), settled.happened());
          default -> {} // nothing about calls
        }
      }
      for (int call : unknown) {
        if (Boolean.TRUE.equals(happened.get(keys.get(call)))) {
          unknownHappened++;
        } else {
          unknownDidNot++;
        }
      }
    }

    Map<String, Long> effects =
        log.stream()
            .collect(
                Collectors.groupingBy(l -> l.substring(0, l.indexOf(' ')), Collectors.counting()));
    Set<String> writes =
        log.stream()
            .filter(line -> !line.contains(" d.note "))
            .map(line -> line.substring(0, line.indexOf(' ')))
            .collect(Collectors.toSet());
    assertThat(dispatched).containsAll(effects.keySet());
    for (String key : writes) {
      assertThat(effects.get(key)).as("effects of the write " + key).isEqualTo(1);
    }
    for (Map.Entry<String, Boolean> said : happened.entrySet()) {
      assertThat(effects.containsKey(said.getKey()))
          .as("whether %s happened", said.getKey())
          .isEqualTo(said.getValue());
    }
    assertThat(happened.keySet()).containsAll(effects.keySet());
    System.out.printf(
        "%d effects; killed before they were known: %d that had happened, %d that had not%n",
        effects.size(), unknownHappened, unknownDidNot);
    assertThat(unknownHappened).isPositive();
    assertThat(unknownDidNot).isPositive();
  }
}
