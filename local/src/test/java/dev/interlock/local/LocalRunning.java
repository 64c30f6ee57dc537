package dev.interlock.local;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Tool.Retry;
import dev.interlock.engine.Machines;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Settings;
import dev.interlock.testkit.ContractMachine;
import dev.interlock.testkit.EngineSuite.Running;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A local engine in the world of the contract, opened again on what {@code stores} gives. */
final class LocalRunning implements Running {
  private final ContractMachine.World world;
  private final Supplier<Store> stores;
  private final Store store;
  private final LocalEngine engine;

  LocalRunning(ContractMachine.World world, Supplier<Store> stores) {
    this.world = world;
    this.stores = stores;
    this.store = stores.get();
    this.engine = LocalEngine.open(store, machines(), ports(world), settings());
  }

  static Machines machines() {
    return ContractMachine.machines();
  }

  static Ports ports(ContractMachine.World world) {
    return new Ports(world.model(), world.tools(), Map.of("main", world.desk()), world.clock());
  }

  static Settings settings() {
    return Settings.DEFAULT
        .withSettleAfter(ContractMachine.SETTLE_AFTER)
        .withQuestionRetry(new Retry(3, Duration.ofMillis(1)))
        .withClockCheck(Duration.ofMillis(5));
  }

  @Override
  public Engine engine() {
    return engine;
  }

  @Override
  public void tick(Duration by) {
    world.clock().tick(by);
  }

  /** It does so by itself. */
  @Override
  public void settle() {}

  @Override
  public void learn(Store.PutMachine machine) {
    store.commit(List.of(machine));
  }

  @Override
  public Running restart() {
    engine.close();
    return new LocalRunning(world, stores);
  }

  @Override
  public void close() {
    engine.close();
  }
}
