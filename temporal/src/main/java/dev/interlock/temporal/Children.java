package dev.interlock.temporal;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.Gate;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Starts instances as children of an application's own workflows. An application gives this to its
 * workflows where it registers them; the workers that carry the instances may be others.
 */
public final class Children {
  private final Place place;

  /** By the machine's name. */
  private final Map<String, Startable> startable = new TreeMap<>();

  /**
   * What a workflow is told of a machine, in a side effect.
   *
   * @param errors the codes of those that a check found, with a comma between; empty if none
   * @param why it is not started then
   */
  private record Startable(String pin, String errors, String why) {
    static final Startable NONE = new Startable("", "", "");

    /** Without errors it is the pin, as in histories from before machines were checked. */
    String text() {
      return errors.isEmpty() ? pin : String.join("\n", pin, errors, why);
    }

    static Startable of(String text) {
      String[] parts = text.split("\n", 3);
      return parts.length == 3
          ? new Startable(parts[0], parts[1], parts[2])
          : new Startable(text, "", "");
    }
  }

  /**
   * Checks the machines, which may take some tenths of a second each.
   *
   * @param machines new instances are started of the current ones
   */
  public Children(Place place, Machines machines) {
    this.place = place;
    Gate gate = new Gate();
    for (Machines.Definition each : machines.current()) {
      Machine machine = each.machine();
      Optional<Rejection> why = gate.rejection(machine);
      startable.put(
          machine.name(),
          new Startable(
              machine.pin(),
              String.join(",", gate.codes(machine)),
              why.map(Rejection::message).orElse("")));
    }
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
   * @throws ApplicationFailure if there is no such machine, or it has errors, or the id or the
   *     input cannot be used
   */
  public Child start(String machine, String id, Principal by, Map<String, Object> input) {
    return start(machine, id, by, input, false);
  }

  /**
   * As the other one.
   *
   * @param despiteErrors whether also if a check of the machine finds errors, which the journal
   *     keeps then; for operators only
   */
  public Child start(
      String machine, String id, Principal by, Map<String, Object> input, boolean despiteErrors) {
    Startable found =
        Startable.of(
            Workflow.sideEffect(
                String.class, () -> startable.getOrDefault(machine, Startable.NONE).text()));
    Optional<Acknowledgement> unusable =
        found.pin().isEmpty()
            ? Optional.of(Requests.noMachine(machine, startable.keySet()))
            : Requests.unusable(id).or(() -> Requests.misfit(null, input));
    if (unusable.isEmpty() && !found.errors().isEmpty() && !despiteErrors) {
      unusable = Optional.of(Requests.rejected(Rejection.Code.ERRORS, found.why()));
    }
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
    @Nullable List<String> despite =
        found.errors().isEmpty() ? null : List.of(found.errors().split(",", -1));
    Occurrence.Started started =
        new Occurrence.Started("start", Times.NONE, by, by, input, despite);
    Promise<String> outcome =
        stub.executeAsync(String.class, Payload.Begin.child(id, found.pin(), started));
    return new Child(stub.getExecution(), outcome);
  }
}
