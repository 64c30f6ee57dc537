package dev.interlock.local;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** The engine of another process: the contract, through a socket. */
class SocketEngineContractTest extends EngineContract {
  @TempDir Path folder;

  @Override
  protected Running open(ContractMachine.World world) {
    return new Remote(world, folder.resolve("cases.db"));
  }

  private static final class Remote implements Running {
    private final ContractMachine.World world;
    private final Path file;
    private final LocalRunning owner;
    private final SocketServer server;
    private final Engine client;

    Remote(ContractMachine.World world, Path file) {
      this.world = world;
      this.file = file;
      Store store = SqliteStore.open(file);
      this.owner = new LocalRunning(world, () -> store);
      this.server =
          SocketServer.open(
              file, new SocketServer.Served(owner.engine(), store, Map.of()), Speakers.OWNER_ONLY);
      this.client = SocketClient.connect(file, LocalRunning.machines().compile()).orElseThrow();
    }

    @Override
    public Engine engine() {
      return client;
    }

    @Override
    public void tick(Duration by) {
      owner.tick(by);
    }

    @Override
    public void settle() {}

    @Override
    public void learn(Store.PutMachine machine) {
      owner.learn(machine);
    }

    @Override
    public Running restart() {
      close();
      return new Remote(world, file);
    }

    @Override
    public void close() {
      client.close();
      server.close();
      owner.close();
    }
  }
}
