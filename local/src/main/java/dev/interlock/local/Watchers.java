package dev.interlock.local;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Redaction;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Those who see entries as they are committed. A slow one misses entries; it holds nobody up. */
final class Watchers implements AutoCloseable {
  /** The most entries that wait for one watcher. */
  static final int MAX_WAITING = 1_000;

  private final List<Watcher> all = new CopyOnWriteArrayList<>();

  AutoCloseable add(Principal by, @Nullable String instance, Consumer<Entry> to) {
    Watcher watcher = new Watcher(by, instance, to);
    all.add(watcher);
    return () -> {
      all.remove(watcher);
      watcher.thread.interrupt();
    };
  }

  void tell(Machine machine, Instance instance, Entry entry) {
    for (Watcher watcher : all) {
      watcher.offer(machine, instance, entry);
    }
  }

  @Override
  public void close() {
    all.forEach(watcher -> watcher.thread.interrupt());
    all.clear();
  }

  private static final class Watcher {
    private final BlockingQueue<Entry> queue = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Principal by;
    private final @Nullable String instance;
    private final Consumer<Entry> to;
    private final Thread thread;

    Watcher(Principal by, @Nullable String instance, Consumer<Entry> to) {
      this.by = by;
      this.instance = instance;
      this.to = to;
      this.thread = Thread.ofVirtual().name("interlock-watcher").start(this::run);
    }

    void offer(Machine machine, Instance changed, Entry entry) {
      boolean wanted = instance == null || instance.equals(changed.id());
      if (wanted && changed.readableBy(by)) {
        boolean unused = queue.offer(Redaction.of(machine, changed, List.of(entry), by).getFirst());
      }
    }

    private void run() {
      try {
        while (true) {
          to.accept(queue.take());
        }
      } catch (InterruptedException e) {
        // it watches no more
      }
    }
  }
}
