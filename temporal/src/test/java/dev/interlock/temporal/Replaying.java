package dev.interlock.temporal;

import dev.interlock.core.journal.Store;
import dev.interlock.engine.Loading;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Settings;
import io.temporal.api.history.v1.History;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.testing.WorkflowReplayer;
import io.temporal.worker.Worker;
import java.time.Duration;

/**
 * Decides runs again from their history, as any worker of this build would that has not seen them.
 */
final class Replaying implements AutoCloseable {
  private final TestWorkflowEnvironment environment = TestWorkflowEnvironment.newInstance();
  private final Worker worker = environment.newWorker("replaying");

  /** How far a test had moved time when the run began. */
  private Duration ticked = Duration.ZERO;

  /**
   * @param updates how many a run takes before it goes on as a new one
   */
  Replaying(Store store, Machines machines, Settings settings, int updates) {
    Loading loading = Stored.machines(store, machines);
    Plan plan = new Plan(loading::machine, new Journals(store, loading), settings, updates);
    TemporalWorker.register(
        worker, plan, (begin, given) -> new TickingRun(begin, given, null, ticked));
  }

  /**
   * @param ticked how far a test had moved time when the run began
   * @throws Exception if what is decided is not what the history has
   */
  void replay(History history, Duration ticked) throws Exception {
    this.ticked = ticked;
    WorkflowReplayer.replayWorkflowExecution(new WorkflowExecutionHistory(history), worker);
  }

  @Override
  public void close() {
    environment.close();
  }
}
