package dev.interlock.temporal;

import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.ResetWorkflowExecutionRequest;
import io.temporal.client.WorkflowClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where runs can be reset to, and how. Thread-safe. */
final class Resets {
  private final WorkflowClient client;
  private final Place place;

  Resets(WorkflowClient client, Place place) {
    this.client = client;
    this.place = place;
  }

  /**
   * A completed workflow task of an instance's newest run.
   *
   * @param at when it began
   */
  record Point(String run, long event, Instant at) {}

  /**
   * Finds one.
   *
   * @param event of its completion, or null for the last
   * @throws IllegalArgumentException if there is none
   */
  Point point(String instance, @Nullable Long event) {
    List<Long> completed = new ArrayList<>();
    Point found = null;
    Instant began = Instant.EPOCH;
    String run =
        client
            .newUntypedWorkflowStub(place.workflow(instance))
            .describe()
            .getExecution()
            .getRunId();
    var history = client.fetchHistory(place.workflow(instance), run).getHistory();
    for (HistoryEvent each : history.getEventsList()) {
      if (each.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED) {
        began =
            Instant.ofEpochSecond(each.getEventTime().getSeconds(), each.getEventTime().getNanos());
      } else if (each.getEventType() == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) {
        completed.add(each.getEventId());
        if (event == null || event == each.getEventId()) {
          found = new Point(run, each.getEventId(), began);
        }
      }
    }
    if (found == null) {
      throw new IllegalArgumentException(
          event == null
              ? "found no workflow task of %s that was completed, expected one: nothing was decided yet"
                  .formatted(instance)
              : "found the event %d of %s, expected a workflow task that was completed, one of %s"
                  .formatted(event, instance, completed));
    }
    return found;
  }

  /**
   * Resets it. Updates and signals after the point are sent again by the server.
   *
   * @return the new run
   */
  String reset(String instance, Reset reset, String why) {
    WorkflowExecution.Builder execution =
        WorkflowExecution.newBuilder()
            .setWorkflowId(place.workflow(instance))
            .setRunId(reset.run());
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .resetWorkflowExecution(
            ResetWorkflowExecutionRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setWorkflowExecution(execution)
                .setWorkflowTaskFinishEventId(reset.event())
                .setReason(why)
                .setRequestId(UUID.randomUUID().toString())
                .build())
        .getRunId();
  }
}
