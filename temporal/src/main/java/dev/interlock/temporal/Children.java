package dev.interlock.temporal;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Requests;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.ChildWorkflowStub;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Starts instances as children of an application's own workflows. An application gives this to its
 * workflows where it registers them; the workers that carry the instances may be others.
 */
public final class Children {
  private final Place place;

  /** By the machine's name. */
  private final Map<String, String> pins = new TreeMap<>();

  /**
   * @param machines new instances are started of the current ones
   */
  public Children(Place place, Machines machines) {
    this.place = place;
    machines.current().forEach(each -> pins.put(each.machine().name(), each.machine().pin()));
  }

  /**
   * An instance that was started.
   *
   * @param begun done once the server has it
   * @param outcome as the machine names it, or how the instance ended
   */
  public record Child(Promise<WorkflowExecution> begun, Promise<String> outcome) {}

  /**
   * Has the calling workflow start an instance. Cancelling the scope in which that is done cancels
   * the instance; if the parent ends first, the instance goes on.
   *
   * <p>A start that is rejected fails the child with an {@link ApplicationFailure} of type {@code
   * rejected}.
   *
   * @param id of the instance: new, to the store as well
   * @param by who starts it, and its caller
   * @throws ApplicationFailure if there is no such machine, or the id or the input cannot be used
   */
  public Child start(String machine, String id, Principal by, Map<String, Object> input) {
    String pin = Workflow.sideEffect(String.class, () -> pins.getOrDefault(machine, ""));
    Optional<Acknowledgement> unusable =
        pin.isEmpty()
            ? Optional.of(Requests.noMachine(machine, pins.keySet()))
            : Requests.unusable(id).or(() -> Requests.misfit(null, input));
    if (unusable.orElse(null) instanceof Acknowledgement.Rejected(Rejection rejection)) {
      throw MachineRun.failure(rejection);
    }
    ChildWorkflowStub stub =
        Workflow.newUntypedChildWorkflowStub(
            MachineWorkflow.TYPE,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(place.workflow(id))
                .setTaskQueue(place.taskQueue())
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE)
                .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
                .build());
    Occurrence.Started started = new Occurrence.Started("start", Times.NONE, by, by, input);
    Promise<String> outcome =
        stub.executeAsync(String.class, Payload.Begin.child(id, pin, started));
    return new Child(stub.getExecution(), outcome);
  }
}
