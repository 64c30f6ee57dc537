package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Rejection;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Script;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.testkit.InMemoryStore;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.MemoryDesk;
import dev.interlock.testkit.ScriptedTools;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is bounded where more is asked for than can be done, and that nothing is lost by it. */
class OverloadTest {
  private static final Principal ANA = new Principal("ana", List.of("employee"));
  private static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final InMemoryStore store = new InMemoryStore();
  private final ManualClock clock = new ManualClock();
  private final CountDownLatch held = new CountDownLatch(1);
  private final List<LocalEngine> opened = new ArrayList<>();

  /** Of instances whose id begins with {@code held}, until it is released. */
  private final ChatModel model =
      question -> {
        if (question.instance().startsWith("held")) {
          awaitLatch(held);
        }
        return question.instance().startsWith("lend") && question.number() == 1
            ? Script.reply(List.of(Map.of("call", "d.lend", "with", Map.of())), 1)
            : Script.reply("Well.", question.number());
      };

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private LocalEngine open(Store on, Desk desk, int maxRunning) {
    Settings settings = LocalRunning.settings().withMaxRunning(maxRunning);
    Ports ports = new Ports(model, new ScriptedTools(), Map.of("main", desk), clock);
    LocalEngine engine = LocalEngine.open(on, LocalRunning.machines(), ports, settings);
    opened.add(engine);
    return engine;
  }

  @AfterEach
  void close() {
    held.countDown();
    opened.forEach(LocalEngine::close);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it never came").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static void awaitStatus(LocalEngine engine, String id, Status status) {
    await(() -> status(engine, id) == status && engine.atRest(id));
  }

  private static Status status(LocalEngine engine, String id) {
    return engine.get(OPERATOR, id).orElseThrow().instance().status();
  }

  private static void start(LocalEngine engine, String id) {
    taken(engine.start(ANA, "contract", id, null, Map.of()));
  }

  private static void begin(LocalEngine engine, String id) {
    start(engine, id);
    taken(engine.send(ANA, id, "m1", "please"));
  }

  private static void taken(Acknowledgement acknowledgement) {
    assertThat(acknowledgement).isInstanceOf(Acknowledgement.Taken.class);
  }

  private static void toldToWait(Acknowledgement acknowledgement) {
    assertThat(acknowledgement)
        .isInstanceOfSatisfying(
            Acknowledgement.Rejected.class,
            rejected -> {
              assertThat(rejected.rejection().code()).isEqualTo(Rejection.Code.LIMIT);
              assertThat(rejected.rejection().message())
                  .contains("found 2 instances that run", "try again in a few seconds");
            });
  }

  @Test
  void whoeverWouldHaveOneMoreInstanceRunIsToldToWait() {
    LocalEngine engine = open(store, new MemoryDesk(), 2);
    begin(engine, "talk");
    awaitStatus(engine, "talk", Status.WAITING);
    begin(engine, "held-1");
    begin(engine, "held-2");

    toldToWait(engine.send(ANA, "talk", "m2", "and now?"));
    start(engine, "new"); // it waits for its first message
    toldToWait(engine.send(ANA, "new", "m1", "please"));
    taken(engine.send(ANA, "held-1", "m2", "one runs already"));
    taken(engine.cancel(OPERATOR, "new", "not needed"));

    held.countDown();
    awaitStatus(engine, "held-1", Status.WAITING);
    awaitStatus(engine, "held-2", Status.WAITING);
    taken(engine.send(ANA, "talk", "m2", "and now?"));
    awaitStatus(engine, "talk", Status.WAITING);
    assertThat(engine.get(ANA, "talk").orElseThrow().instance().questions()).isEqualTo(2);
  }

  @Test
  void instanceThatEndsItsTurnMakesRoomForOne() {
    LocalEngine engine = open(store, new MemoryDesk(), 1);
    for (int i = 0; i < 10; i++) {
      begin(engine, "talk-" + i);
      awaitStatus(engine, "talk-" + i, Status.WAITING);
    }

    assertThat(engine.counts())
        .containsExactly(new Store.Count("contract", Status.WAITING.word(), 10));
  }

  @Test
  void timerThatWouldHaveOneMoreInstanceRunWaits() {
    AtomicInteger looks = new AtomicInteger();
    Store looked = new StoreWrapper(store).beforeDue(looks::incrementAndGet);
    LocalEngine engine = open(looked, new MemoryDesk(), 1);
    begin(engine, "talk");
    awaitStatus(engine, "talk", Status.WAITING);
    begin(engine, "held");

    clock.tick(
        Duration.ofDays(3)); // its idle timer is due: an escalation runs until it has a ticket
    int before = looks.get();
    await(() -> {
      clock.tick(Duration.ofMillis(6)); // more than its next look is away
      return looks.get() > before + 2;
    });
    assertThat(engine.cancel(OPERATOR, "nobody", "it comes after what the looks found"))
        .isInstanceOf(Acknowledgement.Rejected.class);

    assertThat(status(engine, "talk")).isEqualTo(Status.WAITING);
    held.countDown();
    awaitStatus(engine, "held", Status.WAITING);
    await(() -> {
      clock.tick(Duration.ofMillis(6));
      return status(engine, "talk") == Status.ESCALATED;
    });
  }

  @Test
  void manyTimersThatMayNotFireHideNoOther() {
    Instant due = clock.instant();
    List<Store.Due> all =
        IntStream.range(0, 5_000).mapToObj(i -> new Store.Due("i-" + i, due)).toList();
    Store store =
        new StoreWrapper(new InMemoryStore()) {
          @Override
          public List<Due> due(Instant dueBefore, int limit) {
            return all.subList(0, Math.min(limit, all.size())); // none of them ever fires
          }
        };
    Set<String> woken = ConcurrentHashMap.newKeySet();
    try (Timers timers = new Timers(store, clock, Duration.ofMillis(1), woken::add)) {
      timers.start();
      await(() -> {
        clock.tick(Duration.ofMillis(2));
        return woken.contains("i-4999");
      });
    }
  }

  @Test
  void deskThatHangsIsNotToldOfEverything() {
    AtomicInteger told = new AtomicInteger();
    MemoryDesk tickets = new MemoryDesk();
    Desk desk =
        new Desk() {
          @Override
          public String open(Ticket ticket) {
            return tickets.open(ticket);
          }

          @Override
          public void notify(Notice notice) {
            told.incrementAndGet();
            awaitLatch(held);
          }
        };
    LocalEngine engine = open(store, desk, 10_000);
    List<String> ids =
        IntStream.range(0, Carrier.MAX_NOTICES + 1).mapToObj(i -> "lend-" + i).toList();
    ids.forEach(id -> begin(engine, id));

    // all wait for their manager, and only for one of them nothing is under way
    await(() ->
        told.get() == Carrier.MAX_NOTICES && ids.stream().filter(engine::atRest).count() == 1);
    assertThat(ids)
        .allSatisfy(
            id -> assertThat(engine.get(ANA, id).orElseThrow().instance().parked()).hasSize(1));
  }
}
