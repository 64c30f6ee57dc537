package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.Claim;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.journal.Store.Write;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineSuite;
import dev.interlock.testkit.InMemoryStore;
import dev.interlock.testkit.ScriptedTools;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store that is away for a while, or slow, while calls are under way. */
@EnabledIfEnvironmentVariable(named = RealServer.ADDRESS, matches = ".+")
@SuppressWarnings("NullAway.Init") // the server is opened before each test
class RealServerTroubledStoreTest extends EngineSuite {
  private static final Duration AWAY = Duration.ofMillis(1_500);

  private RealServer server;

  /** From when on the store can be used again, in nanoseconds. */
  private volatile long back = System.nanoTime();

  private volatile Consumer<List<Write>> beforeCommit = writes -> {};

  @Override
  protected Running open(ContractMachine.World world) {
    server = new RealServer(troubled(new InMemoryStore()));
    return new OnTemporal(world, server, true);
  }

  private Store troubled(Store inside) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (proxy, method, args) -> {
              if (method.getName().equals("commit")) {
                beforeCommit.accept(written(args[0]));
              }
              if (!isThere()) {
                throw new StoreException("cannot reach db.example.com", null);
              }
              try {
                return method.invoke(inside, args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @SuppressWarnings("unchecked") // what the method takes
  private static List<Write> written(Object argument) {
    return (List<Write>) argument;
  }

  private void away(Duration time) {
    back = System.nanoTime() + time.toNanos();
  }

  private boolean isThere() {
    return System.nanoTime() - back >= 0;
  }

  @ParameterizedTest
  @CsvSource({"d.by_key, key", "d.note, text", "d.mail, text"})
  void callIsSentOnceTheStoreIsBack(String tool, String argument) {
    world.tools().answer(tool, "ok");
    AtomicBoolean once = new AtomicBoolean();
    beforeCommit =
        writes -> {
          boolean replied =
              writes.stream()
                  .anyMatch(it -> it instanceof Store.Append(var entry) && entry.seq() == 3);
          if (replied && once.compareAndSet(false, true)) {
            away(AWAY);
          }
        };

    begin("a", call(tool, Map.of(argument, "x")), "Done.");
    await("the store is back", () -> once.get() && isThere());

    awaitInstance("a", "it waits", this::rests);
    assertThat(world.tools().arrived(tool)).hasSize(1);
    assertThat(outcomes("a", Outcome.CallReturned.class)).hasSize(1);
    assertThat(engine.journal(OPERATOR, "a", 0)).asString().doesNotContain("db.example.com");
  }

  @Test
  void answerOfAWriteIsKeptOverALongAbsence() {
    world
        .tools()
        .answer(
            "d.mail",
            call -> {
              away(Carriage.HEARTBEAT.plusSeconds(3));
              return ScriptedTools.returned("y".repeat(60_000));
            });

    begin("a", call("d.mail", Map.of("text", "x")), "Done.");
    await("the store is back", () -> !world.tools().arrived("d.mail").isEmpty() && isThere());

    awaitInstance("a", "it waits", this::rests);
    assertThat(outcomes("a", Outcome.CallReturned.class)).hasSize(1);
    assertThat(outcomes("a", Outcome.CallUnknown.class)).isEmpty();
  }

  /** A reset leaves the first activity where it is, and has another one dispatch the same call. */
  @Test
  void ofTwoThatDispatchOneWriteOneSendsIt() {
    CountDownLatch both = new CountDownLatch(2);
    beforeCommit =
        writes -> {
          if (writes.stream().anyMatch(Claim.class::isInstance)) {
            both.countDown();
            awaitDone(both);
          }
        };
    world.tools().answer("d.mail", "ok");
    begin("a", call("d.mail", Map.of("text", "x")), "Done.", "Done.", "Done.");
    await("it is about to be marked", () -> both.getCount() == 1);
    TemporalEngine temporal = (TemporalEngine) engine;

    var unused = temporal.reset(OPERATOR, temporal.resetOf(OPERATOR, "a", null));
    await("both are", () -> both.getCount() == 0);
    await(
        "it is settled",
        () ->
            !outcomes("a", Outcome.CallReturned.class).isEmpty()
                || !outcomes("a", Outcome.CallUnknown.class).isEmpty());

    assertThat(world.tools().arrived("d.mail")).hasSizeLessThan(2);
  }

  /** Also where the first activity is told that its run is gone. */
  private static void awaitDone(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
