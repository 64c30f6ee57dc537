package dev.interlock.bench;

import com.google.protobuf.Message;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a server keeps of a workflow. */
record History(List<HistoryEvent> events) {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration LOOK = Duration.ofMillis(50);

  /** The type of the activity. */
  private static final String FLUSH = "Flush";

  /** So many looks without news: it has come to rest. */
  private static final int QUIET = 8;

  /** Of a workflow, once that many activities are completed and it has come to rest. */
  static History of(WorkflowClient client, String workflow, int activities) {
    DescribeWorkflowExecutionRequest request =
        DescribeWorkflowExecutionRequest.newBuilder()
            .setNamespace(client.getOptions().getNamespace())
            .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflow))
            .build();
    long end = System.nanoTime() + LIMIT.toNanos();
    long before = 0;
    for (int quiet = 0; quiet < QUIET; ) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(workflow + " does not come to rest");
      }
      DescribeWorkflowExecutionResponse now =
          client.getWorkflowServiceStubs().blockingStub().describeWorkflowExecution(request);
      long length = now.getWorkflowExecutionInfo().getHistoryLength();
      boolean rests =
          length == before
              && now.getPendingActivitiesCount() == 0
              && !now.hasPendingWorkflowTask()
              && completed(client, workflow) >= activities;
      quiet = rests ? quiet + 1 : 0;
      before = length;
      pause();
    }
    return read(client, workflow);
  }

  private static long completed(WorkflowClient client, String workflow) {
    History now = read(client, workflow);
    return now.events.stream()
        .filter(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED)
        .filter(event -> !now.ofFlush(event))
        .count();
  }

  private static History read(WorkflowClient client, String workflow) {
    return new History(client.fetchHistory(workflow).getHistory().getEventsList());
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The events from one activity that was scheduled to another.
   *
   * @param from counted from 0
   */
  History between(int from, int to) {
    List<HistoryEvent> part = new ArrayList<>();
    int activity = -1;
    for (HistoryEvent event : events) {
      if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED && !ofFlush(event)) {
        activity++;
      }
      if (activity >= from && activity < to) {
        part.add(event);
      }
    }
    return new History(part);
  }

  /** Whether it belongs to a flush, which only Interlock has. */
  private boolean ofFlush(HistoryEvent event) {
    long scheduled =
        switch (event.getEventType()) {
          case EVENT_TYPE_ACTIVITY_TASK_SCHEDULED -> event.getEventId();
          case EVENT_TYPE_ACTIVITY_TASK_STARTED ->
              event.getActivityTaskStartedEventAttributes().getScheduledEventId();
          case EVENT_TYPE_ACTIVITY_TASK_COMPLETED ->
              event.getActivityTaskCompletedEventAttributes().getScheduledEventId();
          default -> 0;
        };
    return events.stream()
        .filter(each -> each.getEventId() == scheduled)
        .anyMatch(each ->
            each.getActivityTaskScheduledEventAttributes()
                .getActivityType()
                .getName()
                .equals(FLUSH));
  }

  private static String name(HistoryEvent event) {
    return event.getEventType().name().replace("EVENT_TYPE_", "");
  }

  /** How many of each kind. */
  Map<String, Long> kinds() {
    Map<String, Long> kinds = new TreeMap<>();
    events.forEach(
        event -> kinds.merge((ofFlush(event) ? "FLUSH: " : "") + name(event), 1L, Long::sum));
    return kinds;
  }

  /** Of everything, as it is sent. */
  long bytes() {
    return events.stream().mapToLong(HistoryEvent::getSerializedSize).sum();
  }

  /** Of payloads: arguments, results, memo, summaries, and what markers hold. */
  long payloadBytes() {
    return events.stream().mapToLong(History::payloadBytes).sum();
  }

  private static long payloadBytes(Object part) {
    return switch (part) {
      case Payload payload -> payload.getSerializedSize();
      case Message message ->
          message.getAllFields().values().stream().mapToLong(History::payloadBytes).sum();
      case Collection<?> parts -> parts.stream().mapToLong(History::payloadBytes).sum();
      default -> 0;
    };
  }

  /** From the first activity that was scheduled to the last one that was completed. */
  Duration working() {
    Instant first = Instant.MAX;
    Instant last = Instant.MIN;
    for (HistoryEvent event : events) {
      Instant at =
          Instant.ofEpochSecond(event.getEventTime().getSeconds(), event.getEventTime().getNanos());
      if (ofFlush(event)) {
        continue; // nobody waits for it
      }
      if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
          && first.equals(Instant.MAX)) {
        first = at;
      } else if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) {
        last = at;
      }
    }
    return Duration.between(first, last);
  }
}
