package dev.interlock.temporal;

import dev.interlock.core.journal.Store;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineContract;
import dev.interlock.testkit.InMemoryStore;
import io.temporal.client.WorkflowClient;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;

/**
 * On the SDK's own server, whose time skips. It hands tasks to workers that are gone: tests that
 * start a worker again are not run here, and say so.
 */
class TestServerEngineContractTest extends EngineContract {
  @Override
  protected Running open(ContractMachine.World world) {
    TestEnvironmentOptions.Builder options = TestEnvironmentOptions.newBuilder();
    Attributes.ALL.forEach(
        key -> options.registerSearchAttribute(key.getName(), key.getValueType()));
    TestWorkflowEnvironment server = TestWorkflowEnvironment.newInstance(options.build());
    return new OnTemporal(world, new Skipping(server, new InMemoryStore()), false);
  }

  private record Skipping(TestWorkflowEnvironment server, Store store)
      implements OnTemporal.Server {
    @Override
    public WorkflowClient client() {
      return server.getWorkflowClient();
    }

    @Override
    public Place place() {
      return new Place("contract");
    }

    @Override
    public Clock clock() {
      InstantSource time = () -> Instant.ofEpochMilli(server.currentTimeMillis());
      return time.withZone(ZoneOffset.UTC);
    }

    @Override
    public void tick(Duration by) {
      server.sleep(by);
    }

    @Override
    public MachineRun run(Payload.Begin begin, Plan plan) {
      return new MachineRun(begin, plan);
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
