package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.journal.Store;
import dev.interlock.local.SqliteStore;
import dev.interlock.temporal.WorkersOutside.Worker;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineSuite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A worker is paused with SIGSTOP until it counts as lost, and woken when another one has gone on;
 * or it is killed. Both at a point that is known.
 */
@Execution(ExecutionMode.CONCURRENT)
@EnabledIfEnvironmentVariable(named = RealServer.ADDRESS, matches = ".+")
@SuppressWarnings("NullAway.Init") // opened before each test
class RealServerLostWorkersTest extends EngineSuite {
  /** Longer than a worker takes for what it does after it was woken. */
  private static final Duration WOKEN = Duration.ofSeconds(3);

  /** Longer than it takes until the server hears that a question is under way. */
  private static final Duration ASKED = Duration.ofSeconds(1);

  private static final Duration LONG = Duration.ofMinutes(4);

  @TempDir Path folder;

  private final WorkersOutside outside = new WorkersOutside();
  private RealServer server;
  private Path file;

  @Override
  protected Running open(ContractMachine.World world) {
    file = folder.resolve("cases.db");
    SqliteStore.open(file).close(); // makes the tables
    Store store = SqliteStore.openShared(file);
    server = new RealServer(store);
    return new Alone(
        TemporalEngine.open(
            server.client(), server.place(), store, OnTemporal.machines(), server.clock()),
        server);
  }

  @AfterEach
  void closeWorkers() {
    outside.close();
  }

  private Worker worker(String... options) throws Exception {
    return outside.start(file, System.getenv(RealServer.ADDRESS), server.place(), options);
  }

  private void begun(String id) {
    taken(engine.start(ANA, "contract", id, null, Map.of()));
    taken(engine.send(ANA, id, "m1", "please"));
  }

  @Test
  void writeOfAWorkerThatSleptBeforeItsMarkIsNeverSent() throws Exception {
    Worker paused = worker("-Dinterlock.crash=before-mark:1:2000");
    begun("order-1");
    paused.await("crash-point before-mark");
    paused.send("STOP");
    worker();

    awaitOutcome("order-1", Outcome.CallFailed.class);
    paused.send("CONT");
    awaitLong("order-1", it -> it.status() == Status.COMPLETED);
    Thread.sleep(WOKEN);

    assertThat(outside.arrived()).isEmpty();
    assertThat(outcomes("order-1", Outcome.CallUnknown.class)).isEmpty();
  }

  @Test
  void writeOfAWorkerThatSleptAfterItsMarkIsNeverSent() throws Exception {
    Worker paused = worker("-Dinterlock.crash=after-mark:1:2000");
    begun("order-2");
    paused.await("crash-point after-mark");
    paused.send("STOP");
    worker();

    awaitOutcome("order-2", Outcome.CallUnknown.class);
    paused.send("CONT");
    awaitLong("order-2", it -> it.status() == Status.COMPLETED);
    Thread.sleep(WOKEN);

    assertThat(outside.arrived()).isEmpty();
    assertThat(occurrences("order-2", Occurrence.CallProbed.class))
        .singleElement()
        .satisfies(probed -> assertThat(probed.happened()).isFalse());
  }

  @Test
  void questionOfAWorkerThatSleptIsAskedAgainAndHasOneReply() throws Exception {
    Worker paused = worker("-Dinterlock.thinking=2000");
    begun("talk-1");
    paused.await("asked 1");
    Thread.sleep(ASKED);
    paused.send("STOP");
    worker();

    awaitOutcome("talk-1", Outcome.ReplyTaken.class);
    paused.send("CONT");
    Thread.sleep(WOKEN);

    assertOneReplyAndOneCharge("talk-1");
  }

  @Test
  void questionOfAWorkerThatWasKilledIsAskedAgainAndCharged() throws Exception {
    Worker killed = worker("-Dinterlock.thinking=60000");
    begun("talk-2");
    killed.await("asked 1");
    Thread.sleep(ASKED);
    killed.kill();
    worker();

    awaitOutcome("talk-2", Outcome.ReplyTaken.class);

    assertOneReplyAndOneCharge("talk-2");
  }

  /** The charge is for the reply that nobody heard. */
  private void assertOneReplyAndOneCharge(String id) {
    assertThat(outcomes(id, Outcome.ReplyTaken.class)).hasSize(1);
    assertThat(occurrences(id, Occurrence.ReplyLost.class))
        .singleElement()
        .satisfies(lost -> assertThat(lost.usage().input()).isPositive());
    assertThat(instance(id).spent().tokens()).isPositive();
  }

  private void awaitOutcome(String id, Class<? extends Outcome> type) throws InterruptedException {
    awaitLong(id, it -> !outcomes(id, type).isEmpty());
  }

  /** A server takes its time to find that a worker is lost. */
  private void awaitLong(String id, Predicate<Instance> condition) throws InterruptedException {
    long end = System.nanoTime() + LONG.toNanos();
    while (!condition.test(instance(id))) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it is " + engine.journal(OPERATOR, id, 0));
      }
      Thread.sleep(200);
    }
  }
}
