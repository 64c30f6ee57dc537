package dev.interlock.local;

import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteEngineContractTest extends EngineContract {
  @TempDir Path folder;

  @Override
  protected Running open(ContractMachine.World world) {
    return new LocalRunning(world, () -> SqliteStore.open(folder.resolve("cases.db")));
  }
}
