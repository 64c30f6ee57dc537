package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.engine.Ports;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineSuite;
import dev.interlock.testkit.InMemoryStore;
import dev.interlock.testkit.ScriptedTools;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.History;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** What a real server's history holds, and how an instance goes on in a new run. */
@EnabledIfEnvironmentVariable(named = RealServer.ADDRESS, matches = ".+")
@SuppressWarnings("NullAway.Init") // the server is opened before each test
class RealServerHistoryTest extends EngineSuite {
  private static final int UPDATES = 4;

  private RealServer server;

  @Override
  protected Running open(ContractMachine.World world) {
    server = new RealServer(new InMemoryStore(), UPDATES);
    return new OnTemporal(world, server, true);
  }

  private WorkflowStub stub(String id) {
    return server.client().newUntypedWorkflowStub(server.place().workflow(id));
  }

  private String run(String id) {
    return stub(id).describe().getExecution().getRunId();
  }

  private List<HistoryEvent> history(String id) {
    return server.client().fetchHistory(server.place().workflow(id)).getHistory().getEventsList();
  }

  /** As a hand-written loop has them: scheduled, started, completed, and a workflow task each. */
  @Test
  void turnOfOneQuestionAndOneCallCostsTwelveEvents() {
    world.tools().answer("d.find", Map.of("id", "E1"));
    List<Object> find = call("d.find", Map.of());
    start("one", find, "Found.");
    start("four", find, find, find, find, "Found.");
    for (String id : List.of("one", "four")) {
      await("all is written", () -> written(id)); // else a task more may be what hears of it
      taken(engine.send(ANA, id, null, "please"));
    }
    awaitInstance("one", "it waits", this::rests);
    awaitInstance("four", "it waits", this::rests);
    await("all is written", () -> written("one") && written("four"));

    assertThat(history("four").size() - history("one").size()).isEqualTo(3 * 12);
    assertThat(history("one").stream().map(RealServerHistoryTest::activity))
        .filteredOn("Flush"::equals)
        .as("one for each wait")
        .hasSize(2);
  }

  /** {@code -Dinterlock.turns=1000} drives a thousand. */
  @Test
  void bytesPerTurnDoNotGrowWithTheConversation() {
    int turns = Integer.getInteger("interlock.turns", 45);
    String large = "x".repeat(20_000);
    ToolHost.Answer found = new ToolHost.Answer.Returned(large, "{\"id\":\"E1\"}");
    world.tools().answer("d.find", Collections.nCopies(turns, found));
    Object[] replies = new Object[turns + 1];
    Arrays.fill(replies, call("d.find", Map.of()));
    replies[turns] = "Found.";
    begin("a", replies);
    long end = System.nanoTime() + Duration.ofMillis(500).multipliedBy(turns).toNanos();
    while (!rests(instance("a")) && System.nanoTime() < end) {
      running.settle();
    }
    awaitInstance("a", "it waits", it -> rests(it) && it.questions() == turns + 1);

    List<List<HistoryEvent>> runs =
        server.runs("a").values().stream().map(History::getEventsList).toList();
    List<HistoryEvent> events = runs.stream().flatMap(List::stream).toList();
    long early = bytes(events, 1, turns / 3);
    long late = bytes(events, turns - turns / 3, turns);
    System.out.printf(
        "%d turns: %d events in %d runs, %d bytes a turn at first, %d at last%n",
        turns, events.size(), runs.size(), early / (turns / 3 - 1), late / (turns / 3));
    assertThat(runs)
        .as("inside the server's limits")
        .allSatisfy(run -> {
          assertThat(run).hasSizeLessThan(10_000); // of 51,200
          assertThat(bytes(run)).isLessThan(10L << 20); // of 50 MB
        });
    assertThat(late / (turns / 3.0)).isLessThan(1.05 * early / (turns / 3.0 - 1));
    assertThat(late / (turns / 3)).as("results stay in the store").isLessThan(large.length());
  }

  private static long bytes(List<HistoryEvent> events) {
    return events.stream().mapToLong(HistoryEvent::getSerializedSize).sum();
  }

  /** The type of the activity that it schedules, or empty. */
  private static String activity(HistoryEvent event) {
    return event.getActivityTaskScheduledEventAttributes().getActivityType().getName();
  }

  /** Of the events from one question to another. */
  private static long bytes(List<HistoryEvent> events, int from, int to) {
    int question = 0;
    long bytes = 0;
    for (HistoryEvent event : events) {
      if (activity(event).equals("Ask")) {
        question++;
      }
      if (question > from && question <= to) {
        bytes += event.getSerializedSize();
      }
    }
    return bytes;
  }

  private boolean written(String id) {
    return stub(id).query(MachineWorkflow.TAIL, Payload.Tail.class).entries().isEmpty();
  }

  @Test
  void rejectedRequestLeavesNoEvent() {
    start("a");
    await("all is written", () -> written("a"));
    int before = history("a").size();

    rejected(engine.event(ANA, "a", null, "no-such", null), Rejection.Code.EVENT);

    assertThat(history("a")).hasSize(before);
  }

  @Test
  void instanceGoesOnInANewRunWithAllThatItKnows() {
    world.tools().answer("d.lend", "lent");
    begin("a", call("d.lend", Map.of("item", "laptop")), "It waits.", "1", "2", "3", "4", "Lent.");
    Parked parked = parked("a");
    String first = run("a");
    for (int i = 0; i < UPDATES; i++) {
      int asked = i + 3;
      taken(engine.send(ANA, "a", "m" + i, "go on"));
      awaitInstance("a", "it waits", it -> rests(it) && it.questions() == asked);
    }
    await("there is a new run", () -> !run("a").equals(first));
    String query =
        "InterlockState = 'Work' AND InterlockMachine = 'contract' AND ExecutionStatus = 'Running'"
            + " AND TaskQueue = '%s'".formatted(server.place().taskQueue());
    await("it is found", () -> server.client().listExecutions(query).count() == 1);

    assertThat(engine.send(ANA, "a", "m0", "go on")).isEqualTo(new Acknowledgement.Again("a"));
    assertThat(engine.start(ANA, "contract", "a", null, Map.of()))
        .isEqualTo(new Acknowledgement.Again("a"));
    Engine.Answer yes =
        new Engine.Answer(parked.number(), parked.hash(), Occurrence.Answered.APPROVED, Map.of());
    taken(engine.answer(BOB, "a", null, yes));
    awaitInstance("a", "it was lent", it -> rests(it) && it.parked().isEmpty());
    assertThat(world.tools().arrived("d.lend")).hasSize(1);
    assertThat(world.desk().notices()).as("told once").hasSize(1);
    assertThat(engine.journal(OPERATOR, "a", 0)).hasSize((int) instance("a").seq());

    running.tick(Duration.ofDays(2));
    awaitStatus("a", Status.ESCALATED);
  }

  /** An agent that never waits fills a history, too. */
  @Test
  void instanceGoesOnInANewRunBetweenTwoTurns() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    holdMail(arrived, answered);
    world.tools().answer("d.find", Map.of("id", "E1"));
    List<Object> mail = call("d.mail", Map.of("text", "x"));
    List<Object> find = call("d.find", Map.of());
    begin("a", mail, find, find, "Found.");
    arrived.await();
    for (int i = 0; i < UPDATES; i++) {
      taken(engine.send(ANA, "a", "m" + i, "and then?"));
    }

    answered.countDown();
    awaitInstance("a", "it waits", it -> rests(it) && it.questions() == 4);

    List<List<String>> runs =
        server.runs("a").values().stream()
            .map(run -> run.getEventsList().stream().map(RealServerHistoryTest::activity).toList())
            .toList();
    assertThat(runs).hasSize(2);
    assertThat(runs.getFirst()).filteredOn("Ask"::equals).hasSize(1);
    assertThat(runs.getLast()).filteredOn("Ask"::equals).hasSize(3);
    assertThat(world.tools().arrived("d.mail")).hasSize(1);
    assertThat(world.tools().arrived("d.find")).hasSize(2);
    assertThat(occurrences("a", Occurrence.MessageSent.class)).hasSize(1 + UPDATES);
    assertThat(engine.journal(OPERATOR, "a", 0)).hasSize((int) instance("a").seq());
  }

  @Test
  void instanceThatIsTooLargeToTravelGoesOnInANewRunAndAsAFork() {
    String large = "€".repeat(65_000);
    world.model().script("a", "One.", "Two.", "Three.", "Four.");
    taken(engine.start(ANA, "contract", "a", null, Map.of("topic", large)));
    taken(engine.send(ANA, "a", "m1", "", Map.of("home", large), Map.of()));
    awaitInstance("a", "it waits", it -> rests(it) && it.questions() == 1);
    taken(engine.send(ANA, "a", "m2", "", Map.of("pin", large), Map.of()));
    awaitInstance("a", "it waits", it -> rests(it) && it.questions() == 2);
    String first = run("a");
    taken(engine.send(ANA, "a", "m3", "go on"));
    awaitInstance("a", "it waits", it -> rests(it) && it.questions() == 3);
    await("there is a new run", () -> !run("a").equals(first));
    assertThat(history("a").getFirst().getSerializedSize()).isLessThan(10_000);
    List<Entry> before = engine.journal(OPERATOR, "a", 0);

    restart(); // the run is decided again, from the store
    taken(engine.send(ANA, "a", "m4", "go on"));
    awaitInstance("a", "it waits", it -> rests(it) && it.questions() == 4);
    taken(engine.fork(OPERATOR, "a", before.size(), "b"));

    assertThat(engine.journal(OPERATOR, "a", 0).subList(0, before.size())).isEqualTo(before);
    assertThat(instance("b").facts()).isEqualTo(instance("a").facts());
  }

  /** The tool says that a call has arrived, and answers when it is told to. */
  private void holdMail(CountDownLatch arrived, CountDownLatch answered) {
    world
        .tools()
        .answer(
            "d.mail",
            call -> {
              arrived.countDown();
              try {
                answered.await();
              } catch (InterruptedException e) {
                return new ToolHost.Answer.Unknown("interrupted");
              }
              return ScriptedTools.returned("sent");
            });
  }

  @Test
  void workerThatClosesAwaitsAWrite() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    holdMail(arrived, answered);
    begin("a", call("d.mail", Map.of("text", "x")), "Sent.");
    arrived.await();
    Thread closing = Thread.ofVirtual().start(this::restart);
    Thread.sleep(3_000); // longer than an activity is silent

    answered.countDown();
    closing.join();

    awaitInstance("a", "it waits", this::rests);
    assertThat(outcomes("a", Outcome.CallReturned.class)).hasSize(1);
    assertThat(outcomes("a", Outcome.CallUnknown.class)).isEmpty();
  }

  @Test
  void cancellationInTemporalIsAnOperatorsAndLosesNothing() {
    begin("a", "Hello.");
    awaitInstance("a", "it waits", this::rests);

    stub("a").cancel("no longer needed");

    awaitStatus("a", Status.CANCELLED);
    assertThat(occurrences("a", Occurrence.Cancelled.class))
        .singleElement()
        .satisfies(cancelled -> {
          assertThat(cancelled.from().id()).isEqualTo("temporal");
          assertThat(cancelled.why()).isEqualTo("no longer needed");
        });
    await("its journal is whole", () -> outcomes("a", Outcome.Ended.class).size() == 1);
  }

  /**
   * Its journal has what was decided first: whatever a reset run decides, that stays, and what it
   * has acknowledged is taken where the journal ends.
   */
  @Test
  void runThatWasResetGoesOnWhereItsJournalEnds() {
    begin("a", "One.", "Two.", "Three.");
    awaitInstance("a", "it waits", this::rests);
    taken(engine.send(ANA, "a", "m2", "go on"));
    awaitInstance("a", "it waits", it -> rests(it) && it.questions() == 2);
    await("all is written", () -> written("a"));
    List<Entry> before = engine.journal(OPERATOR, "a", 0);
    long point =
        history("a").stream()
            .filter(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
            .skip(1)
            .findFirst()
            .orElseThrow()
            .getEventId();

    server.reset("a", point);
    taken(engine.send(ANA, "a", "m3", "something else"));

    awaitInstance("a", "it waits", it -> rests(it) && it.questions() == 3);
    await("all is written", () -> written("a"));
    assertThat(server.store().entries("a", 0, before.size()).stream().map(Sealing::open))
        .isEqualTo(before);
    assertThat(occurrences("a", Occurrence.MessageSent.class))
        .extracting(Occurrence.MessageSent::id)
        .containsExactly("a-m1", "m2", "m3");
  }

  /**
   * Its mark is in the store: the reset run finds it there, and a person says what became of it.
   */
  @Test
  void writeUnderWayIsNotSentAgainByAReset() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(1);
    holdMail(arrived, answered);
    begin("a", call("d.mail", Map.of("text", "Hello.")), "It was sent.");
    arrived.await();
    TemporalEngine temporal = (TemporalEngine) engine;
    Reset reset = temporal.resetOf(OPERATOR, "a", null);
    assertThat(reset.calls())
        .singleElement()
        .extracting(Reset.Call::fate)
        .isEqualTo(Reset.Fate.MARKED);
    assertThat(reset.sends()).isFalse();

    temporal.reset(OPERATOR, reset);
    awaitStatus("a", Status.ESCALATED);
    answered.countDown(); // to the run that is gone
    taken(engine.resolve(OPERATOR, "a", reset.calls().getFirst().number(), true, null));
    taken(engine.resume(OPERATOR, "a", "Work", Map.of()));

    awaitInstance("a", "it waits", it -> rests(it) && it.questions() == 2);
    assertThat(outcomes("a", Outcome.CallUnknown.class)).hasSize(1);
    assertThat(world.tools().arrived("d.mail")).hasSize(1);
  }

  /** The server sends all of it to the reset run again, which is more than a run can begin with. */
  @Test
  void muchThatWasSentIsInTheJournalOnceAfterAReset() throws Exception {
    int messages = 17; // 3 MB of entries, and not too long for one question
    CountDownLatch sent = new CountDownLatch(1);
    world
        .tools()
        .answer(
            "d.find",
            call -> {
              try {
                sent.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return ScriptedTools.returned("{}");
            });
    begin("a", call("d.find", Map.of()), "One.", "Two.", "Three.", "Four.");
    for (int i = 0; i < messages; i++) {
      taken(engine.send(ANA, "a", "big" + i, "\u6f22".repeat(20_000)));
    }
    sent.countDown();
    awaitInstance("a", "it waits", this::rests);
    TemporalEngine temporal = (TemporalEngine) engine;
    long early =
        history("a").stream()
            .filter(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
            .findFirst()
            .orElseThrow()
            .getEventId();

    String first = run("a");
    var unused = temporal.reset(OPERATOR, temporal.resetOf(OPERATOR, "a", early));
    await("the run is another one", () -> server.runs("a").size() > 1 && !run("a").equals(first));
    taken(engine.send(ANA, "a", "after", "hello"));
    awaitInstance("a", "it waits", it -> rests(it) && it.recent().containsKey("after"));

    assertThat(occurrences("a", Occurrence.MessageSent.class))
        .extracting(Occurrence.MessageSent::id)
        .doesNotHaveDuplicates()
        .hasSize(messages + 2);
  }

  @Test
  void whatHappensWithTheStartIsFoundToo() throws Exception {
    Place silent = new Place("silent-" + server.place().taskQueue(), server.place().prefix());
    TemporalWorker worker = null;
    try (TemporalEngine away =
            TemporalEngine.open(
                server.client(), silent, server.store(), OnTemporal.machines(), server.clock());
        ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
      var started = people.submit(() -> away.start(ANA, "contract", "a", null, Map.of()));
      await("there is a run", () -> away.get(OPERATOR, "a").isPresent() || exists("a"));
      var cancelled = people.submit(() -> away.cancel(OPERATOR, "a", "at once"));
      Thread.sleep(500); // both wait at the server for the first worker

      worker =
          TemporalWorker.open(
              server.client(),
              silent,
              server.store(),
              OnTemporal.machines(),
              new Ports(world.model(), world.tools(), Map.of("main", world.desk()), server.clock()),
              OnTemporal.settings());

      taken(started.get());
      taken(cancelled.get());
      String query =
          "InterlockStatus = 'cancelled' AND TaskQueue = '%s'".formatted(silent.taskQueue());
      await("it is found", () -> server.client().listExecutions(query).count() == 1);
    } finally {
      if (worker != null) {
        worker.close();
      }
    }
  }

  private boolean exists(String id) {
    try {
      return !run(id).isEmpty();
    } catch (WorkflowNotFoundException e) {
      return false;
    }
  }

  @Test
  void whatEscalatedOutOfAStateIsOneQuery() {
    begin("a"); // whose question has no reply
    begin("b", "Hello.");
    awaitInstance(
        "a",
        "there is a ticket",
        it -> it.escalated() != null && Objects.requireNonNull(it.escalated()).ticket() != null);
    awaitInstance("b", "it waits", this::rests);
    String query =
        "InterlockEscalations = 'Work:model' AND InterlockStatus = 'escalated' AND TaskQueue = '%s'"
            .formatted(server.place().taskQueue());

    await(
        "it is found",
        () ->
            server
                .client()
                .listExecutions(query)
                .map(it -> it.getExecution().getWorkflowId())
                .toList()
                .equals(List.of(server.place().workflow("a"))));
    assertThat(stub("a").query(MachineWorkflow.STATE, String.class))
        .contains("**Escalate**", "- an operator, to resume it: `Work:model`");
    assertThat(outcomes("a", Outcome.Escalation.class)).hasSize(1);
  }
}
