package dev.interlock.temporal;

import dev.interlock.core.journal.Store;
import dev.interlock.engine.Loading;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import io.temporal.client.WorkflowClient;
import io.temporal.common.VersioningBehavior;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerDeploymentOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import io.temporal.worker.WorkflowImplementationOptions;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Carries instances on, beside any number of others on the same task queue. */
public final class TemporalWorker implements AutoCloseable {
  /** How long a workflow may decide before that counts as stuck: loading a machine takes time. */
  private static final Duration DECIDING = Duration.ofSeconds(10);

  private final WorkerFactory factory;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable Effector effector;

  private TemporalWorker(WorkflowClient client, Options options) {
    this.factory =
        WorkerFactory.newInstance(
            client,
            WorkerFactoryOptions.newBuilder()
                .setWorkflowCacheSize(options.concurrency().cachedWorkflows())
                .setMaxWorkflowThreadCount(options.concurrency().threads())
                .setUsingVirtualWorkflowThreads(true)
                .build());
  }

  /**
   * How it works beside others.
   *
   * @param version of the deployment that it belongs to; null if workers are not told apart. A run
   *     then stays with workers of its version, and goes on with those of the deployment's current
   *     one at the end of a turn
   */
  public record Options(Concurrency concurrency, @Nullable WorkerDeploymentVersion version) {
    /** Of no deployment. */
    public static final Options DEFAULT = new Options(Concurrency.DEFAULT, null);
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
      TemporalEngine engine,
      Options options) {
    return open(
        client, place, store, machines, ports, settings, engine.nearby(), MachineRun::new, options);
  }

  /** As the other one, where nobody watches in this process, with the default options. */
  public static TemporalWorker open(
      WorkflowClient client,
      Place place,
      Store store,
      Machines machines,
      Ports ports,
      Settings settings) {
    return open(
        client,
        place,
        store,
        machines,
        ports,
        settings,
        Nearby.NOBODY,
        MachineRun::new,
        Options.DEFAULT);
  }

  static TemporalWorker open(
      WorkflowClient client,
      Place place,
      Store store,
      Machines machines,
      Ports ports,
      Settings settings,
      Nearby nearby,
      Plan.Runs runs,
      Options options) {
    TemporalWorker opened = new TemporalWorker(client, options);
    WorkerOptions.Builder worker =
        WorkerOptions.newBuilder()
            .setDefaultDeadlockDetectionTimeout(DECIDING.toMillis())
            .setMaxConcurrentActivityExecutionSize(options.concurrency().activities())
            .setMaxConcurrentWorkflowTaskExecutionSize(options.concurrency().workflowTasks())
            .setUsingVirtualThreadsOnActivityWorker(true)
            .setUsingVirtualThreadsOnLocalActivityWorker(true)
            .setAllowActivityHeartbeatDuringShutdown(true);
    if (options.version() != null) {
      worker.setDeploymentOptions(
          WorkerDeploymentOptions.newBuilder()
              .setUseVersioning(true)
              .setVersion(options.version())
              .setDefaultVersioningBehavior(VersioningBehavior.PINNED)
              .build());
    }
    opened.effector =
        register(
            opened.factory.newWorker(place.taskQueue(), worker.build()),
            store,
            machines,
            ports,
            settings,
            opened.threads,
            nearby,
            runs);
    opened.factory.start();
    return opened;
  }

  /**
   * Has a worker of the application's own carry instances too. Its options must leave room for
   * loading a machine (deadlock detection of some seconds), and allow heartbeats during shutdown:
   * else a write that is under way when it closes counts as lost.
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
    var unused =
        register(worker, store, machines, ports, settings, threads, Nearby.NOBODY, MachineRun::new);
  }

  private static Effector register(
      Worker worker,
      Store store,
      Machines machines,
      Ports ports,
      Settings settings,
      ExecutorService threads,
      Nearby nearby,
      Plan.Runs runs) {
    Loading loading = Stored.machines(store, machines);
    Journals journals = new Journals(store, loading, nearby);
    register(worker, new Plan(loading::machine, journals, settings, Plan.MAX_UPDATES), runs);
    Effector effector = new Effector(journals, store, ports, settings, threads, nearby);
    worker.registerActivitiesImplementations(effector);
    return effector;
  }

  /** Has a worker decide. */
  static void register(Worker worker, Plan plan, Plan.Runs runs) {
    worker.registerWorkflowImplementationFactory(
        MachineWorkflow.class,
        arguments -> runs.begin(arguments.get(0, Payload.Begin.class), plan).listening(),
        WorkflowImplementationOptions.getDefaultInstance());
  }

  @Override
  public void close() {
    close(Duration.ofMinutes(5));
  }

  /**
   * Takes nothing new, abandons questions, which another worker asks again, and waits no longer
   * than that for what else is under way. A write that is interrupted then is of unknown outcome.
   */
  public void close(Duration limit) {
    factory.shutdown();
    if (effector != null) {
      effector.drain();
    }
    factory.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
    factory.shutdownNow();
    threads.shutdownNow();
    factory.awaitTermination(5, TimeUnit.SECONDS);
  }
}
