package dev.interlock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.Mark;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.ChatModel;
import dev.interlock.core.prompt.ChatModel.ModelException;
import dev.interlock.core.prompt.Price;
import dev.interlock.core.prompt.Question;
import dev.interlock.core.prompt.Reply;
import dev.interlock.core.prompt.Script;
import dev.interlock.engine.Calls;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Requests;
import dev.interlock.engine.Retrying;
import dev.interlock.engine.Watchers;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.InMemoryStore;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.MemoryDesk;
import dev.interlock.testkit.ScriptedTools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What only the local engine promises: its commits, its limits, its recovery, its closing. */
class LocalEngineTest {
  private static final Principal ANA = new Principal("ana", List.of("employee"));
  private static final Principal OPERATOR = new Principal("op", List.of(Principal.OPERATOR));
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final InMemoryStore store = new InMemoryStore();
  private final ManualClock clock = new ManualClock();
  private final ScriptedTools tools = new ScriptedTools();
  private final MemoryDesk desk = new MemoryDesk();
  private final List<LocalEngine> opened = new ArrayList<>();
  private ChatModel model = LocalEngineTest::script;

  /** In place of {@code model}, if there are any. */
  private List<ChatModel> models = List.of();

  private ToolHost host = tools;

  /** The first question calls the tool that the instance's id names; the next are answered. */
  private static Reply script(Question question) {
    String tool = "d." + question.instance().replaceAll("-.*", "");
    boolean calls = question.number() == 1 && !tool.equals("d.talk");
    return Script.reply(
        calls ? List.of(Map.of("call", tool, "with", Map.of())) : "Well.", question.number());
  }

  private LocalEngine open(Store on) {
    return open(on, ContractMachine.TEXT);
  }

  private LocalEngine open(Store on, String text) {
    return open(on, text, ContractMachine.lock());
  }

  private LocalEngine open(Store on, String text, String lock) {
    Machines machines =
        new Machines(
            List.of(new Machines.Definition(ContractMachine.compile(text, lock), text, lock)),
            stored -> ContractMachine.compile(stored.text(), stored.lock()));
    Ports ports =
        new Ports(models.isEmpty() ? List.of(model) : models, host, Map.of("main", desk), clock);
    LocalEngine engine = LocalEngine.open(on, machines, ports, LocalRunning.settings());
    opened.add(engine);
    return engine;
  }

  @AfterEach
  void close() {
    opened.forEach(LocalEngine::close);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it never came").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static Instance instance(Engine engine, String id) {
    return engine.get(OPERATOR, id).orElseThrow().instance();
  }

  private static void awaitStatus(Engine engine, String id, Status status) {
    await(() -> {
      Instance instance = instance(engine, id);
      return instance.status() == status && instance.questions() > 0;
    });
  }

  private static void begin(Engine engine, String id) {
    taken(engine.start(ANA, "contract", id, null, Map.of()));
    taken(engine.send(ANA, id, "m1", "please"));
  }

  private static void taken(Acknowledgement acknowledgement) {
    assertThat(acknowledgement).isInstanceOf(Acknowledgement.Taken.class);
  }

  private static void limit(Acknowledgement acknowledgement, String words) {
    assertThat(acknowledgement)
        .isInstanceOfSatisfying(
            Acknowledgement.Rejected.class,
            rejected -> {
              assertThat(rejected.rejection().code()).isEqualTo(Rejection.Code.LIMIT);
              assertThat(rejected.rejection().message()).contains(words);
            });
  }

  private static <T extends Outcome> List<T> outcomes(Engine engine, String id, Class<T> type) {
    return engine.journal(OPERATOR, id, 0).stream()
        .flatMap(entry -> entry.outcomes().stream())
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  // ---- commits

  @Test
  void commitThatFailsIsToldAndLeavesNothing() {
    LocalEngine engine = open(store);
    taken(engine.start(ANA, "contract", "talk", null, Map.of()));
    store.failing(1);

    assertThatThrownBy(() -> engine.send(ANA, "talk", "m1", "please"))
        .isInstanceOf(StoreException.class);

    assertThat(engine.journal(ANA, "talk", 0)).hasSize(1);
    assertThat(instance(engine, "talk").seq()).isEqualTo(1);
    taken(engine.send(ANA, "talk", "m1", "please"));
    awaitStatus(engine, "talk", Status.WAITING);
  }

  @Test
  void resultThatCannotBeWrittenIsReportedUntilItIs() {
    LocalEngine engine = open(store);
    tools.answer(
        "d.mail",
        call -> {
          store.failing(3);
          return ScriptedTools.returned("sent");
        });
    begin(engine, "mail");

    awaitStatus(engine, "mail", Status.WAITING);
    assertThat(tools.arrived("d.mail")).hasSize(1);
    assertThat(outcomes(engine, "mail", Outcome.CallReturned.class)).hasSize(1);
  }

  @Test
  void writeWhoseMarkCannotBeReadIsUnknownAndIsNotSent() {
    LocalEngine engine =
        open(
            new StoreWrapper(store) {
              @Override
              public Optional<Mark> mark(String instance, String key) {
                throw new StoreException("the mark cannot be read", null);
              }
            });
    begin(engine, "mail");

    awaitStatus(engine, "mail", Status.ESCALATED);
    assertThat(tools.arrived("d.mail")).isEmpty();
    assertThat(outcomes(engine, "mail", Outcome.CallUnknown.class)).hasSize(1);
  }

  /** A question that has just begun when its engine closes is the next owner's, no failure. */
  @Test
  void questionThatMeetsAClosingEngineIsAskedByTheNext() throws Exception {
    LocalEngine first = open(store);
    begin(first, "talk");
    awaitStatus(first, "talk", Status.WAITING);
    while (store.snapshot("talk").isEmpty()) { // what it reads begins with that from then on
      taken(first.send(ANA, "talk", null, "and"));
      awaitStatus(first, "talk", Status.WAITING);
    }
    int said = outcomes(first, "talk", Outcome.Said.class).size();
    first.close();
    CountDownLatch reading = new CountDownLatch(1);
    LocalEngine closing =
        open(
            new StoreWrapper(store) {
              @Override
              public List<SealedEntry> entries(String instance, long afterSeq, int limit) {
                if (Thread.currentThread().isVirtual()) { // the conversation, for the question
                  reading.countDown();
                  outliveTheInterrupt();
                }
                return super.entries(instance, afterSeq, limit);
              }
            });
    taken(closing.send(ANA, "talk", "m2", "again"));
    assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
    closing.close();

    LocalEngine next = open(store);
    awaitStatus(next, "talk", Status.WAITING);
    assertThat(outcomes(next, "talk", Outcome.QuestionLost.class)).isEmpty();
    assertThat(outcomes(next, "talk", Outcome.Said.class)).hasSize(said + 1);
  }

  @Test
  void turnThatIsClosedEarlyVoidsWhatWasWritten() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    model =
        new ChatModel() {
          @Override
          public Reply ask(Question question) {
            throw new AssertionError("it is asked with deltas");
          }

          @Override
          public Reply ask(Question question, Deltas deltas) throws InterruptedException {
            deltas.text("I wi");
            try {
              never.await();
            } finally {
              deltas.text("ll not"); // before all is void, or heard by nobody
            }
            return script(question);
          }
        };
    LocalEngine engine = open(store);
    List<Watcher.Writing> written = new CopyOnWriteArrayList<>();
    taken(engine.start(ANA, "contract", "talk", null, Map.of()));
    AutoCloseable watch = engine.watch(ANA, "talk", new Reading(written));
    taken(engine.send(ANA, "talk", "m1", "please"));
    await(() -> !written.isEmpty());

    taken(engine.cancel(OPERATOR, "talk", "enough"));

    Watcher.Writing nothing = new Watcher.Writing("talk", 1, 1, 0, "");
    await(() -> written.contains(nothing));
    watch.close();
    engine.close();
    assertThat(written).startsWith(new Watcher.Writing("talk", 1, 1, 0, "I wi")).endsWith(nothing);
  }

  private record Reading(List<Watcher.Writing> written) implements Watcher {
    @Override
    public void entry(Entry entry) {}

    @Override
    public void writing(Writing writing) {
      written.add(writing);
    }
  }

  @Test
  void watcherThatDoesNotReadHoldsNobodyUpAndMissesNoEntryForWhatIsWritten() throws Exception {
    model =
        new ChatModel() {
          @Override
          public Reply ask(Question question) {
            throw new AssertionError("it is asked with deltas");
          }

          @Override
          public Reply ask(Question question, Deltas deltas) {
            for (int i = 0; i < 10_000; i++) {
              deltas.text("word ");
            }
            return script(question);
          }
        };
    LocalEngine engine = open(store);
    CountDownLatch reads = new CountDownLatch(1);
    List<Watcher.Writing> written = new CopyOnWriteArrayList<>();
    List<Long> seen = new CopyOnWriteArrayList<>();
    taken(engine.start(ANA, "contract", "talk", null, Map.of()));
    AutoCloseable watch =
        engine.watch(
            ANA,
            "talk",
            new Watcher() {
              @Override
              public void entry(Entry entry) {
                seen.add(entry.seq());
              }

              @Override
              public void writing(Writing writing) {
                try {
                  reads.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                written.add(writing);
              }
            });
    taken(engine.send(ANA, "talk", "m1", "please"));
    awaitStatus(engine, "talk", Status.WAITING);
    reads.countDown();

    long newest = instance(engine, "talk").seq();
    await(() -> seen.contains(newest));
    watch.close();
    assertThat(seen).hasSize((int) newest - 1).isSorted();
    assertThat(written).hasSizeLessThan(Watchers.MAX_WAITING);
  }

  @Test
  void questionGoesToTheNextModelAfterTheRetriesOfTheOneBefore() {
    AtomicInteger busy = new AtomicInteger();
    ChatModel overloaded =
        question -> {
          busy.incrementAndGet();
          throw new ModelException("overloaded", true, null, null);
        };
    AtomicInteger gone = new AtomicInteger();
    ChatModel withdrawn =
        question -> {
          gone.incrementAndGet();
          throw new ModelException("no such model", false, null, null);
        };
    ChatModel third =
        question -> {
          Reply reply = script(question);
          return new Reply(reply.parts(), reply.stop(), "third", reply.usage());
        };
    models = List.of(overloaded, withdrawn, third);
    LocalEngine engine = open(store);
    begin(engine, "talk");
    awaitStatus(engine, "talk", Status.WAITING);

    assertThat(busy).hasValue(3);
    assertThat(gone).hasValue(1);
    assertThat(outcomes(engine, "talk", Outcome.ReplyTaken.class))
        .singleElement()
        .satisfies(taken -> assertThat(taken.reply().model()).isEqualTo("third"));
  }

  @Test
  void questionThatNoModelAnswersSaysWhyOfEach() {
    models =
        List.of(
            question -> {
              throw new ModelException("no such model", false, null, null);
            },
            question -> {
              throw new ModelException("no more credit", false, null, null);
            });
    LocalEngine engine = open(store);
    begin(engine, "talk");
    awaitStatus(engine, "talk", Status.ESCALATED);

    assertThat(outcomes(engine, "talk", Outcome.QuestionLost.class))
        .singleElement()
        .satisfies(lost ->
            assertThat(lost.why()).isEqualTo("no such model; the next model: no more credit"));
  }

  private static void outliveTheInterrupt() {
    try {
      Thread.sleep(LIMIT.toMillis());
    } catch (InterruptedException e) {
      long end = System.nanoTime() + 300_000_000L;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void nothingIsSeenBeforeItIsDurable() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch reached = new CountDownLatch(1);
    StoreWrapper slow = new StoreWrapper(store);
    LocalEngine engine = open(slow);
    taken(engine.start(ANA, "contract", "talk", null, Map.of()));
    slow.beforeCommit(writes -> {
      reached.countDown();
      awaitLatch(held);
    });
    CompletableFuture<Acknowledgement> sent =
        CompletableFuture.supplyAsync(() -> engine.send(ANA, "talk", "m1", "please"));

    assertThat(reached.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(instance(engine, "talk").seq()).isEqualTo(1);
    assertThat(sent).isNotDone();
    held.countDown();
    taken(sent.get(20, TimeUnit.SECONDS));
    assertThat(instance(engine, "talk").seq()).isGreaterThan(1);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new StoreException("interrupted", e);
    }
  }

  @Test
  void whoWaitsHearsOfAnErrorThatEndsTheWriter() throws Exception {
    StoreWrapper broken = new StoreWrapper(store);
    LocalEngine engine = open(broken);
    taken(engine.start(ANA, "contract", "talk", null, Map.of()));
    broken.beforeCommit(writes -> {
      throw new StackOverflowError("too deep");
    });

    for (String id : List.of("m1", "m2")) {
      CompletableFuture<Acknowledgement> sent =
          CompletableFuture.supplyAsync(() -> engine.send(ANA, "talk", id, "please"));
      assertThatThrownBy(() -> sent.get(20, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(id.equals("m1") ? StackOverflowError.class : StoreException.class)
          .hasMessageContaining("the engine cannot go on")
          .hasMessageContaining("too deep");
    }
    engine.close();
    assertThat(instance(open(store), "talk").seq()).isEqualTo(1);
  }

  @Test
  void manyRequestsShareACommit() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    StoreWrapper slow = new StoreWrapper(store);
    LocalEngine engine = open(slow);
    slow.beforeCommit(writes -> awaitLatch(held));
    List<CompletableFuture<Acknowledgement>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String id = "talk-" + i;
      CompletableFuture<Acknowledgement> one = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> one.complete(engine.start(ANA, "contract", id, null, Map.of())));
      all.add(one);
    }
    long before = store.commits();

    held.countDown();
    for (CompletableFuture<Acknowledgement> one : all) {
      taken(one.get(20, TimeUnit.SECONDS));
    }

    assertThat(store.commits() - before).isLessThan(100);
  }

  // ---- limits

  @Test
  void valuesOfEveryKindAreBounded() {
    LocalEngine engine = open(store);
    taken(engine.start(ANA, "contract", "talk", null, Map.of()));
    String large = "x".repeat(Requests.MAX_VALUES + 1);
    Engine.Answer answer = new Engine.Answer(1, "", "approved", Map.of("x", large));

    limit(engine.send(ANA, "talk", null, large), "at most");
    limit(engine.event(ANA, "talk", null, "stop", large), "at most 262,144");
    limit(engine.answer(ANA, "talk", null, answer), "at most 262,144");
    limit(engine.start(ANA, "contract", "b", null, Map.of("topic", large)), "at most 262,144");
    limit(engine.resolve(OPERATOR, "talk", 1, true, large), "at most 262,144");
    limit(engine.cancel(OPERATOR, "talk", large), "at most 262,144");
    limit(engine.send(ANA, "talk", "i".repeat(Requests.MAX_ID + 1), "x"), "200 characters");
    assertThat(engine.journal(ANA, "talk", 0)).hasSize(1);
  }

  @Test
  void fullQueueRejectsAndLosesNothing() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    StoreWrapper slow = new StoreWrapper(store);
    LocalEngine engine = open(slow);
    slow.beforeCommit(writes -> awaitLatch(held));
    AtomicInteger taken = new AtomicInteger();
    CompletableFuture<Rejection> first = new CompletableFuture<>();
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < Committer.MAX_WAITING + 10; i++) {
      String id = "talk-" + i;
      senders.add(
          Thread.ofVirtual()
              .start(() -> {
                switch (engine.start(ANA, "contract", id, null, Map.of())) {
                  case Acknowledgement.Rejected(Rejection rejection) -> first.complete(rejection);
                  case Acknowledgement.Taken done -> taken.incrementAndGet();
                  case Acknowledgement.Again again -> {}
                }
              }));
    }

    Rejection rejection = first.get(20, TimeUnit.SECONDS);
    assertThat(rejection.code()).isEqualTo(Rejection.Code.LIMIT);
    assertThat(rejection.message()).contains("1,000", "try again in a second");
    held.countDown();
    for (Thread sender : senders) {
      sender.join();
    }
    assertThat(taken.get()).isBetween(Committer.MAX_WAITING, Committer.MAX_WAITING + 9);
    assertThat(engine.list(OPERATOR, new Store.Filter(null, null, null, null, null, 20_000)))
        .hasSize(taken.get());
  }

  @Test
  void restingInstancesLeaveMemory() {
    LocalEngine engine = open(store);
    for (int i = 0; i < Committer.MAX_RESTING + 50; i++) {
      taken(engine.start(ANA, "contract", "talk-" + i, null, Map.of()));
    }

    await(() -> engine.inMemory() <= Committer.MAX_RESTING);
    taken(engine.send(ANA, "talk-0", "m1", "still there?"));
    awaitStatus(engine, "talk-0", Status.WAITING);
  }

  @Test
  void longConversationsOfRestingInstancesLeaveMemory() {
    LocalEngine engine = open(store);
    String text = "x".repeat(60_000);
    int messages = 5; // more would be summed up
    long most = Committer.MAX_RESTING_LENGTH / text.length() / messages;
    for (int i = 0; i <= most; i++) {
      String id = "talk-" + i;
      taken(engine.start(ANA, "contract", id, null, Map.of()));
      for (int m = 0; m < messages; m++) {
        taken(engine.send(ANA, id, null, text));
        awaitStatus(engine, id, Status.WAITING);
      }
    }

    await(() -> engine.inMemory() <= most);
    assertThat(engine.inMemory()).isPositive();
    taken(engine.send(ANA, "talk-0", "m1", "still there?"));
    awaitStatus(engine, "talk-0", Status.WAITING);
  }

  @Test
  void floodOfATool() {
    tools.answer(
        "d.find", List.of(new ToolHost.Answer.Returned("x".repeat(Calls.MAX_RESULT + 1), null)));
    LocalEngine engine = open(store);
    begin(engine, "find");

    awaitStatus(engine, "find", Status.WAITING);
    assertThat(outcomes(engine, "find", Outcome.CallFailed.class))
        .singleElement()
        .satisfies(failed -> assertThat(failed.why()).contains("8,388,608 characters"));
  }

  @Test
  void floodOfAModelCountsAnErrorAndIsAskedAgain() {
    model =
        question ->
            question.number() == 1
                ? Script.reply("x".repeat(10 << 20), 1)
                : Script.reply("Shorter.", question.number());
    LocalEngine engine = open(store);
    begin(engine, "talk");

    await(() -> !outcomes(engine, "talk", Outcome.Said.class).isEmpty());
    assertThat(outcomes(engine, "talk", Outcome.ReplyFaulty.class)).hasSize(1);
    assertThat(outcomes(engine, "talk", Outcome.Said.class))
        .containsExactly(new Outcome.Said("Shorter."));
  }

  @Test
  void modelThatThrowsAnythingElseFailsTheQuestion() {
    model =
        question -> {
          throw new IllegalStateException("a bug in an adapter");
        };
    LocalEngine engine = open(store);
    begin(engine, "talk");

    awaitStatus(engine, "talk", Status.ESCALATED);
  }

  @Test
  void toolHostThatThrowsLeavesAWriteUnknown() {
    tools.answer(
        "d.mail",
        call -> {
          throw new IllegalStateException("a bug in an adapter");
        });
    LocalEngine engine = open(store);
    begin(engine, "mail");

    awaitStatus(engine, "mail", Status.ESCALATED);
    assertThat(outcomes(engine, "mail", Outcome.CallUnknown.class)).hasSize(1);
    assertThat(tools.arrived("d.mail")).hasSize(1);
  }

  /** Takes as long as the grace that a host has after the time-out of its call. */
  @Test
  void toolHostThatHangsIsGivenUp() {
    host = new Blocking(tools, new CountDownLatch(1), new CountDownLatch(1));
    LocalEngine engine = open(store, ContractMachine.TEXT.replace("PT5S", "PT0.05S"));
    begin(engine, "mail");

    awaitStatus(engine, "mail", Status.ESCALATED);
    assertThat(outcomes(engine, "mail", Outcome.CallUnknown.class))
        .singleElement()
        .satisfies(unknown -> assertThat(unknown.why()).contains("no answer within PT0.05S"));
  }

  // ---- recovery

  /** A host whose calls arrive and then wait; interrupting them does not help. */
  private record Blocking(ToolHost inside, CountDownLatch arrived, CountDownLatch released)
      implements ToolHost {
    @Override
    public List<Offered> offered(String server) {
      return inside.offered(server);
    }

    @Override
    public Answer call(ToolCall call) {
      arrived.countDown();
      boolean waiting = true;
      while (waiting) {
        try {
          released.await();
          waiting = false;
        } catch (InterruptedException e) {
          // it hangs
        }
      }
      return inside.call(call);
    }

    @Override
    public void close() {}
  }

  private static boolean marks(List<Store.Write> writes) {
    return writes.stream().anyMatch(Store.PutMark.class::isInstance);
  }

  @Test
  void markedWriteWithoutAnswerIsUnknownAfterACrash() throws Exception {
    StoreWrapper crashing = new StoreWrapper(store);
    CountDownLatch arrived = new CountDownLatch(1);
    host = new Blocking(tools, arrived, new CountDownLatch(1));
    begin(open(crashing, ContractMachine.TEXT), "mail");
    assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
    crashing.cutOff();
    opened.clear(); // it died

    host = tools;
    LocalEngine next = open(store);

    awaitStatus(next, "mail", Status.ESCALATED);
    assertThat(outcomes(next, "mail", Outcome.CallUnknown.class)).hasSize(1);
    assertThat(tools.arrived("d.mail")).isEmpty();
  }

  /** An engine that dies before it could mark the call of {@code mail}. */
  private void dieBeforeTheMark() {
    StoreWrapper crashing = new StoreWrapper(store);
    CountDownLatch tried = new CountDownLatch(1);
    crashing.beforeCommit(writes -> {
      if (marks(writes)) {
        crashing.cutOff();
        tried.countDown();
        throw new StoreException("cut off", null);
      }
    });
    begin(open(crashing), "mail");
    awaitLatch(tried);
    opened.clear(); // it died
  }

  @Test
  void unmarkedWriteIsSentAfterACrashWhileItsDeadlineLasts() {
    tools.answer("d.mail", "sent");
    dieBeforeTheMark();
    assertThat(tools.arrived("d.mail")).isEmpty();

    LocalEngine next = open(store);

    awaitStatus(next, "mail", Status.WAITING);
    assertThat(tools.arrived("d.mail")).hasSize(1);
    assertThat(mark(next)).isEqualTo(Mark.DISPATCHED);
  }

  @Test
  void unmarkedWriteIsClosedAfterACrashPastItsDeadline() {
    tools.answer("d.mail", "sent");
    dieBeforeTheMark();
    clock.tick(ContractMachine.TIMEOUT);

    LocalEngine next = open(store);

    awaitStatus(next, "mail", Status.WAITING);
    assertThat(tools.arrived("d.mail")).isEmpty();
    assertThat(mark(next)).isEqualTo(Mark.CLOSED);
    assertThat(outcomes(next, "mail", Outcome.CallFailed.class)).hasSize(1);
  }

  private @Nullable Mark mark(Engine engine) {
    String key = outcomes(engine, "mail", Outcome.CallDispatched.class).getFirst().key();
    return store.mark("mail", key).orElse(null);
  }

  @Test
  void idempotentCallIsTriedAgainAfterACrashAlsoPastItsDeadline() throws Exception {
    StoreWrapper crashing = new StoreWrapper(store);
    CountDownLatch arrived = new CountDownLatch(1);
    host = new Blocking(tools, arrived, new CountDownLatch(1));
    begin(open(crashing), "note");
    assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
    crashing.cutOff();
    opened.clear(); // it died
    clock.tick(ContractMachine.TIMEOUT.multipliedBy(2));

    host = tools;
    tools.answer("d.note", "noted");
    LocalEngine next = open(store);

    awaitStatus(next, "note", Status.WAITING);
    assertThat(tools.arrived("d.note")).hasSize(1);
    assertThat(outcomes(next, "note", Outcome.CallReturned.class)).hasSize(1);
  }

  @Test
  void idempotentCallThatMayHaveHappenedDoesNotFailForNow() throws Exception {
    StoreWrapper crashing = new StoreWrapper(store);
    CountDownLatch arrived = new CountDownLatch(1);
    host = new Blocking(tools, arrived, new CountDownLatch(1));
    begin(open(crashing), "note");
    assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
    crashing.cutOff();
    opened.clear(); // it died

    host = tools;
    tools.answer("d.note", List.of(ScriptedTools.busy("later")));
    LocalEngine next = open(store);

    awaitStatus(next, "note", Status.ESCALATED);
    assertThat(outcomes(next, "note", Outcome.CallUnknown.class)).hasSize(1);
  }

  @Test
  void openQuestionIsAskedAgainAfterACrash() throws Exception {
    StoreWrapper crashing = new StoreWrapper(store);
    CountDownLatch asked = new CountDownLatch(1);
    model =
        question -> {
          asked.countDown();
          new CountDownLatch(1).await();
          throw new IllegalStateException();
        };
    begin(open(crashing), "talk");
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    crashing.cutOff();
    opened.clear(); // it died

    model = LocalEngineTest::script;
    LocalEngine next = open(store);

    awaitStatus(next, "talk", Status.WAITING);
    assertThat(instance(next, "talk").questions()).isEqualTo(1);
  }

  @Test
  void instanceKeepsTheMachineItWasStartedWith() {
    LocalEngine first = open(store);
    begin(first, "talk");
    awaitStatus(first, "talk", Status.WAITING);
    first.close();

    LocalEngine next = open(store, ContractMachine.TEXT.replaceFirst("version: 1", "version: 2"));
    taken(next.start(ANA, "contract", "talk-2", null, Map.of()));
    taken(next.send(ANA, "talk", "m2", "still there?"));

    assertThat(next.get(OPERATOR, "talk").orElseThrow().machine().version()).isEqualTo(1);
    assertThat(next.get(OPERATOR, "talk-2").orElseThrow().machine().version()).isEqualTo(2);
  }

  @Test
  void instanceKeepsTheToolsItWasLockedWith() {
    tools.answer("d.mail", "sent");
    String relocked = ContractMachine.lock("d.mail", "Sends it to everybody.");
    LocalEngine first = open(store);
    taken(first.start(ANA, "contract", "mail-1", null, Map.of()));
    first.close();

    LocalEngine second = open(store, ContractMachine.TEXT, relocked);
    begin(second, "mail-2");
    awaitStatus(second, "mail-2", Status.WAITING);
    second.close();
    LocalEngine third = open(store, ContractMachine.TEXT.replace("version: 1", "version: 2"));
    taken(third.send(ANA, "mail-1", "m1", "please"));
    awaitStatus(third, "mail-1", Status.WAITING);

    String before = ContractMachine.machine().tool("d.mail").locked().hash();
    String after =
        ContractMachine.compile(ContractMachine.TEXT, relocked).tool("d.mail").locked().hash();
    assertThat(before).isNotEqualTo(after);
    assertThat(tools.arrived("d.mail"))
        .extracting(ToolHost.ToolCall::lockedHash)
        .containsExactly(after, before);
  }

  @Test
  void machineThatWasChangedInTheStoreIsNotRun() {
    String changed = ContractMachine.TEXT.replace("expires: P1D", "expires: P2D");
    String pin = ContractMachine.machine().pin();
    store.commit(List.of(new Store.PutMachine(pin, "contract", changed, ContractMachine.lock())));
    LocalEngine first = open(store);
    taken(first.start(ANA, "contract", "talk", null, Map.of()));
    first.close();

    LocalEngine next = open(store, ContractMachine.TEXT.replace("version: 1", "version: 2"));

    assertThatThrownBy(() -> next.get(OPERATOR, "talk")).hasMessageContaining("was changed");
  }

  @Test
  void sameStartIsAcknowledgedAgainAlsoUnderANewVersion() {
    LocalEngine first = open(store);
    taken(first.start(ANA, "contract", "talk", null, Map.of()));
    first.close();

    LocalEngine next = open(store, ContractMachine.TEXT.replaceFirst("version: 1", "version: 2"));

    assertThat(next.start(ANA, "contract", "talk", null, Map.of()))
        .isEqualTo(new Acknowledgement.Again("talk"));
  }

  @Test
  void instanceThatCannotBeReadHoldsNobodyUp() throws Exception {
    StoreWrapper crashing = new StoreWrapper(store);
    CountDownLatch asked = new CountDownLatch(2);
    model =
        question -> {
          asked.countDown();
          new CountDownLatch(1).await();
          throw new IllegalStateException();
        };
    LocalEngine first = open(crashing, ContractMachine.TEXT);
    begin(first, "talk-new");
    LocalEngine older =
        open(crashing, ContractMachine.TEXT.replaceFirst("version: 1", "version: 3"));
    begin(older, "talk-old");
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    crashing.cutOff();
    opened.clear(); // they died

    model = LocalEngineTest::script;
    Machines onlyNew =
        new Machines(
            List.of(
                new Machines.Definition(
                    ContractMachine.machine(), ContractMachine.TEXT, ContractMachine.lock())),
            stored -> {
              throw new IllegalArgumentException("this version does not know that key");
            });
    LocalEngine next =
        LocalEngine.open(
            store,
            onlyNew,
            new Ports(model, host, Map.of("main", desk), clock),
            LocalRunning.settings());
    opened.add(next);

    awaitStatus(next, "talk-new", Status.WAITING);
  }

  // ---- closing

  @Test
  void closingAwaitsAWriteAndRecordsItsAnswer() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    host = new Blocking(tools, arrived, released);
    tools.answer("d.mail", "sent");
    LocalEngine engine = open(store);
    begin(engine, "mail");
    assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(engine::close);
    await(
        () -> engine.send(ANA, "mail", null, "one more thing") instanceof Acknowledgement.Rejected);

    assertThat(closing).isNotDone();
    released.countDown();
    closing.get(20, TimeUnit.SECONDS);

    host = tools;
    LocalEngine next = open(store);
    awaitStatus(next, "mail", Status.WAITING);
    assertThat(outcomes(next, "mail", Outcome.CallReturned.class)).hasSize(1);
    assertThat(tools.arrived("d.mail")).hasSize(1);
  }

  @Test
  void closingAbandonsAQuestionThatTheNextOwnerAsksAgain() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    model =
        question -> {
          asked.countDown();
          new CountDownLatch(1).await();
          throw new IllegalStateException();
        };
    LocalEngine engine = open(store);
    begin(engine, "talk");
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(engine.atRest("talk")).isFalse();

    CompletableFuture.runAsync(engine::close).get(20, TimeUnit.SECONDS);

    model = LocalEngineTest::script;
    LocalEngine next = open(store);
    awaitStatus(next, "talk", Status.WAITING);
    assertThat(outcomes(next, "talk", Outcome.QuestionLost.class)).isEmpty();
    assertThat(outcomes(next, "talk", Outcome.UsageCounted.class))
        .singleElement()
        .satisfies(lost -> {
          assertThat(lost.question()).isEqualTo(1);
          assertThat(lost.usage().input()).isPositive();
          assertThat(lost.usage().output()).isEqualTo(Price.UNSEEN_REPLY);
        });
    await(() -> next.atRest("talk"));
  }

  @Test
  void closingAbandonsASummaryThatTheNextOwnerAsksForAgain() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    model =
        question -> {
          if (question.summary()) {
            asked.countDown();
            new CountDownLatch(1).await();
          }
          if (question.turn() == 4) {
            throw ModelException.overflow("prompt is too long", null);
          }
          return Script.reply("Well.", question.number());
        };
    LocalEngine engine = open(store);
    begin(engine, "talk");
    for (int turn = 2; turn <= 4; turn++) {
      awaitStatus(engine, "talk", Status.WAITING);
      taken(engine.send(ANA, "talk", "again-" + turn, "again"));
    }
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

    CompletableFuture.runAsync(engine::close).get(20, TimeUnit.SECONDS);

    model =
        question ->
            Script.reply(question.summary() ? "They spoke." : "At last.", question.number());
    LocalEngine next = open(store);
    awaitStatus(next, "talk", Status.WAITING);
    assertThat(outcomes(next, "talk", Outcome.UsageCounted.class))
        .singleElement()
        .satisfies(lost -> assertThat(lost.question()).isEqualTo(5));
    assertThat(outcomes(next, "talk", Outcome.SummaryAsked.class)).hasSize(1);
    assertThat(outcomes(next, "talk", Outcome.Summarised.class))
        .singleElement()
        .satisfies(made -> assertThat(made.text()).isEqualTo("They spoke."));
    assertThat(outcomes(next, "talk", Outcome.Said.class).getLast().text()).isEqualTo("At last.");
    await(() -> next.atRest("talk"));
  }

  @Test
  void closedEngineTakesNothing() {
    LocalEngine engine = open(store);
    engine.close();

    assertThat(engine.start(ANA, "contract", "talk", null, Map.of()))
        .isInstanceOf(Acknowledgement.Rejected.class);
    engine.close(); // once more changes nothing
  }

  // ---- time

  @Test
  void timersFireOnceTheStoreCanBeReadAgain() {
    AtomicInteger failures = new AtomicInteger();
    LocalEngine engine =
        open(
            new StoreWrapper(store)
                .beforeDue(() -> {
                  if (failures.getAndDecrement() > 0) {
                    throw new StoreException("disk I/O error", null);
                  }
                }));
    begin(engine, "talk");
    awaitStatus(engine, "talk", Status.WAITING);
    failures.set(2);

    clock.tick(Duration.ofDays(3));

    awaitStatus(engine, "talk", Status.ESCALATED);
    assertThat(failures.get()).isNegative();
  }

  /** When each of these is asked: the first says how long to wait, the next is answered. */
  private final List<Long> asked = new CopyOnWriteArrayList<>();

  private void toolAsksToWait(Duration wait) {
    tools.answer(
        "d.note",
        call -> {
          asked.add(System.nanoTime());
          return asked.size() == 1
              ? new ToolHost.Answer.Failed("busy", true, wait)
              : new ToolHost.Answer.Returned("noted", null);
        });
  }

  private void modelAsksToWait(Duration wait) {
    model =
        question -> {
          asked.add(System.nanoTime());
          if (asked.size() == 1) {
            throw new ChatModel.ModelException("overloaded", true, wait, null);
          }
          return script(question);
        };
  }

  private void assertAskedAgainAfter(Duration wait) {
    assertThat(asked).hasSize(2);
    assertThat(Duration.ofNanos(asked.get(1) - asked.get(0))).isGreaterThanOrEqualTo(wait);
  }

  @Test
  void toolThatAsksToWaitIsCalledAgainAfterThat() {
    Duration wait = Duration.ofMillis(300);
    toolAsksToWait(wait);
    LocalEngine engine = open(store);
    begin(engine, "note");

    await(() -> !outcomes(engine, "note", Outcome.CallReturned.class).isEmpty());
    assertAskedAgainAfter(wait);
  }

  @Test
  void toolThatAsksToWaitTooLongIsNotCalledAgain() {
    toolAsksToWait(Retrying.MAX_RETRY_AFTER.plusMillis(1));
    LocalEngine engine = open(store);
    begin(engine, "note");

    await(() -> !outcomes(engine, "note", Outcome.CallFailed.class).isEmpty());
    assertThat(asked).hasSize(1);
  }

  @Test
  void modelThatAsksToWaitIsAskedAgainAfterThat() {
    Duration wait = Duration.ofMillis(300);
    modelAsksToWait(wait);
    LocalEngine engine = open(store);
    begin(engine, "talk");

    awaitStatus(engine, "talk", Status.WAITING);
    assertAskedAgainAfter(wait);
  }

  @Test
  void modelThatAsksToWaitTooLongHasFailed() {
    modelAsksToWait(Retrying.MAX_RETRY_AFTER.plusMillis(1));
    LocalEngine engine = open(store);
    begin(engine, "talk");

    awaitStatus(engine, "talk", Status.ESCALATED);
    assertThat(asked).hasSize(1);
  }

  // ---- watching

  @Test
  void slowWatcherMissesEntriesAndHoldsNobodyUp() throws Exception {
    LocalEngine engine = open(store);
    CountDownLatch held = new CountDownLatch(1);
    List<Entry> seen = new CopyOnWriteArrayList<>();
    try (AutoCloseable watching =
        engine.watch(
            OPERATOR,
            null,
            entry -> {
              awaitLatch(held);
              seen.add(entry);
            })) {
      assertThat(watching).isNotNull();
      for (int i = 0; i < Watchers.MAX_WAITING + 100; i++) {
        taken(engine.start(ANA, "contract", "talk-" + i, null, Map.of()));
      }
      held.countDown();

      await(() -> seen.size() >= Watchers.MAX_WAITING);
      assertThat(seen.size()).isLessThan(Watchers.MAX_WAITING + 100);
      assertThat(seen.getFirst().occurrence()).isInstanceOf(Occurrence.Started.class);
    }
  }

  /** Reading the file where no engine runs shows nobody more than the engine would. */
  @Test
  void readerShowsWhatTheEngineShows() {
    LocalEngine engine = open(store);
    taken(engine.start(ANA, "contract", "talk", null, Map.of()));
    Map<String, Object> form = Map.of("pin", "hunter22", "home", "Elm Street 7");
    taken(engine.send(ANA, "talk", "m1", "hunter22 is my pin", form));
    await(() -> instance(engine, "talk").visit().waiting());
    StoreReader reader =
        new StoreReader(store, stored -> ContractMachine.compile(stored.text(), stored.lock()));

    for (Principal by : List.of(OPERATOR, ANA, new Principal("eve"))) {
      assertThat(reader.get(by, "talk").map(Engine.View::instance))
          .isEqualTo(engine.get(by, "talk").map(Engine.View::instance));
      assertThat(reader.journal(by, "talk", 0)).isEqualTo(engine.journal(by, "talk", 0));
    }
    assertThat(reader.get(OPERATOR, "talk").toString())
        .contains("[pin is not shown]")
        .doesNotContain("hunter22", "Elm Street 7");
    assertThat(reader.journal(OPERATOR, "talk", 0).toString())
        .doesNotContain("hunter22", "Elm Street 7");
  }
}
