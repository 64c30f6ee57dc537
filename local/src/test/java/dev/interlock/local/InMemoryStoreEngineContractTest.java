package dev.interlock.local;

import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineContract;
import dev.interlock.testkit.InMemoryStore;

class InMemoryStoreEngineContractTest extends EngineContract {
  private final InMemoryStore store = new InMemoryStore();

  @Override
  protected Running open(ContractMachine.World world) {
    return new LocalRunning(world, () -> store);
  }
}
