package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.machine.Principal;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineSuite;
import dev.interlock.testkit.InMemoryStore;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Instances that a workflow of an application starts, which runs on a worker of its own. */
@EnabledIfEnvironmentVariable(named = RealServer.ADDRESS, matches = ".+")
@SuppressWarnings("NullAway.Init") // opened before each test
class RealServerChildrenTest extends EngineSuite {
  private RealServer server;
  private WorkerFactory factory;

  /** What an application may have. */
  @WorkflowInterface
  public interface Parent {
    @WorkflowMethod
    String run(String machine, String id, String topic);
  }

  /** Waits for the outcome. */
  static final class Waiting implements Parent {
    private final Children children;

    Waiting(Children children) {
      this.children = children;
    }

    @Override
    public String run(String machine, String id, String topic) {
      Map<String, Object> input =
          topic.equals("none") ? Map.of("nothing", 1L) : Map.of("topic", topic);
      Principal by = topic.equals("despite") ? OPERATOR : ANA;
      Children.Child child =
          topic.startsWith("despite")
              ? children.start(machine, id, by, Map.of(), true)
              : children.start(machine, id, by, input);
      child.begun().get();
      Workflow.setCurrentDetails("begun");
      return child.outcome().get();
    }
  }

  @Override
  protected Running open(ContractMachine.World world) {
    server = new RealServer(new InMemoryStore());
    return new OnTemporal(world, server, true);
  }

  @BeforeEach
  void startOwnWorker() {
    factory = WorkerFactory.newInstance(server.client());
    Worker worker = factory.newWorker(queue());
    Children children = new Children(server.place(), OnTemporal.machines());
    worker.registerWorkflowImplementationFactory(Parent.class, () -> new Waiting(children));
    factory.start();
  }

  @AfterEach
  void stopOwnWorker() {
    factory.shutdownNow();
  }

  private String queue() {
    return server.place().taskQueue() + "-own";
  }

  private WorkflowStub parent(String machine, String id, String topic) {
    WorkflowStub stub =
        server
            .client()
            .newUntypedWorkflowStub(
                "Parent",
                WorkflowOptions.newBuilder()
                    .setTaskQueue(queue())
                    .setWorkflowId(queue() + "/" + id)
                    .build());
    stub.start(machine, id, topic);
    return stub;
  }

  @Test
  void parentHasTheOutcomeAndOthersTheInstance() {
    world.model().script("a", "Hello.", call("record", Map.of("done", true)));
    WorkflowStub parent = parent("contract", "a", "a loan");
    await("it has begun", () -> engine.get(OPERATOR, "a").isPresent());

    assertThat(instance("a").facts()).containsEntry("topic", "a loan");
    assertThat(instance("a").caller().id()).isEqualTo(ANA.id());
    assertThat(engine.start(ANA, "contract", "a", null, Map.of("topic", "a loan")))
        .isEqualTo(new Acknowledgement.Again("a"));
    taken(engine.send(ANA, "a", "m1", "please"));
    awaitInstance("a", "it waits", this::rests);
    WorkflowClient client = server.client();
    String query =
        "InterlockMachine = 'contract' AND InterlockState = 'Work' AND InterlockStatus = 'open'"
            + " AND TaskQueue = '%s'".formatted(server.place().taskQueue());
    await("it is found", () -> client.listExecutions(query).count() == 1);
    assertThat(
            client
                .newUntypedWorkflowStub(server.place().workflow("a"))
                .describe()
                .getMemo("caller", String.class))
        .isEqualTo(ANA.id());
    taken(engine.send(ANA, "a", "m2", "that is all"));

    assertThat(parent.getResult(String.class)).isEqualTo("completed");
    awaitStatus("a", Status.COMPLETED);
    assertThat(engine.journal(OPERATOR, "a", 0)).hasSize((int) instance("a").seq());
  }

  @Test
  void startThatIsRejectedFailsTheChild() {
    WorkflowStub unknownField = parent("contract", "b", "none");
    WorkflowStub unknownMachine = parent("nothing", "c", "x");
    WorkflowStub unusableId = parent("contract", "no id", "x");

    assertRejected(unknownField, Rejection.Code.VALUES);
    assertRejected(unknownMachine, Rejection.Code.NOT_FOUND);
    assertRejected(unusableId, Rejection.Code.VALUES);
    assertThat(engine.get(OPERATOR, "b")).isEmpty();
  }

  @Test
  void childOfAMachineWithErrorsIsBegunOnlyDespiteThemByAnOperator() {
    assertRejected(parent("broken", "b", "x"), Rejection.Code.ERRORS);
    assertRejected(parent("broken", "c", "despite, as the caller"), Rejection.Code.NOT_ALLOWED);
    parent("broken", "d", "despite");
    await("it has begun", () -> engine.get(OPERATOR, "d").isPresent());

    assertThat(occurrences("d", Occurrence.Started.class).getFirst().despite())
        .containsExactly("IL003");
    assertThat(engine.get(OPERATOR, "b")).isEmpty();
    assertThat(engine.get(OPERATOR, "c")).isEmpty();
  }

  private static void assertRejected(WorkflowStub parent, Rejection.Code code) {
    assertThatThrownBy(() -> parent.getResult(String.class))
        .isInstanceOf(WorkflowFailedException.class)
        .rootCause()
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo(MachineRun.REJECTED);
              assertThat(failure.getDetails().get(0, String.class)).isEqualTo(code.name());
            });
  }

  /** The server forgets an instance that has ended; the store does not. */
  @Test
  void idThatTheStoreHasIsTaken() {
    begin("f", "Hello.");
    awaitInstance("f", "it waits", this::rests);
    taken(engine.event(ANA, "f", "e1", "stop", null));
    await(
        "it is over",
        () ->
            server.store().row("f").orElseThrow().seq() == instance("f").seq()
                && instance("f").end() != null);
    WorkflowStub child =
        server
            .client()
            .newUntypedWorkflowStub(
                MachineWorkflow.TYPE,
                WorkflowOptions.newBuilder()
                    .setTaskQueue(server.place().taskQueue())
                    .setWorkflowId(server.place().workflow("f") + "-again")
                    .build());
    child.start(
        Payload.Begin.child(
            "f",
            instance("f").machine(),
            new Occurrence.Started("start", Times.NONE, BOB, BOB, Map.of("topic", "x"))));

    assertRejected(child, Rejection.Code.CONFLICT);
  }

  @Test
  void cancellingTheParentCancelsTheInstance() {
    world.model().script("d", "Hello.");
    WorkflowStub parent = parent("contract", "d", "x");
    await("it has begun", () -> engine.get(OPERATOR, "d").isPresent());

    parent.cancel();

    awaitStatus("d", Status.CANCELLED);
    assertThat(occurrences("d", Occurrence.Cancelled.class)).hasSize(1);
  }

  @Test
  void instanceOutlivesItsParent() {
    world.model().script("e", "Hello.");
    WorkflowStub parent = parent("contract", "e", "x");
    await("it has begun", () -> engine.get(OPERATOR, "e").isPresent());

    parent.terminate("the application was taken down");

    taken(engine.send(ANA, "e", "m1", "please"));
    awaitInstance("e", "it waits", this::rests);
  }
}
