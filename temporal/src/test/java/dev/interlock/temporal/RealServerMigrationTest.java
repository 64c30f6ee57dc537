package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineSuite;
import dev.interlock.testkit.InMemoryStore;
import io.temporal.api.enums.v1.EventType;
import io.temporal.client.WorkflowStub;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** An instance that was migrated, in a new run. */
@EnabledIfEnvironmentVariable(named = RealServer.ADDRESS, matches = ".+")
@SuppressWarnings("NullAway.Init") // the server is opened before each test
class RealServerMigrationTest extends EngineSuite {
  private static final int UPDATES = 6;

  private RealServer server;

  @Override
  protected Running open(ContractMachine.World world) {
    server = new RealServer(new InMemoryStore(), UPDATES);
    return new OnTemporal(world, server, true);
  }

  private WorkflowStub stub(String id) {
    return server.client().newUntypedWorkflowStub(server.place().workflow(id));
  }

  private boolean written(String id) {
    return stub(id).query(MachineWorkflow.TAIL, Payload.Tail.class).entries().isEmpty();
  }

  private void migrate(String id, Machine to) {
    taken(engine.migrate(OPERATOR, id, new Engine.Migration(to.pin(), Map.of(), false)));
  }

  private void say(String id, long asked) {
    taken(engine.send(ANA, id, null, "go on"));
    awaitInstance(id, "it waits", it -> rests(it) && it.questions() == asked);
  }

  @Test
  void migratedInstanceGoesOnInANewRunByTheOtherMachine() {
    begin("a", "0", "1", "2", "3", "4", "5", "6", "7");
    awaitInstance("a", "it waits", this::rests);
    String first = stub("a").describe().getExecution().getRunId();
    migrate("a", second("goal: Help.", "goal: Help well."));
    for (int i = 0; i < UPDATES; i++) {
      say("a", i + 2);
    }
    await(
        "there is a new run", () -> !stub("a").describe().getExecution().getRunId().equals(first));

    say("a", UPDATES + 2);

    assertThat(world.model().question("a", UPDATES + 2).system()).contains("Help well.");
    assertThat(engine.get(OPERATOR, "a").orElseThrow().machine().version()).isEqualTo(2);
    String query =
        "InterlockVersion = '2' AND ExecutionStatus = 'Running' AND TaskQueue = '%s'"
            .formatted(server.place().taskQueue());
    await("it is found by its version", () -> server.client().listExecutions(query).count() == 1);
  }

  @Test
  void runThatWasResetToBeforeAMigrationGoesOnByTheOtherMachine() {
    begin("a", "One.", "Two.", call("d.note", Map.of("text", "three")), "Not noted.");
    awaitInstance("a", "it waits", this::rests);
    migrate(
        "a",
        second(
            "rules:\n", "rules:\n  - {rule: no notes, for: [d.note], when: args.text == 'one'}\n"));
    say("a", 2);
    await("all is written", () -> written("a"));
    List<Entry> before = engine.journal(OPERATOR, "a", 0);
    long point =
        server
            .client()
            .fetchHistory(server.place().workflow("a"))
            .getHistory()
            .getEventsList()
            .stream()
            .filter(event -> event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
            .skip(1)
            .findFirst()
            .orElseThrow()
            .getEventId();

    server.reset("a", point);
    say("a", 4);

    await("all is written", () -> written("a"));
    assertThat(server.store().entries("a", 0, before.size()).stream().map(Sealing::open))
        .isEqualTo(before);
    assertThat(occurrences("a", Occurrence.Migrated.class)).hasSize(1);
    assertThat(outcomes("a", Outcome.CallRefused.class)).hasSize(1);
    assertThat(world.tools().arrived("d.note")).isEmpty();
    assertThat(engine.get(OPERATOR, "a").orElseThrow().machine().version()).isEqualTo(2);
  }
}
