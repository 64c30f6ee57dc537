package dev.interlock;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.engine.Step;
import dev.interlock.metrics.Meters;
import dev.interlock.temporal.Concurrency;
import dev.interlock.temporal.EncryptingCodec;
import dev.interlock.temporal.PayloadKeys;
import dev.interlock.temporal.Place;
import dev.interlock.temporal.TemporalEngine;
import dev.interlock.temporal.TemporalWorker;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An engine on a Temporal server, with a worker in this process or without. */
final class TemporalHome implements Home {
  /** Sees every instance, to tell whether it is at rest. */
  private static final Principal ALL = new Principal("interlock", List.of(Principal.OPERATOR));

  private final WorkflowServiceStubs stubs;
  private final Store store;
  private final TemporalEngine engine;
  private final @Nullable TemporalWorker worker;

  private TemporalHome(
      WorkflowServiceStubs stubs,
      Store store,
      TemporalEngine engine,
      @Nullable TemporalWorker worker) {
    this.stubs = stubs;
    this.store = store;
    this.engine = engine;
    this.worker = worker;
  }

  /**
   * Connects.
   *
   * @param meters of the SDK, or null for none
   * @param work whether this process carries instances too
   * @throws Store.StoreException if the server or the store cannot be used
   */
  static Home open(
      EngineAt.Temporal at,
      Store store,
      Machines machines,
      Ports ports,
      Settings settings,
      @Nullable Meters meters,
      boolean work) {
    WorkflowServiceStubs stubs = TemporalConnection.stubs(at, meters);
    try {
      stubs.connect(TemporalConnection.PATIENCE);
      WorkflowClientOptions.Builder clients =
          WorkflowClientOptions.newBuilder().setNamespace(at.namespace());
      if (!at.encryption().isEmpty()) {
        clients.setDataConverter(new EncryptingCodec(keys(at)).converter());
      }
      WorkflowClient client = WorkflowClient.newInstance(stubs, clients.build());
      Place place = new Place(at.taskQueue(), at.prefix());
      TemporalEngine engine = TemporalEngine.open(client, place, store, machines, ports.clock());
      TemporalWorker worker =
          work
              ? TemporalWorker.open(
                  client, place, store, machines, ports, settings, engine, options(at.worker()))
              : null;
      return new TemporalHome(stubs, store, engine, worker);
    } catch (RuntimeException e) {
      stubs.shutdownNow();
      throw e instanceof Store.StoreException known ? known : TemporalConnection.failed(at, e);
    }
  }

  private static TemporalWorker.Options options(EngineAt.WorkerAt worker) {
    return new TemporalWorker.Options(
        concurrency(worker),
        worker.deployment() == null || worker.buildId() == null
            ? null
            : new WorkerDeploymentVersion(worker.deployment(), worker.buildId()));
  }

  private static Concurrency concurrency(EngineAt.WorkerAt worker) {
    Concurrency standard = Concurrency.DEFAULT;
    return new Concurrency(
        or(worker.maxConcurrentActivities(), standard.activities()),
        or(worker.maxConcurrentWorkflowTasks(), standard.workflowTasks()),
        or(worker.maxCachedWorkflows(), standard.cachedWorkflows()));
  }

  private static int or(@Nullable Integer said, int standard) {
    return said == null ? standard : said;
  }

  private static PayloadKeys keys(EngineAt.Temporal at) {
    try {
      return new PayloadKeys(at.encryption());
    } catch (IllegalArgumentException e) {
      throw new Store.StoreException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public boolean atRest(String instance) {
    return engine.get(ALL, instance).map(Engine.View::instance).map(Instance::atRest).orElse(true);
  }

  /** The workers do. */
  @Override
  public void carryOn(String instance) {}

  @Override
  public List<Store.Count> counts() {
    return store.counts();
  }

  @Override
  public AutoCloseable observe(Consumer<Step> observer) {
    return engine.observe(observer);
  }

  @Override
  public void close(@Nullable Duration limit) {
    if (worker != null) {
      if (limit == null) {
        worker.close();
      } else {
        worker.close(limit);
      }
    }
    engine.close();
    stubs.shutdown();
    stubs.awaitTermination(5, TimeUnit.SECONDS);
    store.close();
  }
}
