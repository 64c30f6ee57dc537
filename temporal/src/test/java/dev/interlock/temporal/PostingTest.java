package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowServiceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostingTest {
  private static WorkflowServiceException failure(Status status, String said) {
    return new WorkflowServiceException(
        WorkflowExecution.newBuilder().setWorkflowId("order-1").build(),
        "InterlockMachine",
        status.withDescription(said).asRuntimeException());
  }

  /** As the server says it before and while a worker fails a decision. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Unable to perform workflow execution update due to Workflow Task in failed state.",
        "Unable to perform workflow execution update due to unexpected workflow task failure."
      })
  void whatNoWorkerCouldLookAtIsSentAgain(String said) {
    assertThat(Posting.unseen(failure(Status.FAILED_PRECONDITION, said))).isTrue();
    assertThat(Posting.unseen(failure(Status.UNKNOWN, said))).isFalse();
  }

  @Test
  void otherConditionsAreNotWaitedFor() {
    assertThat(Posting.unseen(failure(Status.FAILED_PRECONDITION, "namespace is read-only")))
        .isFalse();
  }
}
