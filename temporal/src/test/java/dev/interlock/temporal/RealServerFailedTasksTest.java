package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.journal.Store;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineSuite;
import dev.interlock.testkit.InMemoryStore;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.History;
import io.temporal.client.WorkflowClient;
import io.temporal.workflow.Workflow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/**
 * A workflow task comes to nothing after something was decided in it, and is decided again, at
 * another time. Nothing of the first decision may be left in the store.
 */
@EnabledIfEnvironmentVariable(named = RealServer.ADDRESS, matches = ".+")
@SuppressWarnings("NullAway.Init") // the server is opened before each test
class RealServerFailedTasksTest extends EngineSuite {
  private RealServer server;

  @Override
  protected Running open(ContractMachine.World world) {
    server = new RealServer(new InMemoryStore());
    return new OnTemporal(world, new Failing(server, new ConcurrentHashMap<>()), true);
  }

  /** A server whose runs fail a task, each once. */
  private record Failing(RealServer server, Map<String, Integer> looks)
      implements OnTemporal.Server {
    @Override
    public WorkflowClient client() {
      return server.client();
    }

    @Override
    public Store store() {
      return server.store();
    }

    @Override
    public Place place() {
      return server.place();
    }

    @Override
    public Clock clock() {
      return server.clock();
    }

    @Override
    public void tick(Duration by) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MachineRun run(Payload.Begin begin, Plan plan) {
      return new FailingRun(begin, plan, looks);
    }

    @Override
    public void close() {
      server.close();
    }
  }

  /** Fails when it looks at the clock for the time that its id says. */
  private static final class FailingRun extends MachineRun {
    private final Map<String, Integer> looks;
    private final String id;

    FailingRun(Payload.Begin begin, Plan plan, Map<String, Integer> looks) {
      super(begin, plan);
      this.looks = looks;
      this.id = begin.id();
    }

    @Override
    Instant now() {
      if (looks.merge(id, 1, Integer::sum) == Integer.parseInt(id.substring(1))) {
        throw new Error("a task that comes to nothing, in " + Workflow.getInfo().getRunId());
      }
      return super.now();
    }
  }

  @Test
  void whatWasDecidedInItIsNotInTheStore() {
    int most = 24;
    for (int i = 1; i <= most; i++) {
      begin("n" + i, "Hello.", call("record", Map.of("done", true)));
    }
    for (int i = 1; i <= most; i++) {
      String id = "n" + i;
      awaitInstance(id, "it waits", it -> rests(it) && it.questions() == 1);
      taken(engine.send(ANA, id, "m2", "that is all"));
    }

    int failed = 0;
    for (int i = 1; i <= most; i++) {
      String id = "n" + i;
      awaitStatus(id, Status.COMPLETED);
      await(
          "its journal is whole",
          () -> server.store().row(id).filter(it -> it.seq() == instance(id).seq()).isPresent());
      Map<String, History> runs = server.runs(id);
      assertThat(runs).as("%s went on as it was", id).hasSize(1);
      failed +=
          (int)
              runs.values().iterator().next().getEventsList().stream()
                  .filter(it -> it.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)
                  .count();
    }
    assertThat(failed).as("tasks that came to nothing").isGreaterThan(most / 2);
  }
}
