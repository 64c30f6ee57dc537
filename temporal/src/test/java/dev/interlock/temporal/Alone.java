package dev.interlock.temporal;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.testkit.EngineSuite.Running;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** An engine whose workers are elsewhere. */
record Alone(Engine engine, RealServer server) implements Running {
  @Override
  public void tick(Duration by) {
    server.tick(by);
  }

  @Override
  public void settle() {
    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
  }

  @Override
  public void learn(Store.PutMachine machine) {
    server.store().commit(List.of(machine));
  }

  @Override
  public Running restart() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    engine.close();
    server.close();
  }
}
