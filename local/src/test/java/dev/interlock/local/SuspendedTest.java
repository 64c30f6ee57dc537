package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.engine.verify.Verification;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process stands still, as on a machine that sleeps, while writes are between acceptance and
 * their first byte and timers are set, and wakes when their time is over. It is stopped with
 * SIGSTOP.
 */
class SuspendedTest {
  /** Beyond the time-out of each call, and {@code idle}, of {@link CrashMachine}. */
  private static final Duration ASLEEP = Duration.ofMillis(1_500);

  private static final int IN_ALL = 12;

  @TempDir private Path folder;

  private static void signal(Process process, String signal) throws Exception {
    int sent =
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
            .inheritIO()
            .start()
            .waitFor();
    assertThat(sent).isZero();
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void whatIsOverWhenItWakesIsNotSentAndEachTimerFiresOnce() throws Exception {
    Witness calls = new Witness(folder.resolve("calls.log"));
    try (CrashServer server = new CrashServer(calls)) {
      Process process = start(server.port());
      try (BufferedReader err =
          new BufferedReader(
              new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
        List<String> said = new ArrayList<>();
        String line = err.readLine();
        while (line != null) {
          said.add(line);
          if (line.equals("crash-point before-mark")) {
            signal(process, "STOP");
            Thread.sleep(ASLEEP); // the time that it sleeps
            signal(process, "CONT");
          }
          line = err.readLine();
        }
        assertThat(process.waitFor()).as("%s", said).isZero();
        assertThat(said).contains("crash-point before-mark", "closed");
      } finally {
        process.destroyForcibly();
      }
    }
    check(calls.lines());
  }

  /** One of its writes waits before its mark for as long as it will sleep at least. */
  private Process start(int port) throws Exception {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dorg.sqlite.tmpdir=" + folder,
            "--enable-native-access=ALL-UNNAMED",
            "-Dinterlock.crash=before-mark:2:" + ASLEEP.toMillis(),
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            CrashChild.class.getName(),
            folder.toString(),
            "s",
            String.valueOf(IN_ALL),
            String.valueOf(port),
            String.valueOf(IN_ALL))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private void check(List<String> calls) throws Exception {
    int fired = 0;
    int over = 0;
    try (SqliteStore store = SqliteStore.openReadOnly(folder.resolve("cases.db"))) {
      Verification verification = new Verification(store, stored -> CrashMachine.machine());
      assertThat(verification.instances()).hasSize(IN_ALL);
      for (String id : verification.instances()) {
        assertThat(verification.verify(id).faults()).isEmpty();
        List<Entry> journal =
            store.entries(id, 0, Integer.MAX_VALUE).stream().map(Sealing::open).toList();
        fired += FiredTimers.check(id, journal);
        over += over(id, journal, calls);
      }
    }
    assertThat(fired).isPositive();
    assertThat(over).isPositive();
  }

  /** How many calls were over before they were sent: then none of the instance's arrived. */
  private static int over(String id, List<Entry> journal, List<String> calls) {
    int over = 0;
    for (Entry entry : journal) {
      if (entry.occurrence() instanceof Occurrence.CallFailed failed
          && failed.why().contains("its time was over before it was sent")) {
        String key =
            journal.stream()
                .flatMap(each -> each.outcomes().stream())
                .filter(Outcome.CallDispatched.class::isInstance)
                .map(Outcome.CallDispatched.class::cast)
                .filter(sent -> sent.call() == failed.call())
                .findFirst()
                .orElseThrow()
                .key();
        assertThat(calls).as(id).noneMatch(line -> line.startsWith(key + " "));
        over++;
      }
    }
    return over;
  }
}
