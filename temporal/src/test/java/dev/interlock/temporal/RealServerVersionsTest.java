package dev.interlock.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Outcome;
import dev.interlock.engine.Ports;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineSuite;
import dev.interlock.testkit.InMemoryStore;
import io.temporal.common.WorkerDeploymentVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Two versions of the workers, one after the other. */
@EnabledIfEnvironmentVariable(named = RealServer.ADDRESS, matches = ".+")
@SuppressWarnings("NullAway.Init") // opened before each test
class RealServerVersionsTest extends EngineSuite {
  private final List<TemporalWorker> workers = new ArrayList<>();
  private RealServer server;

  @Override
  protected Running open(ContractMachine.World world) {
    server = new RealServer(new InMemoryStore());
    return new Alone(
        TemporalEngine.open(
            server.client(), server.place(), server.store(), OnTemporal.machines(), server.clock()),
        server);
  }

  @AfterEach
  void closeWorkers() {
    workers.forEach(TemporalWorker::close);
  }

  private WorkerDeploymentVersion version(String build) {
    return new WorkerDeploymentVersion("d" + server.place().taskQueue(), build);
  }

  private TemporalWorker worker(String build) {
    TemporalWorker worker =
        TemporalWorker.open(
            server.client(),
            server.place(),
            server.store(),
            OnTemporal.machines(),
            new Ports(world.model(), world.tools(), Map.of("main", world.desk()), server.clock()),
            OnTemporal.settings(),
            Nearby.NOBODY,
            server::run,
            new TemporalWorker.Options(Concurrency.DEFAULT, version(build)));
    workers.add(worker);
    return worker;
  }

  private int promote(String build) {
    return ((TemporalEngine) engine).promote(version(build));
  }

  /** The build that carries its newest run. */
  private String build(String id) {
    return server
        .client()
        .newUntypedWorkflowStub(server.place().workflow(id))
        .describe()
        .getWorkflowExecutionInfo()
        .getVersioningInfo()
        .getDeploymentVersion()
        .getBuildId();
  }

  @Test
  void instancesGoOnWithTheCurrentVersionOnceTheyRest() {
    TemporalWorker first = worker("1");
    promote("1");
    world.tools().answer("d.lend", "lent");
    begin("a", call("d.lend", Map.of("item", "laptop")), "It waits.", "Hello again.");
    begin("b", "Hello.", "Hello again.");
    parked("a");
    awaitInstance("b", "it waits", this::rests);
    assertThat(build("a")).isEqualTo("1");

    worker("2");
    taken(engine.send(ANA, "b", "m2", "go on"));
    awaitInstance("b", "it waits", it -> rests(it) && it.questions() == 2);
    assertThat(build("b")).as("nobody was promoted").isEqualTo("1");

    await("it is found", () -> server.client().listExecutions(open()).count() == 2);
    assertThat(promote("2")).isEqualTo(2);
    await("both go on", () -> build("a").equals("2") && build("b").equals("2"));
    first.close();
    taken(engine.send(ANA, "a", "m2", "go on"));
    awaitInstance("a", "it waits", it -> rests(it) && it.questions() == 3);
    assertThat(outcomes("a", Outcome.ReplyTaken.class)).hasSize(3);
    begin("c", "Hello.");
    awaitInstance("c", "it waits", this::rests);
    assertThat(build("c")).isEqualTo("2");
  }

  /** As {@code temporal workflow update-options} does it, to keep an instance with a build. */
  @Test
  void instanceThatIsKeptWithItsBuildDoesNotGoOnAgainAndAgain() throws Exception {
    worker("1");
    promote("1");
    begin("a", "Hello.", "Hello again.");
    awaitInstance("a", "it waits", this::rests);
    server.pin("a", version("1"));
    worker("2");
    promote("2");
    await("it is told", () -> server.runs("a").size() > 1);
    Thread.sleep(4_000); // the server begins no more than a run a second

    assertThat(server.runs("a")).hasSize(2);
    taken(engine.send(ANA, "a", "m2", "go on"));
    awaitInstance("a", "it waits", it -> rests(it) && it.questions() == 2);
    await("its newest run is there", () -> build("a").equals("1"));
  }

  private String open() {
    return "TaskQueue = '%s' AND ExecutionStatus = 'Running'".formatted(server.place().taskQueue());
  }
}
