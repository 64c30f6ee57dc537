package dev.interlock.testkit;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.engine.Machines;
import java.time.Duration;

class InMemoryEngineContractTest extends EngineContract {
  @Override
  protected Running open(ContractMachine.World world) {
    InMemoryEngine engine =
        new InMemoryEngine(
                ContractMachine.machines().current().stream()
                    .map(Machines.Definition::machine)
                    .toList(),
                new InMemoryEngine.Parts(
                    world.clock(),
                    world.model(),
                    world.tools(),
                    world.desk(),
                    ContractMachine.SETTLE_AFTER,
                    Decider.TRUE))
            .gated();
    return new InMemory(engine);
  }

  private record InMemory(InMemoryEngine inside) implements Running {
    @Override
    public Engine engine() {
      return inside;
    }

    @Override
    public void tick(Duration by) {
      inside.tick(by);
    }

    @Override
    public void settle() {
      inside.settle();
    }

    @Override
    public void learn(Store.PutMachine machine) {
      inside.know(ContractMachine.compile(machine.text(), machine.lock()));
    }

    @Override
    public Running restart() {
      inside.restart();
      return this;
    }

    @Override
    public void close() {
      inside.close();
    }
  }
}
