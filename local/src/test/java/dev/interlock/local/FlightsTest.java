package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.engine.Loading;
import dev.interlock.local.Flights.Kind;
import dev.interlock.testkit.InMemoryStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@SuppressWarnings("NullAway.Init") // opened before each test
class FlightsTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(20);

  private final InMemoryStore store = new InMemoryStore();
  private final CountDownLatch never = new CountDownLatch(1);
  private final LinkedBlockingQueue<String> came = new LinkedBlockingQueue<>();
  private Committer committer;
  private Flights flights;

  @BeforeEach
  void open() {
    Loading loading =
        new Loading(
            store,
            stored -> {
              throw new IllegalStateException("no machine");
            });
    committer =
        new Committer(
            store, loading, Clock.systemUTC(), (before, live, entry, effects) -> {}, 1_000);
    committer.start();
    flights = new Flights(committer);
  }

  @AfterEach
  void close() {
    never.countDown();
    flights.close(Duration.ZERO);
    committer.stop();
  }

  private String deaf() {
    while (true) {
      try {
        never.await();
        return "never";
      } catch (InterruptedException e) {
        // it does not listen
      }
    }
  }

  private void begin(String key, Kind kind, Duration time) {
    flights.begin(
        key,
        kind,
        flight ->
            flight.within(
                time,
                this::deaf,
                () -> came.add(key + " is left"),
                tried -> {
                  try {
                    came.add(key + " " + tried.get());
                  } catch (TimeoutException | ExecutionException e) {
                    came.add(key + " is late");
                  }
                  return null;
                }),
        why -> null);
  }

  private void awaitRest() throws InterruptedException {
    while (flights.busy("a")) {
      Thread.sleep(5);
    }
  }

  @Test
  void whatDoesNotComeBackIsLeftBehind() throws Exception {
    begin("a/q1", Kind.PLACED, SHORT);

    assertThat(came.poll(20, TimeUnit.SECONDS)).isEqualTo("a/q1 is late");
    awaitRest();
  }

  @Test
  void whatIsAbandonedIsLeftAtOnce() throws Exception {
    begin("a/q1", Kind.PLACED, LONG);
    while (came.isEmpty()) { // it may not have begun before
      flights.abandon("a/q1");
      begin("a/q1", Kind.PLACED, LONG);
      Thread.sleep(5);
    }

    assertThat(came.take()).isEqualTo("a/q1 is left");
    flights.abandon("a/q1");
  }

  /** Places come back, whichever of limit and abandoning comes first: else all ends here. */
  @Test
  void everyPlaceComesBack() throws Exception {
    Random random = new Random(7);
    List<Thread> abandoning = new ArrayList<>();
    for (int i = 0; i < 3 * Flights.MAX_IN_FLIGHT; i++) {
      begin("a/q" + i, Kind.PLACED, SHORT);
      if (random.nextBoolean()) {
        int pause = random.nextInt(130);
        String key = "a/q" + i;
        abandoning.add(
            Thread.startVirtualThread(() -> {
              try {
                Thread.sleep(pause);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              flights.abandon(key);
            }));
      }
    }
    for (Thread each : abandoning) {
      each.join();
    }
    awaitRest();

    CountDownLatch all = new CountDownLatch(Flights.MAX_IN_FLIGHT);
    for (int i = 0; i < Flights.MAX_IN_FLIGHT; i++) {
      flights.begin(
          "b/q" + i,
          Kind.PLACED,
          flight -> {
            all.countDown();
            all.await();
            return null;
          },
          why -> null);
    }
    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whoInterruptsItselfIsNotAbandoned() throws Exception {
    AtomicInteger slept = new AtomicInteger();
    flights.begin(
        "a/q1",
        Kind.PLACED,
        flight ->
            flight.within(
                LONG,
                () -> {
                  Thread.currentThread().interrupt();
                  throw new IllegalStateException("interrupted, it says");
                },
                () -> {},
                tried -> {
                  Thread.sleep(1);
                  slept.incrementAndGet();
                  return null;
                }),
        why -> null);
    awaitRest();

    assertThat(slept).hasValue(1);
  }
}
