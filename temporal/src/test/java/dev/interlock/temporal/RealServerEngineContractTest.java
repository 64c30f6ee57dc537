package dev.interlock.temporal;

import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineContract;
import dev.interlock.testkit.InMemoryStore;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** On a real server. */
@EnabledIfEnvironmentVariable(named = RealServer.ADDRESS, matches = ".+")
class RealServerEngineContractTest extends EngineContract {
  @Override
  protected Running open(ContractMachine.World world) {
    return new OnTemporal(world, new RealServer(new InMemoryStore()), true);
  }
}
