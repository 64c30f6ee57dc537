package dev.interlock.local;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The durable engine for one process. */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class LocalEngine implements Engine {
  private LocalEngine() {}

  /**
   * Opens an engine and takes up what was in flight. It owns the store, and closes it.
   *
   * @throws Store.StoreException if the store cannot be read
   */
  public static LocalEngine open(Store store, Machines machines, Ports ports, Settings settings) {
    throw new UnsupportedOperationException("" + store + machines + ports + settings);
  }

  /** Whether nothing is in flight for an instance: it ended, or only waits. */
  public boolean atRest(String instance) {
    throw new UnsupportedOperationException(instance);
  }

  @Override
  public Acknowledgement start(
      Principal by,
      String machine,
      @Nullable String id,
      @Nullable Principal caller,
      Map<String, Object> input) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Acknowledgement send(Principal by, String instance, @Nullable String id, String text) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Acknowledgement event(
      Principal by, String instance, @Nullable String id, String name, @Nullable Object payload) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Acknowledgement answer(Principal by, String instance, @Nullable String id, Answer answer) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Acknowledgement resolve(
      Principal by, String instance, int call, boolean happened, @Nullable String result) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Acknowledgement resume(
      Principal by, String instance, String state, Map<Budget, Decimal> grants) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Acknowledgement cancel(Principal by, String instance, String why) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<View> get(Principal by, String instance) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Entry> journal(Principal by, String instance, long afterSeq) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Store.Row> list(Principal by, Store.Filter filter) {
    throw new UnsupportedOperationException();
  }

  @Override
  public AutoCloseable watch(Principal by, @Nullable String instance, Consumer<Entry> watcher) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
