package dev.interlock.local;

import dev.interlock.core.engine.Documents;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Prompted;
import dev.interlock.engine.Loading;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is in a store, for those who may see it. Of use where no engine runs; the store stays the
 * caller's to close. Thread-safe.
 */
public final class StoreReader {
  private final Store store;
  private final Loading loading;

  /**
   * @param compile makes a machine of what is stored of it
   */
  public StoreReader(Store store, Function<Store.PutMachine, Machine> compile) {
    this.store = store;
    this.loading = new Loading(store, compile);
  }

  /** As {@link Engine#get}. */
  public Optional<Engine.View> get(Principal by, String instance) {
    return loading.load(instance).flatMap(live -> Loading.view(live, by));
  }

  /** As {@link Engine#journal}. */
  public List<Entry> journal(Principal by, String instance, long afterSeq) {
    return loading
        .load(instance)
        .map(live -> loading.journal(live, afterSeq, by))
        .orElse(List.of());
  }

  /** As {@link Engine#prompt}. */
  public Optional<Prompted> prompt(Principal by, String instance, long seq) {
    return loading
        .load(instance)
        .flatMap(live -> loading.prompt(live, loading.journal(instance, 0), seq, by));
  }

  /** As {@link Engine#document}. */
  public Optional<Attachment> document(Principal by, String instance, String hash) {
    return get(by, instance)
        .flatMap(seen -> Documents.shown(seen, () -> journal(by, instance, 0), hash))
        .flatMap(document ->
            store.document(instance, hash).map(bytes -> Attachment.of(document.name(), bytes)));
  }

  /** As {@link Engine#list}. */
  public List<Store.Row> list(Principal by, Store.Filter filter) {
    return store.rows(filter, by.operator() ? null : by);
  }
}
