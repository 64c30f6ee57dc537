package dev.interlock.temporal;

import dev.interlock.core.journal.Store;
import dev.interlock.engine.Loading;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.WorkflowImplementationOptions;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Carries instances on, beside any number of others on the same task queue. */
public final class TemporalWorker implements AutoCloseable {
  /** How long a workflow may decide before that counts as stuck: loading a machine takes time. */
  private static final Duration DECIDING = Duration.ofSeconds(10);

  private final WorkerFactory factory;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private TemporalWorker(WorkflowClient client) {
    this.factory = WorkerFactory.newInstance(client);
  }

  /**
   * Starts a worker.
   *
   * @param store where journals lie: the same one for all workers and engines
   * @param engine whose watchers hear what passes in this process
   */
  public static TemporalWorker open(
      WorkflowClient client,
      Place place,
      Store store,
      Machines machines,
      Ports ports,
      Settings settings,
      TemporalEngine engine) {
    return open(client, place, store, machines, ports, settings, engine.nearby(), MachineRun::new);
  }

  /** As the other one, where nobody watches in this process. */
  public static TemporalWorker open(
      WorkflowClient client,
      Place place,
      Store store,
      Machines machines,
      Ports ports,
      Settings settings) {
    return open(client, place, store, machines, ports, settings, Nearby.NOBODY, MachineRun::new);
  }

  static TemporalWorker open(
      WorkflowClient client,
      Place place,
      Store store,
      Machines machines,
      Ports ports,
      Settings settings,
      Nearby nearby,
      Plan.Runs runs) {
    TemporalWorker opened = new TemporalWorker(client);
    Worker worker =
        opened.factory.newWorker(
            place.taskQueue(),
            WorkerOptions.newBuilder()
                .setDefaultDeadlockDetectionTimeout(DECIDING.toMillis())
                .setUsingVirtualThreadsOnActivityWorker(true)
                .setUsingVirtualThreadsOnLocalActivityWorker(true)
                .build());
    register(worker, store, machines, ports, settings, opened.threads, nearby, runs);
    opened.factory.start();
    return opened;
  }

  /**
   * Has a worker of the application's own carry instances too. Its deadlock detection must leave
   * room for loading a machine, about a second.
   *
   * @param threads for what must end in time; the caller closes it after the worker
   */
  public static void register(
      Worker worker,
      Store store,
      Machines machines,
      Ports ports,
      Settings settings,
      ExecutorService threads) {
    register(worker, store, machines, ports, settings, threads, Nearby.NOBODY, MachineRun::new);
  }

  private static void register(
      Worker worker,
      Store store,
      Machines machines,
      Ports ports,
      Settings settings,
      ExecutorService threads,
      Nearby nearby,
      Plan.Runs runs) {
    Loading loading = Stored.machines(store, machines);
    Plan plan = new Plan(loading::machine, settings, Plan.MAX_UPDATES);
    worker.registerWorkflowImplementationFactory(
        MachineWorkflow.class,
        arguments -> runs.begin(arguments.get(0, Payload.Begin.class), plan).listening(),
        WorkflowImplementationOptions.getDefaultInstance());
    worker.registerActivitiesImplementations(
        new Effector(new Journals(store, loading), store, ports, settings, threads, nearby));
  }

  @Override
  public void close() {
    close(Duration.ofMinutes(5));
  }

  /**
   * Takes nothing new, and waits no longer than that for what is under way. What is interrupted
   * then is tried again by another worker; a write is then of unknown outcome.
   */
  public void close(Duration limit) {
    factory.shutdown();
    factory.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
    factory.shutdownNow();
    threads.shutdownNow();
    factory.awaitTermination(5, TimeUnit.SECONDS);
  }
}
