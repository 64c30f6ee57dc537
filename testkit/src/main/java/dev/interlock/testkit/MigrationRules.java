package dev.interlock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.prompt.Prompted;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every engine holds of moving an instance; a part of {@link EngineContract}. */
abstract class MigrationRules extends HistoryRules {
  private Acknowledgement migrate(String id, Machine to) {
    return engine.migrate(OPERATOR, id, new Engine.Migration(to.pin(), Map.of(), false));
  }

  private void migrated(String id, Machine to) {
    taken(migrate(id, to));
  }

  private long version(String id) {
    return engine.get(OPERATOR, id).orElseThrow().machine().version();
  }

  /** The seq of the newest entry that asked the model something. */
  private long asked(String id) {
    return engine.journal(OPERATOR, id, 0).stream()
        .filter(entry -> entry.outcomes().stream().anyMatch(Outcome.Asked.class::isInstance))
        .map(Entry::seq)
        .toList()
        .getLast();
  }

  @Test
  void migratedInstanceIsJudgedByTheOtherMachine() {
    begin(
        "a",
        call("d.note", Map.of("text", "one")),
        "Noted.",
        call("d.note", Map.of("text", "two")),
        "I may not.");
    awaitInstance("a", "it waits", this::rests);
    Machine second =
        second(
            "rules:\n",
            "rules:\n  - {rule: no more notes, for: [d.note], when: args.text == 'one'}\n");

    migrated("a", second);
    taken(engine.send(ANA, "a", null, "once more"));

    awaitInstance("a", "it is answered", it -> it.questions() == 4 && rests(it));
    assertThat(outcomes("a", Outcome.CallRefused.class))
        .singleElement()
        .satisfies(it -> assertThat(it.refusal().rule()).isEqualTo("no more notes"));
    assertThat(world.tools().arrived("d.note")).hasSize(1);
    assertThat(occurrences("a", Occurrence.Migrated.class))
        .singleElement()
        .satisfies(it -> {
          assertThat(it.from().id()).isEqualTo("op");
          assertThat(it.was()).isEqualTo(ContractMachine.machine().pin());
          assertThat(it.machine()).isEqualTo(second.pin());
        });
    assertThat(instance("a").machine()).isEqualTo(second.pin());
    assertThat(version("a")).isEqualTo(2);
    await(
        "the list has it",
        () -> engine.list(OPERATOR, ALL).getFirst().machine().equals(second.pin()));
  }

  @Test
  void migratedInstanceIsFoundAsItIsByTheNextEngine() {
    begin("a", "Hi.", "Still here.");
    awaitInstance("a", "it waits", this::rests);
    Machine second = second("goal: Help.", "goal: Help well.");
    migrated("a", second);
    Instance before = instance("a");

    restart();

    assertThat(instance("a")).isEqualTo(before);
    assertThat(version("a")).isEqualTo(2);
    taken(engine.send(ANA, "a", null, "and now?"));
    awaitInstance("a", "it is answered", it -> it.questions() == 2 && rests(it));
    assertThat(world.model().question("a", 2).system()).contains("Goal: Help well.");
  }

  @Test
  void whatWasParkedIsVoidAndTheModelMayProposeItAgain() {
    world.tools().answer("d.lend", "lent");
    begin(
        "a",
        call("d.lend", Map.of("item", "laptop")),
        "It waits.",
        call("d.lend", Map.of("item", "laptop")),
        "It is yours.");
    Parked parked = parked("a");
    Machine second =
        second("    ask: manager\n    shows: [photo]\n    expires: P1D\n", "    atMost: 5\n");

    Acknowledgement.Taken taken = taken(migrate("a", second));

    assertThat(taken.note()).isEqualTo("Void: no. 1.");
    awaitInstance("a", "it is answered", it -> it.questions() == 4 && rests(it));
    rejected(
        engine.answer(
            BOB,
            "a",
            null,
            new Engine.Answer(
                parked.number(), parked.hash(), Occurrence.Answered.APPROVED, Map.of())),
        Rejection.Code.NOT_FOUND); // nobody asks a manager there
    assertThat(world.tools().arrived("d.lend")).hasSize(1);
  }

  @Test
  void migrationIsRejectedByNameAndChangesNothing() {
    begin("a", call("record", Map.of("done", false)), "Hi.");
    awaitInstance("a", "it waits", this::rests);
    List<Entry> journal = engine.journal(OPERATOR, "a", 0);
    Machine lacking =
        second("  done: {type: boolean, source: agent}", "  done: {type: boolean, source: user}");
    Machine fitting = second("goal: Help.", "goal: Help well.");
    Map<String, String> none = Map.of();

    Acknowledgement lacks = migrate("a", lacking);
    rejected(lacks, Rejection.Code.VALUES);
    assertThat(lacks.toString()).contains("the field done is filled, and its source is another");
    rejected(
        engine.migrate(ANA, "a", new Engine.Migration(fitting.pin(), none, false)),
        Rejection.Code.NOT_ALLOWED);
    rejected(
        engine.migrate(OPERATOR, "a", new Engine.Migration("0".repeat(64), none, false)),
        Rejection.Code.NOT_FOUND);
    rejected(
        engine.migrate(OPERATOR, "b", new Engine.Migration(fitting.pin(), none, false)),
        Rejection.Code.NOT_FOUND);
    rejected(
        engine.migrate(OPERATOR, "a", new Engine.Migration(lacking.pin(), none, true)),
        Rejection.Code.VALUES);
    taken(engine.migrate(OPERATOR, "a", new Engine.Migration(fitting.pin(), none, true)));
    assertThat(engine.journal(OPERATOR, "a", 0)).isEqualTo(journal);
    assertThat(version("a")).isEqualTo(1);
  }

  @Test
  void endedInstanceIsNotMigrated() {
    begin("a", call("record", Map.of("done", true)));
    awaitStatus("a", Status.COMPLETED);

    rejected(migrate("a", second("goal: Help.", "goal: Help well.")), Rejection.Code.ENDED);
  }

  @Test
  void stateThatIsCalledOtherwiseGoesOn() {
    begin("a", "Hi.", "Still here.");
    awaitInstance("a", "it waits", this::rests);
    Machine second = second("Work", "Serve");
    rejected(migrate("a", second), Rejection.Code.VALUES);

    taken(
        engine.migrate(
            OPERATOR, "a", new Engine.Migration(second.pin(), Map.of("Work", "Serve"), false)));

    assertThat(instance("a").state()).isEqualTo("Serve");
    taken(engine.send(ANA, "a", null, "and now?"));
    awaitInstance("a", "it is answered", it -> it.questions() == 2 && rests(it));
  }

  @Test
  void timesOfTheOtherMachineRun() {
    begin("a", "Hi.");
    awaitInstance("a", "it waits", this::rests);

    migrated("a", second("idle: {P2D: Escalate}", "idle: {PT6H: Escalate}"));
    running.tick(Duration.ofHours(7));

    awaitStatus("a", Status.ESCALATED);
  }

  @Test
  void whatWasBeforeIsShownAsItWas() {
    begin("a", call("d.mail", Map.of("text", "the code is 4711")), "Hi.", "Still here.");
    awaitInstance("a", "it waits", this::rests);
    long before = asked("a");
    Prompted prompted = engine.prompt(ANA, "a", before).orElseThrow();

    migrated(
        "a",
        second(
            "d.mail: {effect: write, timeout: PT5S, secret: [text]}",
            "d.mail: {effect: write, timeout: PT5S}"));
    taken(engine.send(ANA, "a", null, "and now?"));
    awaitInstance("a", "it is answered", it -> it.questions() == 3 && rests(it));

    assertThat(engine.prompt(ANA, "a", before)).contains(prompted);
    assertThat(engine.journal(OPERATOR, "a", 0).toString()).doesNotContain("4711");
  }

  @Test
  void whatIsSecretStaysSo() {
    begin("a", "Hi.");
    awaitInstance("a", "it waits", this::rests);
    Machine open =
        second(
            "pin:  {type: string, source: user, secret: true}",
            "pin:  {type: string, source: user}");

    Acknowledgement shown = migrate("a", open);

    rejected(shown, Rejection.Code.VALUES);
    assertThat(shown.toString()).contains("the field pin is secret, and not there");
  }

  @Test
  void nothingIsMigratedToAMachineWithErrors() {
    begin("a", "Hi.");
    awaitInstance("a", "it waits", this::rests);

    rejected(
        migrate(
            "a",
            second(
                "rules:\n", "rules:\n  - {rule: no more notes, for: [d.note], when: 'false'}\n")),
        Rejection.Code.ERRORS);
  }

  @Test
  void forkFromBeforeAMigrationIsOfTheMachineOfThen() {
    begin("a", "Hi.");
    awaitInstance("a", "it waits", this::rests);
    long before = instance("a").seq();
    migrated("a", second("goal: Help.", "goal: Help well."));

    taken(engine.fork(OPERATOR, "a", before, "b"));
    taken(engine.fork(OPERATOR, "a", 0, "c"));

    assertThat(version("b")).isEqualTo(1);
    assertThat(version("c")).isEqualTo(2);
    world.model().script("b", "Here.");
    taken(engine.send(ANA, "b", null, "who is there?"));
    awaitInstance("b", "it is answered", it -> it.questions() == 2 && rests(it));
    assertThat(world.model().question("b", 2).system()).contains("Goal: Help.");
  }
}
