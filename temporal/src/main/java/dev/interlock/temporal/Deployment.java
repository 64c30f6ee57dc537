package dev.interlock.temporal;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.SetWorkerDeploymentCurrentVersionRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowExecutionMetadata;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.common.WorkerDeploymentVersion;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A deployment of workers, of which one version is current. */
final class Deployment {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int MAX_LOOKS = 60;

  private Deployment() {}

  /** As {@link TemporalEngine#promote}. */
  static int promote(WorkflowClient client, Place place, WorkerDeploymentVersion version) {
    makeCurrent(client, version);
    String others =
        "WorkflowType = '%s' AND TaskQueue = '%s' AND ExecutionStatus = 'Running' AND (TemporalWorkerDeploymentVersion IS NULL OR TemporalWorkerDeploymentVersion != '%s:%s')"
            .formatted(
                MachineWorkflow.TYPE,
                place.taskQueue(),
                version.getDeploymentName(),
                version.getBuildId());
    List<String> open;
    try (Stream<WorkflowExecutionMetadata> found = client.listExecutions(others)) {
      open = found.map(each -> each.getExecution().getWorkflowId()).toList();
    }
    int told = 0;
    for (String workflow : open) {
      try {
        client.newUntypedWorkflowStub(workflow).signal(MachineWorkflow.LOOK);
        told++;
      } catch (WorkflowNotFoundException e) {
        // it has ended
      }
    }
    return told;
  }

  private static void makeCurrent(WorkflowClient client, WorkerDeploymentVersion version) {
    SetWorkerDeploymentCurrentVersionRequest request =
        SetWorkerDeploymentCurrentVersionRequest.newBuilder()
            .setNamespace(client.getOptions().getNamespace())
            .setDeploymentName(version.getDeploymentName())
            .setBuildId(version.getBuildId())
            .setIgnoreMissingTaskQueues(true)
            .build();
    for (int look = 1; ; look++) {
      try {
        var unused =
            client
                .getWorkflowServiceStubs()
                .blockingStub()
                .setWorkerDeploymentCurrentVersion(request);
        return;
      } catch (StatusRuntimeException e) {
        Status.Code code = e.getStatus().getCode();
        boolean early = code == Status.Code.NOT_FOUND || code == Status.Code.FAILED_PRECONDITION;
        if (!early || look == MAX_LOOKS) {
          throw new IllegalStateException(
              "found no way to make build %s the current one of the deployment %s (%s), expected a worker of it on a server that knows versions"
                  .formatted(version.getBuildId(), version.getDeploymentName(), e.getStatus()),
              e);
        }
      }
      try {
        Thread.sleep(LOOK);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for the server", e);
      }
    }
  }
}
