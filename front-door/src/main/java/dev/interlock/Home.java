package dev.interlock;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Store;
import dev.interlock.engine.Step;
import dev.interlock.local.LocalEngine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An engine, and what only the place where it runs can say of it. Closing it closes its store. */
interface Home extends AutoCloseable {
  Engine engine();

  /** Whether nothing is in flight for an instance: it ended, or only waits. */
  boolean atRest(String instance);

  /** Takes up what is in flight of an instance, where that is for this process to do. */
  void carryOn(String instance);

  List<Store.Count> counts();

  AutoCloseable observe(Consumer<Step> observer);

  /** This process's own engine, if it is that. */
  default Optional<LocalEngine> local() {
    return Optional.empty();
  }

  /**
   * Closes, and waits no longer than that for writes in flight.
   *
   * @param limit null means to the time-out of each
   */
  void close(@Nullable Duration limit);

  @Override
  default void close() {
    close(null);
  }

  /** In this process. */
  static Home of(LocalEngine engine) {
    return new Home() {
      @Override
      public Engine engine() {
        return engine;
      }

      @Override
      public boolean atRest(String instance) {
        return engine.atRest(instance);
      }

      @Override
      public void carryOn(String instance) {
        engine.carryOn(instance);
      }

      @Override
      public List<Store.Count> counts() {
        return engine.counts();
      }

      @Override
      public AutoCloseable observe(Consumer<Step> observer) {
        return engine.observe(observer);
      }

      @Override
      public Optional<LocalEngine> local() {
        return Optional.of(engine);
      }

      @Override
      public void close(@Nullable Duration limit) {
        engine.close(limit);
      }
    };
  }
}
