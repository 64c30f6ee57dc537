package dev.interlock.temporal;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Tool.Retry;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineSuite.Running;
import io.temporal.client.WorkflowClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** An engine and a worker. */
final class OnTemporal implements Running {
  private final Work work;
  private final Server server;
  private final boolean again;
  private final TemporalEngine engine;
  private final TemporalWorker worker;

  /** What they run on. It survives both. */
  interface Server extends AutoCloseable {
    WorkflowClient client();

    Store store();

    Place place();

    Clock clock();

    void tick(Duration by);

    MachineRun run(Payload.Begin begin, Plan plan);

    @Override
    void close();
  }

  /** What they do. */
  record Work(Machines machines, Ports ports, Settings settings) {}

  /** In the world of the contract. */
  OnTemporal(ContractMachine.World world, Server server, boolean again) {
    this(
        new Work(
            machines(),
            new Ports(world.model(), world.tools(), Map.of("main", world.desk()), server.clock()),
            settings()),
        server,
        again);
  }

  /**
   * @param again whether a worker can be started again on that server
   */
  OnTemporal(Work work, Server server, boolean again) {
    this.work = work;
    this.again = again;
    this.server = server;
    this.engine =
        TemporalEngine.open(
            server.client(), server.place(), server.store(), work.machines(), server.clock());
    this.worker =
        TemporalWorker.open(
            server.client(),
            server.place(),
            server.store(),
            work.machines(),
            work.ports(),
            work.settings(),
            engine.nearby(),
            server::run,
            TemporalWorker.Options.DEFAULT);
  }

  static Machines machines() {
    return ContractMachine.machines();
  }

  static Settings settings() {
    return Settings.DEFAULT
        .withSettleAfter(ContractMachine.SETTLE_AFTER)
        .withQuestionRetry(new Retry(3, Duration.ofMillis(1)));
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public void tick(Duration by) {
    server.tick(by);
  }

  /** It does so by itself; looked at too often, its server has no time for it. */
  @Override
  public void settle() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void learn(Store.PutMachine machine) {
    server.store().commit(List.of(machine));
  }

  @Override
  public Running restart() {
    if (!again) {
      String why =
          "NOT RUN: this server hands tasks to workers that are gone; a real one is needed";
      System.err.println(why);
      Assumptions.abort(why);
    }
    worker.close();
    engine.close();
    return new OnTemporal(work, server, true);
  }

  @Override
  public void close() {
    worker.close();
    engine.close();
    server.close();
  }
}
