package dev.interlock.temporal;

import com.google.protobuf.FieldMask;
import dev.interlock.core.journal.Store;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.ResetReapplyExcludeType;
import io.temporal.api.history.v1.History;
import io.temporal.api.workflow.v1.VersioningOverride;
import io.temporal.api.workflow.v1.WorkflowExecutionOptions;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ResetWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.UpdateWorkflowExecutionOptionsRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.common.WorkerDeploymentVersion;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.workflow.Workflow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A server at {@code TEMPORAL_ADDRESS}, as {@code scripts/temporal-server start} says it. */
final class RealServer implements OnTemporal.Server {
  static final String ADDRESS = "TEMPORAL_ADDRESS";

  private final WorkflowServiceStubs stubs;
  private final WorkflowClient client;
  private final AtomicLong ticked = new AtomicLong();

  /** How far time was moved when a run began: the same when it is replayed. */
  private final Map<String, Long> begun = new ConcurrentHashMap<>();

  /** Of all instances here; the store may not have heard of the newest. */
  private final Set<String> workflows = ConcurrentHashMap.newKeySet();

  private final Store store;
  private final Place place;
  private final int updates;
  private final @Nullable Instant stands;

  RealServer(Store store) {
    this(store, Plan.MAX_UPDATES);
  }

  /**
   * @param address of another one
   */
  RealServer(Store store, String address) {
    this(store, Plan.MAX_UPDATES, address, null);
  }

  /**
   * @param updates how many a run takes before it goes on as a new one
   */
  RealServer(Store store, int updates) {
    this(store, updates, System.getenv(ADDRESS), null);
  }

  /**
   * @param stands where time stands until it is moved; null if it goes on by itself
   */
  RealServer(Store store, int updates, @Nullable Instant stands) {
    this(store, updates, System.getenv(ADDRESS), stands);
  }

  private RealServer(Store store, int updates, String address, @Nullable Instant stands) {
    this.stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget(address).build());
    this.client = WorkflowClient.newInstance(stubs);
    this.updates = updates;
    this.stands = stands;
    String own = UUID.randomUUID().toString();
    this.store = store;
    this.place = new Place(own, own + "/");
  }

  @Override
  public WorkflowClient client() {
    return client;
  }

  @Override
  public Store store() {
    return store;
  }

  @Override
  public Place place() {
    return place;
  }

  @Override
  public Clock clock() {
    InstantSource source = stands == null ? InstantSource.system() : InstantSource.fixed(stands);
    InstantSource time = () -> source.instant().plusMillis(ticked.get());
    return time.withZone(ZoneOffset.UTC);
  }

  @Override
  public void tick(Duration by) {
    long all = ticked.addAndGet(by.toMillis());
    for (String workflow : workflows) {
      try {
        client.newUntypedWorkflowStub(workflow).signal("tick", all);
      } catch (WorkflowNotFoundException e) {
        // it has ended
      }
    }
  }

  @Override
  public MachineRun run(Payload.Begin begin, Plan plan) {
    workflows.add(Workflow.getInfo().getWorkflowId()); // before time is read: a tick finds it
    long before = begun.computeIfAbsent(Workflow.getInfo().getRunId(), run -> ticked.get());
    Plan shorter = new Plan(plan.machines(), plan.journals(), plan.settings(), updates);
    return new TickingRun(begin, shorter, stands, Duration.ofMillis(before));
  }

  /** Of all instances. */
  List<Store.Row> rows() {
    return store.rows(new Store.Filter(null, null, null, null, null, 1_000), null);
  }

  /** How far time had been moved when a run began. */
  Duration begun(String run) {
    return Duration.ofMillis(begun.getOrDefault(run, 0L));
  }

  /** The events of each run of an instance, the first one first. */
  Map<String, History> runs(String instance) {
    String first =
        client
            .newUntypedWorkflowStub(place.workflow(instance))
            .describe()
            .getWorkflowExecutionInfo()
            .getFirstRunId();
    Map<String, History> runs = new LinkedHashMap<>();
    for (String run = first; !run.isEmpty(); ) {
      History events = client.fetchHistory(place.workflow(instance), run).getHistory();
      runs.put(run, events);
      run =
          events
              .getEvents(events.getEventsCount() - 1)
              .getWorkflowExecutionContinuedAsNewEventAttributes()
              .getNewExecutionRunId();
    }
    return runs;
  }

  /** Resets a run to where a workflow task was completed; what came after is forgotten. */
  void reset(String instance, long event) {
    stubs
        .blockingStub()
        .resetWorkflowExecution(
            ResetWorkflowExecutionRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setWorkflowExecution(
                    WorkflowExecution.newBuilder().setWorkflowId(place.workflow(instance)))
                .setWorkflowTaskFinishEventId(event)
                .setReason("a test")
                .setRequestId(UUID.randomUUID().toString())
                .addResetReapplyExcludeTypes(
                    ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE)
                .build());
  }

  /** Keeps an instance with the workers of a version. */
  void pin(String instance, WorkerDeploymentVersion version) {
    var pinned =
        VersioningOverride.PinnedOverride.newBuilder()
            .setBehavior(VersioningOverride.PinnedOverrideBehavior.PINNED_OVERRIDE_BEHAVIOR_PINNED)
            .setVersion(
                io.temporal.api.deployment.v1.WorkerDeploymentVersion.newBuilder()
                    .setDeploymentName(version.getDeploymentName())
                    .setBuildId(version.getBuildId()));
    stubs
        .blockingStub()
        .updateWorkflowExecutionOptions(
            UpdateWorkflowExecutionOptionsRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setWorkflowExecution(
                    WorkflowExecution.newBuilder().setWorkflowId(place.workflow(instance)))
                .setWorkflowExecutionOptions(
                    WorkflowExecutionOptions.newBuilder()
                        .setVersioningOverride(VersioningOverride.newBuilder().setPinned(pinned)))
                .setUpdateMask(FieldMask.newBuilder().addPaths("versioning_override"))
                .build());
  }

  /** Why activities of a run fail that are tried again. */
  String failing(String instance) {
    return stubs
        .blockingStub()
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setExecution(
                    WorkflowExecution.newBuilder().setWorkflowId(place.workflow(instance)))
                .build())
        .getPendingActivitiesList()
        .toString();
  }

  @Override
  public void close() {
    stubs.shutdownNow();
  }
}
