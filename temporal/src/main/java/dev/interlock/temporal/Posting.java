package dev.interlock.temporal;

import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.machine.Machine;
import dev.interlock.engine.Requests;
import dev.interlock.engine.Retrying;
import dev.interlock.temporal.Payload.Begin;
import dev.interlock.temporal.Payload.Letter;
import dev.interlock.temporal.Payload.Tail;
import dev.interlock.temporal.Payload.Taken;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateStage;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.failure.ApplicationFailure;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;

/** What goes to workflows and comes back from them. Thread-safe. */
final class Posting implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Posting.class.getName());

  /** How long a worker is waited for. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** How long a query may take, and how often it is tried: nothing is changed by it. */
  private static final Duration QUERY = Duration.ofSeconds(3);

  private static final int MAX_QUERIES = 4;

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final WorkflowClient client;
  private final Place place;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  Posting(WorkflowClient client, Place place) {
    this.client = client;
    this.place = place;
  }

  /**
   * Sends something to an instance that runs.
   *
   * @param name of the update
   * @return empty if the server knows of no such run, or of one that is over
   * @throws StoreException if there was no answer: it may have been taken
   */
  Optional<Acknowledgement> send(String instance, String name, Letter letter) {
    return answered(
        instance,
        () ->
            client
                .newUntypedWorkflowStub(place.workflow(instance))
                .startUpdate(options(name, letter), letter)
                .getResultAsync()
                .get());
  }

  /**
   * Starts a run, unless there is one, and sends it something.
   *
   * @param instance what it begins as once that was taken
   * @return empty if there was a run that is over
   */
  Optional<Acknowledgement> start(
      Machine machine, Instance instance, String name, Letter letter, Begin begin) {
    WorkflowOptions options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(place.workflow(instance.id()))
            .setTaskQueue(place.taskQueue())
            .setWorkflowIdConflictPolicy(
                WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
            .setWorkflowIdReusePolicy(
                WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY)
            .setTypedSearchAttributes(Attributes.of(machine, instance))
            .setMemo(Attributes.memo(machine, instance))
            .setStaticSummary("%s, version %s".formatted(machine.name(), machine.version()))
            .build();
    WorkflowStub stub = client.newUntypedWorkflowStub(MachineWorkflow.TYPE, options);
    return answered(
        instance.id(),
        () ->
            stub.executeUpdateWithStart(
                options(name, letter), new Object[] {letter}, new Object[] {begin}));
  }

  /** Each sending has an id of its own: what is sent again is known by the letter's. */
  private static UpdateOptions<Taken> options(String name, Letter letter) {
    return UpdateOptions.newBuilder(Taken.class)
        .setUpdateName(name)
        .setUpdateId(letter.sent().id() + "~" + Requests.hex(4))
        .setWaitForStage(WorkflowUpdateStage.COMPLETED)
        .build();
  }

  private Optional<Acknowledgement> answered(String instance, Callable<Taken> sending) {
    try {
      Taken taken = Retrying.within(threads, LIMIT, () -> taken(sending));
      return Optional.of(new Acknowledgement.Taken(instance, taken.seq(), taken.note()));
    } catch (TimeoutException e) {
      throw new StoreException(
          "found no worker that answered for %s within %s, expected one on the task queue %s: it may have been taken, send it again with the same id"
              .formatted(instance, LIMIT, place.taskQueue()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting: it may have been taken", e);
    } catch (ExecutionException e) {
      return answer(instance, e.getCause() == null ? e : e.getCause());
    }
  }

  /** Sends it again while the server says that it could not even be looked at. */
  private static Taken taken(Callable<Taken> sending) throws Exception {
    while (true) {
      try {
        return sending.call();
      } catch (ExecutionException | RuntimeException e) {
        if (!unseen(e)) {
          throw e;
        }
        Thread.sleep(PAUSE);
      }
    }
  }

  /** A worker has failed a decision, and another is yet to make it again: nothing was taken. */
  static boolean unseen(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StatusRuntimeException status
          && status.getStatus().getCode() == Status.Code.FAILED_PRECONDITION
          && String.valueOf(status.getStatus().getDescription())
              .contains("Unable to perform workflow execution update")) {
        return true;
      }
    }
    return false;
  }

  private static Optional<Acknowledgement> answer(String instance, Throwable failure) {
    Throwable root = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      root = cause;
      switch (cause) {
        case ApplicationFailure known when known.getType().equals(MachineRun.AGAIN) -> {
          return Optional.of(new Acknowledgement.Again(instance));
        }
        case ApplicationFailure known when known.getType().equals(MachineRun.REJECTED) -> {
          Rejection.Code code = Rejection.Code.valueOf(known.getDetails().get(String.class));
          return Optional.of(
              new Acknowledgement.Rejected(new Rejection(code, known.getOriginalMessage())));
        }
        case WorkflowNotFoundException gone -> {
          return Optional.empty();
        }
        case WorkflowExecutionAlreadyStarted over -> {
          return Optional.empty();
        }
        case StatusRuntimeException status
            when status.getStatus().getCode() == Status.Code.NOT_FOUND
                || status.getStatus().getCode() == Status.Code.ALREADY_EXISTS -> {
          return Optional.empty();
        }
        default -> {}
      }
    }
    if (failure instanceof WorkflowUpdateException update
        && String.valueOf(update.getCause()).contains("completed")) {
      return Optional.empty(); // it ended before it took this
    }
    throw new StoreException(
        "found no answer for %s (%s), expected one: it may have been taken, send it again with the same id"
            .formatted(instance, root),
        failure);
  }

  /** What of an instance the store may not have; empty if the server does not know it. */
  Optional<Tail> tail(String instance) {
    WorkflowStub stub = client.newUntypedWorkflowStub(place.workflow(instance));
    String why = "";
    for (int tries = 0; tries < MAX_QUERIES; tries++) {
      try {
        return Optional.of(
            Retrying.within(threads, QUERY, () -> stub.query(MachineWorkflow.TAIL, Tail.class)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      } catch (TimeoutException e) {
        why = "no answer within " + QUERY;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof WorkflowNotFoundException) {
          return Optional.empty();
        }
        why = String.valueOf(e.getCause());
      }
    }
    LOG.log(
        Level.WARNING,
        "no worker answers for {0}: what the store has of it may not be the newest ({1})",
        instance,
        why);
    return Optional.empty();
  }

  /** As {@link TemporalEngine#promote}. */
  int promote(WorkerDeploymentVersion version) {
    return Deployment.promote(client, place, version);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
