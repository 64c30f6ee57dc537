package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.PutMark;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Script;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.MemoryDesk;
import dev.interlock.testkit.ScriptedTools;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clock is set forward and back, by little and by much. */
class ClockTest {
  private static final long SEED = Long.getLong("interlock.clock.seed", System.nanoTime());
  private static final int JUMPS = 120;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** All kinds of timers, so that several are due at once after a jump. */
  private static final String TEXT =
      ContractMachine.TEXT
          .replace("budgets: {", "budgets: {duration: P30D, ")
          .replace(
              "idle: {P2D: Escalate}",
              "idle: {PT2H: Short}\n    after: {PT5H: Long}\n    budgets: {duration: PT9H}")
          .replace(
              "  Done: {type: final}",
              """
                Short: {type: wait, after: {PT20M: Long, PT21M: Work}}
                Long: {type: wait, after: {PT3H: Work}}
                Done: {type: final}\
              """);

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();
  private final ScriptedTools tools = new ScriptedTools();
  private final List<LocalEngine> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(LocalEngine::close);
  }

  /** Those named so ask for what a manager must approve, and nobody does; or for a mail. */
  private static Reply script(Question question) {
    String tool = "d." + question.instance().replaceAll("-.*", "");
    boolean calls = question.number() == 1 && !tool.equals("d.talk");
    return Script.reply(
        calls ? List.of(Map.of("call", tool, "with", Map.of())) : "Well.", question.number());
  }

  private LocalEngine open(Store store, String text) {
    String lock = ContractMachine.lock();
    Machines machines =
        new Machines(
            List.of(new Machines.Definition(ContractMachine.compile(text, lock), text, lock)),
            stored -> ContractMachine.compile(stored.text(), stored.lock()));
    Ports ports = new Ports(ClockTest::script, tools, Map.of("main", new MemoryDesk()), clock);
    LocalEngine engine = LocalEngine.open(store, machines, ports, LocalRunning.settings());
    opened.add(engine);
    return engine;
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it never came: " + what).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static Instance instance(Engine engine, String id) {
    return engine.get(KeptStore.OPERATOR, id).orElseThrow().instance();
  }

  private static void begin(Engine engine, String id) {
    engine.start(KeptStore.ANA, "contract", id, null, Map.of());
    engine.send(KeptStore.ANA, id, "m1", "please");
  }

  @Test
  void noTimerIsLostOrFiresTwiceOrTooSoonOrOutOfOrder() {
    System.out.println("clock test, seed " + SEED);
    Random random = new Random(SEED);
    List<String> ids = List.of("talk-1", "talk-2", "talk-3", "lend-1", "lend-2");
    LocalEngine engine = open(SqliteStore.open(folder.resolve("cases.db")), TEXT);
    for (String id : ids) {
      begin(engine, id);
      clock.tick(Duration.ofMinutes(random.nextInt(90)));
    }
    for (int jump = 0; jump < JUMPS; jump++) {
      Instant before = clock.instant();
      clock.set(before.plus(jump(random)));
      if (random.nextInt(8) == 0) {
        engine.close();
        engine = open(SqliteStore.open(folder.resolve("cases.db")), TEXT);
      }
      if (random.nextInt(3) == 0) {
        String id = ids.get(random.nextInt(ids.size()));
        engine.send(KeptStore.ANA, id, "j" + jump, "still there");
      }
      firedAll(engine, ids, "jump %d, from %s to %s".formatted(jump, before, clock.instant()));
    }
    clock.set(clock.instant().plus(Duration.ofDays(60)));
    firedAll(engine, ids, "the end");

    int fired = 0;
    for (String id : ids) {
      assertThat(instance(engine, id).status()).isEqualTo(Status.ESCALATED);
      fired += FiredTimers.check(id, engine.journal(KeptStore.OPERATOR, id, 0));
    }
    System.out.printf("%d jumps, %d timers fired%n", JUMPS, fired);
    assertThat(fired).isGreaterThan(JUMPS / 4);
  }

  /** Seconds, hours or a day; two of three forward. */
  private static Duration jump(Random random) {
    Duration most =
        switch (random.nextInt(3)) {
          case 0 -> Duration.ofMinutes(1);
          case 1 -> Duration.ofHours(4);
          default -> Duration.ofHours(15);
        };
    Duration by = Duration.ofSeconds(random.nextLong(most.toSeconds()));
    return random.nextInt(3) == 0 ? by.negated() : by;
  }

  /** Whatever is due by the clock fires. */
  private void firedAll(LocalEngine engine, List<String> ids, String when) {
    for (String id : ids) {
      await(
          when + ", " + id,
          () -> {
            Instance instance = instance(engine, id);
            return instance.atRest()
                && instance.timers().values().stream()
                    .noneMatch(timer -> !timer.due().isAfter(clock.instant()));
          });
    }
  }

  // ---- writes

  /** When its mark is on the disk, the clock is set. */
  private LocalEngine settingTheClock(Duration by) {
    StoreWrapper store = new StoreWrapper(SqliteStore.open(folder.resolve("cases.db")));
    store.beforeCommit(writes -> {
      if (writes.stream().anyMatch(PutMark.class::isInstance)) {
        clock.set(clock.instant().plus(by));
      }
    });
    return open(store, ContractMachine.TEXT);
  }

  @Test
  void aWriteWhoseTimeIsOverOnceItIsMarkedIsNotSent() {
    tools.answer("d.mail", "sent");
    LocalEngine engine = settingTheClock(ContractMachine.TIMEOUT);

    begin(engine, "mail");

    await("the answer", () -> !outcomes(engine, Outcome.CallFailed.class).isEmpty());
    assertThat(tools.arrived("d.mail")).isEmpty();
    assertThat(outcomes(engine, Outcome.CallFailed.class))
        .singleElement()
        .satisfies(failed -> assertThat(failed.why()).contains("its time was over"));
  }

  /** It is sent, and waited for no longer than else. */
  @Test
  void aClockThatIsSetBackLengthensNoTimeOut() {
    tools.answer("d.mail", "sent");
    LocalEngine engine = settingTheClock(Duration.ofHours(-1));

    begin(engine, "mail");

    await("the answer", () -> !outcomes(engine, Outcome.CallReturned.class).isEmpty());
    assertThat(tools.arrived("d.mail"))
        .extracting(ToolCall::timeout)
        .containsExactly(ContractMachine.TIMEOUT);
  }

  private static <T extends Outcome> List<T> outcomes(Engine engine, Class<T> kind) {
    return engine.journal(KeptStore.OPERATOR, "mail", 0).stream()
        .flatMap(entry -> entry.outcomes().stream())
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }
}
