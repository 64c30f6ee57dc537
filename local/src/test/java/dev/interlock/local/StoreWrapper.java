package dev.interlock.local;

import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A store that a test may hold up, cut off or make unreliable. It closes nothing. */
class StoreWrapper implements Store {
  private final Store inside;
  private volatile Consumer<List<Write>> before = writes -> {};
  private volatile Runnable beforeDue = () -> {};
  private volatile UnaryOperator<List<Write>> written = writes -> writes;

  StoreWrapper(Store inside) {
    this.inside = inside;
  }

  /** What happens before each commit from now on; what it throws is what the commit throws. */
  StoreWrapper beforeCommit(Consumer<List<Write>> check) {
    before = check;
    return this;
  }

  /** What happens each time that it is asked for due timers. */
  StoreWrapper beforeDue(Runnable check) {
    beforeDue = check;
    return this;
  }

  /** As if the process had died: nothing more is written. */
  void cutOff() {
    before =
        writes -> {
          throw new StoreException("cut off", null);
        };
  }

  /** Writes of that kind are lost. */
  StoreWrapper without(Class<? extends Write> kind) {
    written = writes -> writes.stream().filter(write -> !kind.isInstance(write)).toList();
    return this;
  }

  @Override
  public void commit(List<Write> writes) {
    before.accept(writes);
    List<Write> now = written.apply(writes);
    if (!now.isEmpty()) {
      inside.commit(now);
    }
  }

  @Override
  public Optional<Row> row(String instance) {
    return inside.row(instance);
  }

  @Override
  public List<Row> rows(Filter filter, @Nullable Principal seenBy) {
    return inside.rows(filter, seenBy);
  }

  @Override
  public List<Count> counts() {
    return inside.counts();
  }

  @Override
  public List<String> live(String afterId, int limit) {
    return inside.live(afterId, limit);
  }

  @Override
  public List<Due> due(Instant dueBefore, int limit) {
    beforeDue.run();
    return inside.due(dueBefore, limit);
  }

  @Override
  public Optional<Snapshot> snapshot(String instance) {
    return inside.snapshot(instance);
  }

  @Override
  public List<SealedEntry> entries(String instance, long afterSeq, int limit) {
    return inside.entries(instance, afterSeq, limit);
  }

  @Override
  public Optional<String> key(String instance) {
    return inside.key(instance);
  }

  @Override
  public Optional<String> result(String instance, String ref) {
    return inside.result(instance, ref);
  }

  @Override
  public Optional<byte[]> document(String instance, String hash) {
    return inside.document(instance, hash);
  }

  @Override
  public Map<String, Long> documents(String instance) {
    return inside.documents(instance);
  }

  @Override
  public Optional<Mark> mark(String instance, String key) {
    return inside.mark(instance, key);
  }

  @Override
  public boolean seen(String instance, String id) {
    return inside.seen(instance, id);
  }

  @Override
  public Optional<PutMachine> machine(String pin) {
    return inside.machine(pin);
  }

  @Override
  public void close() {}
}
