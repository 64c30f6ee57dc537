package dev.interlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.decide.Result;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.Engine.Answer;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.engine.Watcher;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every engine holds, each test named by its rule. */
public abstract class EngineContract extends DocumentRules {
  // ---- starting

  @Test
  void startedInstanceWaitsForItsCaller() {
    start("a");

    Instance instance = awaitStatus("a", Status.WAITING);
    assertThat(instance.caller().id()).isEqualTo("ana");
    assertThat(instance.caller().roles()).containsExactly("employee");
    assertThat(instance.state()).isEqualTo("Work");
    assertThat(engine.journal(ANA, "a", 0).getFirst().seq()).isEqualTo(1);
  }

  @Test
  void idIsMadeUpWhereNoneIsGiven() {
    String one = taken(engine.start(ANA, "contract", null, null, Map.of())).instance();
    String two = taken(engine.start(ANA, "contract", null, null, Map.of())).instance();

    assertThat(one).isNotEqualTo(two);
    assertThat(engine.get(ANA, one)).isPresent();
  }

  @Test
  void sameStartIsAcknowledgedAgainAndAnotherRejected() {
    start("a");

    assertThat(engine.start(ANA, "contract", "a", null, Map.of()))
        .isEqualTo(new Acknowledgement.Again("a"));
    rejected(
        engine.start(ANA, "contract", "a", null, Map.of("topic", "other")),
        Rejection.Code.CONFLICT);
    rejected(engine.start(EVE, "contract", "a", null, Map.of()), Rejection.Code.CONFLICT);
  }

  @Test
  void onlyAnOperatorStartsForOthers() {
    rejected(engine.start(EVE, "contract", "a", ANA, Map.of()), Rejection.Code.NOT_ALLOWED);
    taken(engine.start(OPERATOR, "contract", "b", ANA, Map.of()));

    assertThat(engine.get(OPERATOR, "a")).isEmpty();
    assertThat(instance("b").caller().id()).isEqualTo("ana");
  }

  @Test
  void unknownMachineInstanceAndInputAreRejected() {
    rejected(engine.start(ANA, "no-such", "a", null, Map.of()), Rejection.Code.NOT_FOUND);
    rejected(engine.send(ANA, "no-such", null, "hello"), Rejection.Code.NOT_FOUND);
    rejected(
        engine.start(ANA, "contract", "a", null, Map.of("no-such", 1L)), Rejection.Code.VALUES);
    for (String id : List.of("-x", "--", "a b", "", "x".repeat(201))) {
      rejected(engine.start(ANA, "contract", id, null, Map.of()), Rejection.Code.VALUES);
    }
  }

  // ---- talking

  @Test
  void messageIsAnsweredAndTheInstanceWaitsAgain() {
    begin("a", "Good morning.");

    awaitInstance("a", "it has spoken and waits", this::rests);
    assertThat(outcomes("a", Outcome.Said.class))
        .containsExactly(new Outcome.Said("Good morning."));
    assertThat(world.model().asked("a")).isEqualTo(1);
  }

  @Test
  void duplicateMessageIsTakenOnce() {
    begin("a", "One.", "Two.");
    awaitInstance("a", "it waits", this::rests);

    assertThat(engine.send(ANA, "a", "a-m1", "please")).isEqualTo(new Acknowledgement.Again("a"));
    assertThat(engine.send(ANA, "a", "a-m1", "something else"))
        .isInstanceOfSatisfying(
            Acknowledgement.Rejected.class,
            rejected -> assertThat(rejected.rejection().code()).isEqualTo(Rejection.Code.CONFLICT));
    assertThat(occurrences("a", Occurrence.MessageSent.class)).hasSize(1);
  }

  @Test
  void duplicateIsKnownAlsoWhenTheInstanceHasForgottenItsId() {
    start("a", IntStream.range(0, Instance.MAX_RECENT + 5).mapToObj(i -> "yes").toArray());
    for (int i = 0; i <= Instance.MAX_RECENT; i++) {
      taken(engine.send(ANA, "a", "m" + i, "go on"));
      awaitInstance("a", "it waits", this::rests);
    }

    assertThat(instance("a").recent()).doesNotContainKey("m0");
    assertThat(engine.send(ANA, "a", "m0", "go on")).isEqualTo(new Acknowledgement.Again("a"));
  }

  @Test
  void messageIsBounded() {
    start("a");

    rejected(engine.send(ANA, "a", null, "x".repeat(Decide.MAX_MESSAGE + 1)), Rejection.Code.LIMIT);
    rejected(engine.send(ANA, "a", null, " \n"), Rejection.Code.VALUES);
    assertThat(engine.journal(ANA, "a", 0)).hasSize(1);
  }

  @Test
  void modelIsAskedAgainWhereThatMayHelp() {
    begin("a", world.model().fails("overloaded", true), "Here I am.");

    awaitInstance("a", "it has spoken", instance -> rests(instance));
    assertThat(outcomes("a", Outcome.Said.class)).hasSize(1);
    assertThat(instance("a").questions()).isEqualTo(1);
  }

  @Test
  void questionThatFailsForGoodEscalates() {
    begin("a", world.model().fails("no such model", false));

    Instance instance = awaitStatus("a", Status.ESCALATED);
    assertThat(Objects.requireNonNull(instance.escalated()).reason()).isEqualTo(Reason.MODEL);
  }

  // ---- calls

  @Test
  void resultOfReadIsFiled() {
    world.tools().answer("d.find", Map.of("id", "E1"));
    begin("a", call("d.find", Map.of()), "Found.");

    Instance instance = awaitInstance("a", "it waits", this::rests);
    assertThat(instance.facts()).containsEntry("person", Map.of("id", "E1"));
    assertThat(world.tools().arrived("d.find"))
        .singleElement()
        .satisfies(arrived -> {
          assertThat(arrived.arguments()).isEqualTo(Map.of("email", "ana"));
          assertThat(arrived.caller().id()).isEqualTo("ana");
          assertThat(arrived.instance()).isEqualTo("a");
          assertThat(arrived.key()).startsWith("a/");
        });
  }

  @Test
  void readIsTriedAgainWithTheSameKey() {
    world
        .tools()
        .answer(
            "d.find",
            List.of(
                ScriptedTools.busy("later"),
                new ToolHost.Answer.Unknown("silence"),
                ScriptedTools.returned(Map.of("id", "E1"))));
    begin("a", call("d.find", Map.of()), "Found.");

    awaitInstance("a", "it waits", this::rests);
    assertThat(world.tools().arrived("d.find")).hasSize(3);
    assertThat(world.tools().arrived("d.find").stream().map(ToolCall::key).distinct()).hasSize(1);
    assertThat(outcomes("a", Outcome.CallReturned.class)).hasSize(1);
  }

  @Test
  void failureForGoodIsNotTriedAgain() {
    world.tools().answer("d.find", List.of(ScriptedTools.failed("no such person")));
    begin("a", call("d.find", Map.of()), "Sorry.");

    awaitInstance("a", "it waits", this::rests);
    assertThat(world.tools().arrived("d.find")).hasSize(1);
    assertThat(outcomes("a", Outcome.CallFailed.class))
        .singleElement()
        .satisfies(failed -> assertThat(failed.why()).contains("no such person"));
  }

  @Test
  void idempotentCallIsTriedAgainWithTheSameKey() {
    world
        .tools()
        .answer(
            "d.note",
            List.of(new ToolHost.Answer.Unknown("silence"), ScriptedTools.returned("noted")));
    begin("a", call("d.note", Map.of("text", "x")), "Noted.");

    awaitInstance("a", "it waits", this::rests);
    assertThat(world.tools().arrived("d.note")).hasSize(2);
    assertThat(world.tools().arrived("d.note").stream().map(ToolCall::key).distinct()).hasSize(1);
  }

  @Test
  void writeIsNeverTriedAgain() {
    world.tools().answer("d.mail", List.of(ScriptedTools.busy("later")));
    begin("a", call("d.mail", Map.of("text", "x")), "Sorry.");

    awaitInstance("a", "it waits", this::rests);
    assertThat(world.tools().arrived("d.mail")).hasSize(1);
    assertThat(outcomes("a", Outcome.CallFailed.class)).hasSize(1);
  }

  @Test
  void unknownWriteIsSettledByItsProbe() {
    world.tools().answer("d.order", List.of(new ToolHost.Answer.Unknown("connection broken")));
    world.tools().answer("d.by_key", Map.of("found", true));
    begin("a", call("d.order", Map.of("item", "laptop")), "Ordered.");
    awaitInstance("a", "the call is unknown", this::unknownInTurn);
    assertThat(world.tools().arrived("d.by_key")).isEmpty();

    running.tick(ContractMachine.TIMEOUT.plus(ContractMachine.SETTLE_AFTER));

    awaitInstance("a", "it waits", this::rests);
    assertThat(world.tools().arrived("d.order")).hasSize(1);
    assertThat(world.tools().arrived("d.by_key"))
        .singleElement()
        .satisfies(probe ->
            assertThat(probe.arguments())
                .isEqualTo(Map.of("key", world.tools().arrived("d.order").getFirst().key())));
    assertThat(occurrences("a", Occurrence.CallProbed.class))
        .singleElement()
        .satisfies(probed -> assertThat(probed.happened()).isTrue());
  }

  private boolean unknownInTurn(Instance instance) {
    return instance
        .liveCalls()
        .anyMatch(call -> call.stage() == dev.interlock.core.evolve.Call.Stage.UNKNOWN);
  }

  @Test
  void probeThatDecidesNothingEscalates() {
    world.tools().answer("d.order", List.of(new ToolHost.Answer.Unknown("connection broken")));
    world.tools().answer("d.by_key", List.of(ScriptedTools.failed("no idea")));
    begin("a", call("d.order", Map.of("item", "laptop")));
    awaitInstance("a", "the call is unknown", this::unknownInTurn);

    running.tick(ContractMachine.TIMEOUT.plus(ContractMachine.SETTLE_AFTER));

    Instance instance = awaitStatus("a", Status.ESCALATED);
    assertThat(Objects.requireNonNull(instance.escalated()).reason())
        .isEqualTo(Reason.OUTCOME_UNKNOWN);
  }

  @Test
  void unknownWriteWithoutProbeWaitsForAPerson() {
    world.tools().answer("d.mail", List.of(new ToolHost.Answer.Unknown("silence")));
    begin("a", call("d.mail", Map.of("text", "x")), "Sent after all.");
    Instance escalated = awaitStatus("a", Status.ESCALATED);
    int call = escalated.unknown().getFirst().number();

    rejected(engine.resume(OPERATOR, "a", "Work", Map.of()), Rejection.Code.UNKNOWN_CALL);
    rejected(engine.resolve(ANA, "a", call, true, null), Rejection.Code.NOT_ALLOWED);
    taken(engine.resolve(OPERATOR, "a", call, true, "\"sent\""));
    taken(engine.resume(OPERATOR, "a", "Work", Map.of(Budget.TURNS, Decimal.of(5))));

    awaitInstance("a", "it waits", instance -> rests(instance) && instance.questions() == 2);
    assertThat(world.tools().arrived("d.mail")).hasSize(1);
  }

  @Test
  void driftedToolEscalates() {
    world.tools().answer("d.mail", List.of(new ToolHost.Answer.Drifted("another schema")));
    begin("a", call("d.mail", Map.of("text", "x")));

    Instance instance = awaitStatus("a", Status.ESCALATED);
    assertThat(Objects.requireNonNull(instance.escalated()).reason()).isEqualTo(Reason.TOOL_DRIFT);
  }

  @Test
  void largeResultIsKeptWholeAndOpenedByRecall() {
    String large = "begin " + "x".repeat(3 * Result.MAX_INLINE) + " end";
    world.tools().answer("d.find", List.of(new ToolHost.Answer.Returned(large, "{\"id\":\"E1\"}")));
    begin(
        "a",
        call("d.find", Map.of()),
        call("recall", Map.of("call", 1L, "offset", (long) large.length() - 10)),
        "Read it.");

    awaitInstance("a", "it waits", this::rests);
    assertThat(outcomes("a", Outcome.CallReturned.class).getFirst().result())
        .satisfies(result -> {
          assertThat(result.complete()).isFalse();
          assertThat(result.size()).isEqualTo(large.length());
          assertThat(result.preview()).startsWith("begin").hasSizeLessThan(5_000);
        });
    assertThat(world.model().question("a", 3).messages().toString()).contains(" end");
  }

  // ---- people

  @Test
  void parkedCallGoesOutOnceItsRoleAgrees() {
    world.tools().answer("d.lend", "lent");
    begin("a", call("d.lend", Map.of("item", "laptop")), "It waits.", "It is yours.");
    Parked parked = parked("a");

    rejected(engine.answer(BOB, "a", null, answer(parked, "f".repeat(64))), Rejection.Code.HASH);
    rejected(
        engine.answer(ANA, "a", null, answer(parked, parked.hash())), Rejection.Code.NOT_ALLOWED);
    assertThat(world.tools().arrived("d.lend")).isEmpty();
    taken(engine.answer(BOB, "a", "yes", answer(parked, parked.hash())));
    assertThat(engine.answer(BOB, "a", "yes", answer(parked, parked.hash())))
        .isEqualTo(new Acknowledgement.Again("a"));

    awaitInstance(
        "a", "it was lent and waits", instance -> rests(instance) && instance.questions() == 3);
    assertThat(world.tools().arrived("d.lend")).hasSize(1);
    assertThat(world.desk().notices())
        .anySatisfy(notice -> assertThat(notice.role()).isEqualTo("manager"));
  }

  private static Answer answer(Parked parked, String hash) {
    return new Answer(parked.number(), hash, Occurrence.Answered.APPROVED, Map.of());
  }

  @Test
  void parkedCallExpires() {
    begin("a", call("d.lend", Map.of("item", "laptop")), "It waits.", "It expired.");
    Parked parked = parked("a");

    running.tick(Duration.ofDays(1));

    awaitInstance("a", "nothing is parked", instance -> instance.parked().isEmpty());
    assertThat(outcomes("a", Outcome.ParkedEnded.class))
        .singleElement()
        .satisfies(ended -> assertThat(ended.how()).isEqualTo(Outcome.ParkedEnded.How.EXPIRED));
    rejected(
        engine.answer(BOB, "a", null, answer(parked, parked.hash())),
        Rejection.Code.NOTHING_TO_ANSWER);
    assertThat(world.tools().arrived("d.lend")).isEmpty();
  }

  @Test
  void privateValuesAreShownToWhomTheyMayBeOnly() throws Exception {
    begin("a", "Hello.", call("d.mail", Map.of("text", "sesame")), "Thanks.", "Well.");
    awaitInstance("a", "it waits", instance -> instance.visit().waiting());
    List<Entry> watched = new CopyOnWriteArrayList<>();
    AutoCloseable watching = engine.watch(OPERATOR, "a", watched::add);
    String text = "I live in Elm Street 7, and hunter22 is my pin.";
    Map<String, Object> form = Map.of("pin", "hunter22", "home", "Elm Street 7");
    taken(engine.send(ANA, "a", null, text, form));
    awaitInstance("a", "it waits again", i -> i.visit().waiting() && i.questions() == 3);
    await(
        "all is watched",
        () -> !watched.isEmpty() && watched.getLast().seq() == instance("a").seq());
    watching.close();

    String operator = seen(OPERATOR) + watched.stream().map(JournalJson::write).toList();
    assertThat(operator).contains("I live in [home is not shown]", "[pin is not shown]");
    assertThat(operator).doesNotContain("hunter22", "Elm Street 7", "sesame\"}");
    assertThat(seen(ANA)).contains("Elm Street 7").doesNotContain("hunter22", "sesame\"}");
    String question = world.model().question("a", 2).messages().toString();
    assertThat(question).contains("Elm Street 7", "[pin is not shown]").doesNotContain("hunter22");
    assertThat(world.tools().arrived("d.mail")).hasSize(1);

    taken(engine.send(ANA, "a", null, "no, this one", Map.of("pin", "open\"up")));
    awaitInstance(
        "a", "it waits for the third time", i -> i.questions() == 4 && i.visit().waiting());
    String last = world.model().question("a", 4).messages().toString();
    assertThat(last).contains("no, this one").doesNotContain("hunter22").doesNotContain("up\"");
    assertThat(seen(ANA)).doesNotContain("hunter22", "up\"");
  }

  private String seen(Principal by) {
    return JournalJson.write(engine.get(by, "a").orElseThrow().instance())
        + engine.journal(by, "a", 0).stream().map(JournalJson::write).toList();
  }

  @Test
  void roleSeesWhatItMustDecideAndNoLonger() {
    world.tools().answer("d.lend", "lent");
    begin("a", call("d.lend", Map.of("item", "laptop")), "It waits.", "It is yours.");
    Parked parked = parked("a");

    taken(engine.send(ANA, "a", null, "rather two"));
    Instance seen = engine.get(BOB, "a").orElseThrow().instance();
    assertThat(seen.parked()).containsExactly(parked);
    assertThat(seen.written()).containsExactly("rather two");
    assertThat(instance("a").recent()).isNotEmpty();
    assertThat(seen.recent()).isEmpty();
    assertThat(seen.inbox()).isEqualTo(Inbox.EMPTY);
    assertThat(seen.unknown()).isEmpty();
    assertThat(engine.journal(BOB, "a", 0)).isEmpty();
    awaitListed(BOB, "a");

    taken(engine.answer(BOB, "a", null, answer(parked, parked.hash())));
    awaitInstance("a", "nothing is parked", instance -> instance.parked().isEmpty());
    assertThat(engine.get(BOB, "a")).isEmpty();
    awaitListed(BOB);
  }

  /** A list may be behind what is acknowledged, but not for long. */
  private void awaitListed(Principal by, String... instances) {
    await(
        "the list has them",
        () ->
            engine.list(by, ALL).stream()
                .map(Store.Row::instance)
                .toList()
                .equals(List.of(instances)));
  }

  @Test
  void strangerSeesNothing() {
    begin("a", "Good morning.");
    awaitInstance("a", "it waits", this::rests);

    assertThat(engine.get(EVE, "a")).isEmpty();
    assertThat(engine.journal(EVE, "a", 0)).isEmpty();
    assertThat(engine.list(EVE, ALL)).isEmpty();
    assertThat(engine.get(EVE, "no-such")).isEmpty();
    awaitListed(ANA, "a");
  }

  @Test
  void whoMayNotSeeItHearsOfNoneWhateverTheySend() {
    start("a");

    for (Principal by : List.of(EVE, BOB)) { // bob has nothing to decide
      for (String id : List.of("a", "no-such")) {
        none(id, engine.send(by, id, null, "it is me"));
        none(id, engine.event(by, id, null, "stop", null));
        none(id, engine.resolve(by, id, 1, true, null));
        none(id, engine.resume(by, id, "Work", Map.of()));
        none(id, engine.cancel(by, id, "because"));
        none(id, engine.fork(by, id, 0, "b"));
        assertThat(engine.get(by, id)).isEmpty();
        assertThat(engine.document(by, id, "0".repeat(64))).isEmpty();
        assertThat(engine.prompt(by, id, 1)).isEmpty();
      }
    }
    Answer yes = new Answer(1, "0".repeat(64), "approved", Map.of());
    none("a", engine.answer(EVE, "a", null, yes));
    // who is asked now and then is told of what waits no more, and not whose it is
    assertThat(engine.answer(BOB, "a", null, yes).toString())
        .contains("NOTHING_TO_ANSWER", "no. 1 does not wait for an answer; nothing does");
    assertThat(instance("a").status()).isEqualTo(Status.WAITING);
  }

  private static void none(String id, Acknowledgement acknowledgement) {
    assertThat(acknowledgement).isEqualTo(new Acknowledgement.Rejected(Rejection.noInstance(id)));
  }

  @Test
  void listIsFiltered() {
    start("a");
    begin("b", world.model().fails("down", false));
    awaitStatus("b", Status.ESCALATED);
    Store.Filter escalated = new Store.Filter(null, null, "escalated", null, null, 10);
    await("the list has it", () -> !engine.list(OPERATOR, escalated).isEmpty());

    assertThat(engine.list(OPERATOR, escalated))
        .singleElement()
        .satisfies(row -> {
          assertThat(row.instance()).isEqualTo("b");
          assertThat(row.escalatedFrom()).isEqualTo("Work");
          assertThat(row.reason()).isEqualTo("model");
          assertThat(row.caller()).isEqualTo("ana");
        });
    assertThat(engine.list(OPERATOR, new Store.Filter("other", null, null, null, null, 10)))
        .isEmpty();
    assertThat(engine.list(OPERATOR, new Store.Filter(null, null, null, null, null, 1))).hasSize(1);
  }

  // ---- forks

  @Test
  void forkGoesOnByItselfAndNothingIsDoneAgain() {
    String large = "begin " + "x".repeat(20_000) + " end";
    world.tools().answer("d.mail", large);
    world.tools().answer("d.lend", "lent");
    begin(
        "a",
        call("d.mail", Map.of("text", "good news")),
        call("d.lend", Map.of("item", "laptop")),
        "It waits.");
    Parked parked = parked("a");
    int asked = world.model().asked("a");
    running.tick(Duration.ofHours(20));

    taken(engine.fork(OPERATOR, "a", 0, "b"));
    restart();

    Instance fork = instance("b");
    assertThat(fork.state()).isEqualTo("Work");
    assertThat(fork.caller().id()).isEqualTo("ana");
    assertThat(fork.parked())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.hash()).isEqualTo(parked.hash());
          assertThat(it.expires()).isAfterOrEqualTo(parked.expires().plus(Duration.ofHours(20)));
        });
    assertThat(outcomes("b", Outcome.Said.class)).isEqualTo(outcomes("a", Outcome.Said.class));
    running.tick(Duration.ofHours(8));
    awaitInstance("a", "the question expired", it -> it.parked().isEmpty());
    world.model().script("b", "It is yours.");
    taken(engine.answer(BOB, "b", null, answer(parked, parked.hash())));
    awaitInstance("b", "it was lent", it -> rests(it) && it.parked().isEmpty());

    assertThat(world.tools().arrived("d.mail")).hasSize(1);
    assertThat(world.tools().arrived("d.lend"))
        .singleElement()
        .satisfies(sent -> assertThat(sent.key()).startsWith("b/"));
    assertThat(world.model().asked("b")).isEqualTo(1);
    assertThat(outcomes("a", Outcome.Said.class)).hasSizeLessThanOrEqualTo(asked);
    taken(engine.send(ANA, "b", null, "thanks"));
    assertThat(occurrences("a", Occurrence.MessageSent.class)).hasSize(1);
  }

  @Test
  void forkBeginsWhereItWasAsked() {
    begin("a", "One.", call("record", Map.of("done", true)));
    awaitInstance("a", "it waits", this::rests);
    long seq = instance("a").seq();
    taken(engine.send(ANA, "a", null, "go on"));
    awaitStatus("a", Status.COMPLETED);

    rejected(engine.fork(OPERATOR, "a", 0, "b"), Rejection.Code.ENDED);
    rejected(engine.fork(OPERATOR, "a", 2, "b"), Rejection.Code.LATE);
    rejected(engine.fork(OPERATOR, "a", 99, "b"), Rejection.Code.NOT_FOUND);
    rejected(engine.fork(OPERATOR, "a", -1, "b"), Rejection.Code.NOT_FOUND);
    rejected(engine.fork(OPERATOR, "no-such", 0, "b"), Rejection.Code.NOT_FOUND);
    rejected(engine.fork(ANA, "a", seq, "b"), Rejection.Code.NOT_ALLOWED);
    rejected(engine.fork(EVE, "a", seq, "b"), Rejection.Code.NOT_FOUND);
    rejected(engine.fork(OPERATOR, "a", seq, "a"), Rejection.Code.CONFLICT);
    assertThat(engine.get(OPERATOR, "b")).isEmpty();

    taken(engine.fork(OPERATOR, "a", seq, "b"));
    assertThat(engine.fork(OPERATOR, "a", seq, "b")).isEqualTo(new Acknowledgement.Again("b"));
    rejected(engine.fork(OPERATOR, "a", 1, "b"), Rejection.Code.CONFLICT);
    assertThat(instance("b").status()).isEqualTo(Status.WAITING);
    assertThat(engine.journal(OPERATOR, "b", seq))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.occurrence()).isInstanceOf(Occurrence.Forked.class);
        });
    taken(engine.fork(OPERATOR, "b", 0, "c"));
    world.model().script("c", "Here I am.");
    taken(engine.send(ANA, "c", null, "hello"));
    awaitInstance("c", "it answered", it -> rests(it) && it.questions() == 2);
    assertThat(world.model().question("c", 2).messages().toString()).contains("One.", "hello");
  }

  // ---- events, time, ends

  @Test
  void eventLeadsOut() {
    start("a");

    rejected(engine.event(ANA, "a", null, "no-such", null), Rejection.Code.EVENT);
    taken(engine.event(ANA, "a", null, "stop", null));

    Instance instance = awaitStatus("a", Status.COMPLETED);
    assertThat(Objects.requireNonNull(instance.end()).outcome()).isEqualTo("withdrawn");
    rejected(engine.send(ANA, "a", null, "hello?"), Rejection.Code.ENDED);
  }

  @Test
  void recordedFieldLeadsToTheEnd() {
    begin("a", call("record", Map.of("done", true)));

    assertThat(awaitStatus("a", Status.COMPLETED).state()).isEqualTo("Done");
  }

  @Test
  void silentUserIsNoticed() {
    begin("a", "Good morning.");
    awaitInstance("a", "it waits", this::rests);

    running.tick(Duration.ofDays(2));

    Instance instance = awaitStatus("a", Status.ESCALATED);
    assertThat(Objects.requireNonNull(instance.escalated()).reason()).isEqualTo(Reason.ENTERED);
  }

  @Test
  void timersOfManyInstancesFire() {
    for (int i = 0; i < 20; i++) {
      begin("a" + i, "Good morning.");
      awaitInstance("a" + i, "it waits", this::rests);
    }

    running.tick(Duration.ofDays(2));

    for (int i = 0; i < 20; i++) {
      awaitStatus("a" + i, Status.ESCALATED);
    }
  }

  @Test
  void cancelledInstanceTakesNothingMore() {
    start("a");
    rejected(engine.cancel(ANA, "a", "no longer needed"), Rejection.Code.NOT_ALLOWED);
    taken(engine.cancel(OPERATOR, "a", "no longer needed"));

    awaitStatus("a", Status.CANCELLED);
    rejected(engine.cancel(OPERATOR, "a", "again"), Rejection.Code.ENDED);
  }

  @Test
  void escalationOpensOneTicketAndIsResumed() {
    begin("a", world.model().fails("down", false), "Back again.");
    awaitInstance(
        "a",
        "there is a ticket",
        instance -> instance.escalated() != null && instance.escalated().ticket() != null);

    rejected(engine.resume(ANA, "a", "Work", Map.of()), Rejection.Code.NOT_ALLOWED);
    taken(engine.resume(OPERATOR, "a", "Work", Map.of()));

    awaitInstance("a", "it waits", instance -> rests(instance) && instance.questions() == 2);
    assertThat(world.desk().tickets())
        .singleElement()
        .satisfies(ticket -> {
          assertThat(ticket.instance()).isEqualTo("a");
          assertThat(ticket.reason()).isEqualTo("model");
          assertThat(ticket.from()).isEqualTo("Work");
        });
  }

  @Test
  void deskThatFailsIsTriedUntilThereIsATicket() {
    world.desk().failing(1);
    begin("a", world.model().fails("down", false));
    awaitInstance("a", "it is escalated", instance -> instance.inEscalation());

    await(
        "there is a ticket",
        () -> {
          running.tick(Duration.ofSeconds(1));
          return Objects.requireNonNull(instance("a").escalated()).ticket() != null;
        });
    assertThat(world.desk().tickets()).hasSize(1);
  }

  // ---- watching

  @Test
  void watcherSeesEachEntryOnceInOrder() throws Exception {
    List<Long> seen = new CopyOnWriteArrayList<>();
    List<String> strangers = new CopyOnWriteArrayList<>();
    start("a", "One.", "Two.");
    AutoCloseable watch = engine.watch(ANA, "a", entry -> seen.add(entry.seq()));
    AutoCloseable stranger = engine.watch(EVE, "a", entry -> strangers.add(entry.instance()));
    AutoCloseable all = engine.watch(OPERATOR, null, entry -> {});

    taken(engine.send(ANA, "a", null, "please"));
    awaitInstance("a", "it waits", this::rests);
    int newest = (int) instance("a").seq();

    await("all entries were seen", () -> seen.contains((long) newest));
    assertThat(seen).isEqualTo(IntStream.rangeClosed(2, newest).mapToObj(Long::valueOf).toList());
    assertThat(strangers).isEmpty();
    all.close();
    stranger.close();
    watch.close();
  }

  /** Keeps what it is told, in order: of an entry that the reply was taken. */
  private static final class Reading implements Watcher {
    final List<Object> told = new CopyOnWriteArrayList<>();

    @Override
    public void entry(Entry entry) {
      if (entry.outcomes().stream().anyMatch(Outcome.ReplyTaken.class::isInstance)) {
        told.add("replied");
      }
      if (entry.outcomes().stream().anyMatch(Outcome.CallReturned.class::isInstance)) {
        told.add("returned");
      }
    }

    @Override
    public void writing(Writing writing) {
      told.add(writing);
    }

    @Override
    public void working(Working working) {
      told.add(working);
    }
  }

  @Test
  void watcherReadsWhatTheModelWritesBeforeTheReplyIsThere() throws Exception {
    start("a", "Good morning, Ana.");
    Reading ana = new Reading();
    Reading stranger = new Reading();
    AutoCloseable watch = engine.watch(ANA, "a", ana);
    AutoCloseable other = engine.watch(EVE, "a", stranger);

    taken(engine.send(ANA, "a", null, "please"));
    awaitInstance("a", "it waits", this::rests);

    await("the reply was seen", () -> ana.told.contains("replied"));
    assertThat(ana.told)
        .containsExactly(
            new Watcher.Writing("a", 1, 1, 0, "Good "),
            new Watcher.Writing("a", 1, 1, 5, "morning, "),
            new Watcher.Writing("a", 1, 1, 14, "Ana."),
            "replied");
    assertThat(stranger.told).isEmpty();
    other.close();
    watch.close();
  }

  @Test
  void newAttemptVoidsWhatTheOneBeforeWrote() throws Exception {
    start("a", world.model().breaksOff("Good mor"), "Hello.");
    Reading ana = new Reading();
    AutoCloseable watch = engine.watch(ANA, "a", ana);

    taken(engine.send(ANA, "a", null, "please"));
    awaitInstance("a", "it waits", this::rests);

    await("the reply was seen", () -> ana.told.contains("replied"));
    assertThat(ana.told)
        .containsExactly(
            new Watcher.Writing("a", 1, 1, 0, "Good mor"),
            new Watcher.Writing("a", 1, 1, 0, ""),
            new Watcher.Writing("a", 1, 2, 0, "Hello."),
            "replied");
    watch.close();
  }

  @Test
  void watcherFromWhomSomethingIsHiddenReadsOnlyTheReply() throws Exception {
    start("a", "Where do you live?", "So in Elm Street 7.");
    taken(engine.send(ANA, "a", null, "please"));
    awaitInstance("a", "it waits", this::rests);
    Reading ana = new Reading();
    Reading operator = new Reading();
    AutoCloseable watch = engine.watch(ANA, "a", ana);
    AutoCloseable other = engine.watch(OPERATOR, "a", operator);

    taken(engine.send(ANA, "a", null, "there", Map.of("home", "Elm Street 7")));
    awaitInstance("a", "it waits again", i -> rests(i) && i.questions() == 2);

    await("the reply was seen", () -> ana.told.contains("replied"));
    await("the reply was seen", () -> operator.told.contains("replied"));
    assertThat(ana.told).contains(new Watcher.Writing("a", 2, 1, 0, "So "));
    assertThat(operator.told).containsExactly("replied");
    other.close();
    watch.close();
  }

  @Test
  void watcherIsToldHowFarACallIs() throws Exception {
    ToolHost.Progress begun = new ToolHost.Progress(Decimal.of("0.5"), null, "");
    ToolHost.Progress half = new ToolHost.Progress(Decimal.of(1), Decimal.of(2), "half of it");
    world.tools().tells("d.find", begun, half).answer("d.find", Map.of("id", "E1"));
    start("a", call("d.find", Map.of()));
    Reading ana = new Reading();
    Reading stranger = new Reading();
    AutoCloseable watch = engine.watch(ANA, "a", ana);
    AutoCloseable other = engine.watch(EVE, "a", stranger);

    taken(engine.send(ANA, "a", null, "please"));

    await("the result was seen", () -> ana.told.contains("returned"));
    assertThat(ana.told)
        .startsWith(
            "replied",
            new Watcher.Working("a", 1, begun),
            new Watcher.Working("a", 1, half),
            "returned");
    assertThat(stranger.told).isEmpty();
    other.close();
    watch.close();
  }

  @Test
  void watcherFromWhomSomethingIsHiddenIsNotToldHowFarACallIs() throws Exception {
    ToolHost.Progress half =
        new ToolHost.Progress(Decimal.of(1), Decimal.of(2), "on the way to Elm Street 7");
    world.tools().tells("d.find", half).answer("d.find", Map.of("id", "E1"));
    start("a", "Where do you live?", call("d.find", Map.of()));
    taken(engine.send(ANA, "a", null, "please"));
    awaitInstance("a", "it waits", this::rests);
    Reading ana = new Reading();
    Reading operator = new Reading();
    AutoCloseable watch = engine.watch(ANA, "a", ana);
    AutoCloseable other = engine.watch(OPERATOR, "a", operator);

    taken(engine.send(ANA, "a", null, "there", Map.of("home", "Elm Street 7")));

    await("the result was seen", () -> ana.told.contains("returned"));
    await("the result was seen", () -> operator.told.contains("returned"));
    assertThat(ana.told).contains(new Watcher.Working("a", 1, half));
    assertThat(operator.told).startsWith("replied", "returned");
    other.close();
    watch.close();
  }

  @Test
  void journalIsReadOnFromAnEntry() {
    begin("a", "Good morning.");
    awaitInstance("a", "it waits", this::rests);

    List<Entry> all = engine.journal(ANA, "a", 0);
    assertThat(all.stream().map(Entry::seq))
        .isEqualTo(IntStream.rangeClosed(1, all.size()).mapToObj(Long::valueOf).toList());
    assertThat(engine.journal(ANA, "a", 2)).isEqualTo(all.subList(2, all.size()));
  }

  // ---- starting again

  @Test
  void restartedEngineHasEverythingAsItWas() {
    world.tools().answer("d.find", Map.of("id", "E1"));
    begin("a", call("d.find", Map.of()), "Found.", "Still here.");
    awaitInstance("a", "it waits", this::rests);
    Instance before = instance("a");
    List<Entry> journal = engine.journal(OPERATOR, "a", 0);

    restart();

    assertThat(instance("a")).isEqualTo(before);
    assertThat(engine.journal(OPERATOR, "a", 0)).isEqualTo(journal);
    assertThat(engine.send(ANA, "a", "a-m1", "please")).isEqualTo(new Acknowledgement.Again("a"));
    taken(engine.send(ANA, "a", null, "are you there?"));
    awaitInstance("a", "it waits", instance -> rests(instance) && instance.questions() == 3);
    assertThat(world.model().question("a", 3).messages().toString())
        .contains("please", "Found.", "are you there?");
  }

  @Test
  void timerFiresAfterARestartAlsoIfItWasDueMeanwhile() {
    begin("a", "Good morning.");
    begin("b", "Good morning.");
    awaitInstance("a", "it waits", this::rests);
    awaitInstance("b", "it waits", this::rests);

    restart();
    running.tick(Duration.ofDays(2));

    awaitStatus("a", Status.ESCALATED);
    awaitStatus("b", Status.ESCALATED);
  }

  @Test
  void parkedCallIsAnsweredAfterARestart() {
    world.tools().answer("d.lend", "lent");
    begin("a", call("d.lend", Map.of("item", "laptop")), "It waits.", "It is yours.");
    Parked parked = parked("a");

    restart();

    taken(engine.answer(BOB, "a", null, answer(parked, parked.hash())));
    awaitInstance("a", "it waits", instance -> rests(instance) && instance.questions() == 3);
    assertThat(world.tools().arrived("d.lend")).hasSize(1);
  }

  @Test
  void unknownCallIsProbedAfterARestart() {
    world.tools().answer("d.order", List.of(new ToolHost.Answer.Unknown("connection broken")));
    world.tools().answer("d.by_key", Map.of("found", false));
    begin("a", call("d.order", Map.of("item", "laptop")), "Not ordered.");
    awaitInstance("a", "the call is unknown", this::unknownInTurn);

    restart();
    running.tick(ContractMachine.TIMEOUT.plus(ContractMachine.SETTLE_AFTER));

    awaitInstance("a", "it waits", this::rests);
    assertThat(world.tools().arrived("d.order")).hasSize(1);
    assertThat(occurrences("a", Occurrence.CallProbed.class))
        .singleElement()
        .satisfies(probed -> assertThat(probed.happened()).isFalse());
  }

  // ---- bad input

  @Test
  void badRepliesDoNothingAndLoseNothing() {
    world.tools().answer("d.find", Map.of("id", "E1"));
    Map<String, Instance> before = new HashMap<>();
    Map<String, List<Entry>> journals = new HashMap<>();
    for (BadReply bad : BadReply.ALL) {
      String id = bad.name();
      begin(id, bad.reply(), "Here.", "Here.");
      before.put(id, awaitInstance(id, "it waits", this::rests));
      journals.put(id, engine.journal(OPERATOR, id, 0));
      Stream<String> faults = outcomes(id, Outcome.ReplyFaulty.class).stream().map(f -> f.why());
      Stream<String> rules =
          outcomes(id, Outcome.CallRefused.class).stream().map(r -> r.refusal().rule());
      if (!bad.expected().isEmpty()) {
        assertThat(Stream.concat(faults, rules))
            .as(id)
            .anyMatch(why -> why.contains(bad.expected()));
      }
    }

    restart();

    for (BadReply bad : BadReply.ALL) {
      String id = bad.name();
      assertThat(instance(id)).isEqualTo(before.get(id));
      assertThat(engine.journal(OPERATOR, id, 0)).isEqualTo(journals.get(id));
      taken(engine.send(ANA, id, null, "are you there?"));
      await(
          "it answers", () -> outcomes(id, Outcome.Said.class).contains(new Outcome.Said("Here.")));
    }
    assertThat(world.tools().arrived())
        .hasSizeLessThanOrEqualTo(20)
        .allMatch(call -> call.tool().equals("d.find"));
  }
}
