package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.Script;
import dev.interlock.engine.Ports;
import dev.interlock.testkit.ContractMachine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine that is the owner for a moment leaves alone what nobody names. */
class NamedEngineTest {
  private static final Principal ANA = new Principal("ana", List.of("employee"));
  private static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir private Path folder;
  private final ContractMachine.World world = new ContractMachine.World();
  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  private Ports ports(ChatModel model) {
    return new Ports(model, world.tools(), Map.of("main", world.desk()), world.clock());
  }

  private static void begin(LocalEngine engine, String id) {
    taken(engine.start(ANA, "contract", id, null, Map.of()));
    taken(engine.send(ANA, id, null, "please"));
  }

  private static void taken(Acknowledgement acknowledgement) {
    assertThat(acknowledgement).isInstanceOf(Acknowledgement.Taken.class);
  }

  private static Instance instance(LocalEngine engine, String id) {
    return engine.get(OPERATOR, id).orElseThrow().instance();
  }

  private static void awaitWaiting(LocalEngine engine, String id) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (instance(engine, id).status() != Status.WAITING) {
      assertThat(System.nanoTime()).as("%s waits", id).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  /** {@code rests} waits for its user; of {@code first} and {@code second} a question is open. */
  private void leaveInFlight() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(2);
    ChatModel model =
        question -> {
          if (question.instance().equals("rests")) {
            return Script.reply("Hello.", question.number());
          }
          open.countDown();
          never.await();
          throw new AssertionError("nobody lets it go");
        };
    try (LocalEngine engine =
        LocalEngine.open(
            SqliteStore.open(folder.resolve("cases.db")),
            LocalRunning.machines(),
            ports(model),
            LocalRunning.settings())) {
      begin(engine, "rests");
      awaitWaiting(engine, "rests");
      begin(engine, "first");
      begin(engine, "second");
      open.await();
    }
  }

  @Test
  void whatNobodyNamesStaysAsItIs() throws Exception {
    leaveInFlight();
    ChatModel model =
        question -> {
          asked.add(question.instance());
          return Script.reply("Hello again.", question.number());
        };
    try (LocalEngine engine =
        LocalEngine.openForNamed(
            SqliteStore.open(folder.resolve("cases.db")),
            LocalRunning.machines(),
            ports(model),
            LocalRunning.settings())) {
      world.clock().tick(Duration.ofDays(3)); // the idle timer of the one that rests is overdue
      begin(engine, "third");
      awaitWaiting(engine, "third");
      world.clock().tick(Duration.ofDays(1));
      taken(engine.send(ANA, "third", null, "and more"));
      awaitWaiting(engine, "third");

      assertThat(asked).containsExactly("third");
      assertThat(instance(engine, "first").status()).isEqualTo(Status.RUNNING);
      assertThat(instance(engine, "rests").state()).isEqualTo("Work");

      taken(engine.send(ANA, "first", null, "are you there?"));
      awaitWaiting(engine, "first");

      assertThat(asked).containsExactlyInAnyOrder("third", "first");
      assertThat(instance(engine, "second").status()).isEqualTo(Status.RUNNING);

      engine.carryOn("second");
      awaitWaiting(engine, "second");
    }
  }

  @Test
  void timersOfWhatIsNamedFire() throws Exception {
    leaveInFlight();
    try (LocalEngine engine =
        LocalEngine.openForNamed(
            SqliteStore.open(folder.resolve("cases.db")),
            LocalRunning.machines(),
            ports(question -> Script.reply("Hello again.", question.number())),
            LocalRunning.settings())) {
      begin(engine, "third");
      awaitWaiting(engine, "third");

      world.clock().tick(Duration.ofDays(3));

      long end = System.nanoTime() + LIMIT.toNanos();
      while (!instance(engine, "third").state().equals("Escalate")) {
        assertThat(System.nanoTime()).as("the idle timer fires").isLessThan(end);
        Thread.onSpinWait();
      }
      assertThat(instance(engine, "rests").state()).isEqualTo("Work");
    }
  }

  private LocalEngine openForNamed(Store store) {
    return LocalEngine.openForNamed(
        store,
        LocalRunning.machines(),
        ports(question -> Script.reply("Hello again.", question.number())),
        LocalRunning.settings());
  }

  @Test
  void whatCouldNotBeReadIsTakenUpWhenItIsNamedAgain() throws Exception {
    leaveInFlight();
    AtomicBoolean fails = new AtomicBoolean(true);
    try (SqliteStore store = SqliteStore.open(folder.resolve("cases.db"));
        LocalEngine engine =
            openForNamed(
                new StoreWrapper(store) {
                  @Override
                  public Optional<Row> row(String instance) {
                    if (instance.equals("first") && fails.getAndSet(false)) {
                      throw new StoreException("it cannot be read now", null);
                    }
                    return super.row(instance);
                  }
                })) {
      assertThatThrownBy(() -> engine.carryOn("first")).isInstanceOf(StoreException.class);

      engine.carryOn("first");

      awaitWaiting(engine, "first");
    }
  }

  @Test
  void timerThatIsDueWhileAnInstanceIsTakenUpLeavesNothingStaleInMemory() throws Exception {
    leaveInFlight();
    world.clock().tick(Duration.ofDays(3)); // the idle timer of the one that rests is overdue
    AtomicInteger looks = new AtomicInteger();
    AtomicReference<@Nullable LocalEngine> open = new AtomicReference<>();
    AtomicBoolean reading = new AtomicBoolean(true);
    try (SqliteStore store = SqliteStore.open(folder.resolve("cases.db"));
        LocalEngine engine =
            openForNamed(
                new StoreWrapper(store) {
                  @Override
                  public List<SealedEntry> entries(String instance, long afterSeq, int limit) {
                    List<SealedEntry> read = super.entries(instance, afterSeq, limit);
                    if (instance.equals("rests") && reading.getAndSet(false)) {
                      int enough = looks.get() + 20;
                      while (Objects.requireNonNull(open.get()).inMemory() == 0
                          && looks.get() < enough) {
                        world.clock().tick(Duration.ofSeconds(1)); // so that timers are looked at
                      }
                    }
                    return read;
                  }
                }.beforeDue(looks::incrementAndGet))) {
      open.set(engine);

      taken(engine.send(ANA, "rests", null, "are you there?"));
    }
  }
}
