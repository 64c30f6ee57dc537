package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.machine.Machine;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Settings;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.InMemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs that earlier builds began are decided by this one as they were. A build that is released
 * adds what it recorded: {@code RealServerEngineContractTest} with {@code
 * -Dinterlock.histories=FILE.zip}.
 */
class RecordedHistoriesTest {
  private static final Path HISTORIES = Path.of("src/test/resources/histories");

  static List<Path> builds() throws IOException {
    try (Stream<Path> files = Files.list(HISTORIES)) {
      return files.sorted().toList();
    }
  }

  private static Replaying replaying(Recorded recorded, Settings settings, int updates) {
    Machine machine = ContractMachine.compile(recorded.machine(), recorded.lock());
    return new Replaying(
        new InMemoryStore(),
        new Machines(
            List.of(new Machines.Definition(machine, recorded.machine(), recorded.lock())),
            stored -> ContractMachine.compile(stored.text(), stored.lock())),
        settings,
        updates);
  }

  @ParameterizedTest
  @MethodSource("builds")
  void isDecidedAsItWas(Path build) throws Exception {
    replay(Recorded.read(build), OnTemporal.settings());
  }

  @ParameterizedTest
  @MethodSource("builds")
  void isDecidedAsItWasByAWorkerThatIsSetOtherwise(Path build) throws Exception {
    replay(Recorded.read(build), OnTemporal.settings().withSettleAfter(Duration.ofDays(2)));
  }

  private static void replay(Recorded recorded, Settings settings) {
    try (Replaying replaying = replaying(recorded, settings, Plan.MAX_UPDATES)) {
      for (var run : recorded.runs().entrySet()) {
        try {
          replaying.replay(run.getValue().getHistory(), Duration.ZERO);
        } catch (Exception e) { // whatever the SDK throws: the name is wanted
          throw new AssertionError(run.getKey() + " was decided otherwise", e);
        }
      }
    }
    assertThat(recorded.runs()).hasSizeGreaterThan(20);
  }

  /** A build that would go on in a new run at once. */
  @ParameterizedTest
  @MethodSource("builds")
  void whatIsDecidedOtherwiseIsFound(Path build) throws Exception {
    Recorded recorded = Recorded.read(build);

    int found = 0;
    try (Replaying replaying = replaying(recorded, OnTemporal.settings(), 0)) {
      for (var run : recorded.runs().values()) {
        try {
          replaying.replay(run.getHistory(), Duration.ZERO);
        } catch (Exception e) { // whatever the SDK throws
          found++;
        }
      }
    }
    assertThat(found).as("of %d", recorded.runs().size()).isGreaterThan(20);
  }
}
