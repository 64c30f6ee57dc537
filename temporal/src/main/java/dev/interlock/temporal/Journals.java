package dev.interlock.temporal;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.journal.Store.Write;
import dev.interlock.core.prompt.Transcript;
import dev.interlock.engine.Live;
import dev.interlock.engine.Loading;
import dev.interlock.engine.Requests;
import dev.interlock.temporal.Payload.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The journals in the store, where many bring entries to. What is there is never written again; who
 * comes second reads what the first one wrote, and goes on from there. Thread-safe.
 */
final class Journals {
  /** How many instances are kept in memory, with their conversations. */
  private static final int MAX_KEPT = 200;

  private static final int KEY_BYTES = 32;

  /** How often somebody else may be first before that is taken for an error. */
  private static final int MAX_LOST_RACES = 20;

  private final Store store;
  private final Loading loading;
  private final Nearby nearby;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();
  private final Map<String, Live> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Live> eldest) {
          return size() > MAX_KEPT;
        }
      };

  /** Where nobody hears of it. */
  Journals(Store store, Loading loading) {
    this(store, loading, Nearby.NOBODY);
  }

  Journals(Store store, Loading loading, Nearby nearby) {
    this.store = store;
    this.loading = loading;
    this.nearby = nearby;
  }

  /**
   * Brings what a piece of work has along, where it is not there.
   *
   * @return the instance as the newest entry leaves it that the work knows
   * @throws StoreException if the store could not do it; nothing was written
   */
  Live bring(Work work) {
    ReentrantLock lock = locks.computeIfAbsent(work.instance(), id -> new ReentrantLock());
    lock.lock();
    try {
      Live newest = brought(work);
      return newest.instance().seq() == work.seq() ? newest : loading.at(newest, work.seq());
    } finally {
      lock.unlock();
      if (!lock.hasQueuedThreads()) {
        locks.remove(work.instance(), lock);
      }
    }
  }

  /**
   * An instance as an entry left it.
   *
   * @throws BehindException if the store does not have that entry
   */
  Instance at(String id, String pin, long seq) {
    return bring(new Work(id, pin, seq, List.of(), null)).instance();
  }

  private Live brought(Work work) {
    for (int race = 0; ; race++) {
      Live newest = newest(work.instance(), work.pin());
      try {
        Live after = append(newest, work.entries());
        if (after.instance().seq() < work.seq()) {
          forget(work.instance()); // another process may have brought more
          if (newest(work.instance(), work.pin()).instance().seq() > after.instance().seq()) {
            continue;
          }
          throw new BehindException(work.instance(), after.instance().seq(), work.seq());
        }
        keep(after);
        return after;
      } catch (Store.ConflictException e) { // somebody else was first
        forget(work.instance());
        if (race == MAX_LOST_RACES) {
          throw e;
        }
      }
    }
  }

  /** What is there already must be what was brought: else the run was reset, and decided again. */
  private void compare(Live newest, List<Entry> entries) {
    long first = entries.isEmpty() ? Long.MAX_VALUE : entries.getFirst().seq();
    if (first > newest.instance().seq()) {
      return;
    }
    String id = newest.instance().id();
    int both = (int) Math.min(entries.size(), newest.instance().seq() - first + 1);
    List<SealedEntry> there = store.entries(id, first - 1, both);
    for (int i = 0; i < Math.min(both, there.size()); i++) {
      if (!there.get(i).content().isEmpty() && !Sealing.open(there.get(i)).equals(entries.get(i))) {
        long end = store.row(id).map(Store.Row::seq).orElse(newest.instance().seq());
        throw new RecordedException(id, entries.get(i).seq(), end);
      }
    }
  }

  private Live append(Live newest, List<Entry> entries) {
    compare(newest, entries);
    Live live = newest;
    List<Write> writes = new ArrayList<>();
    List<Runnable> tellings = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.seq() != live.instance().seq() + 1) {
        continue; // it is there, or what it follows is not
      }
      Instance after = Evolve.evolve(live.instance(), entry);
      if (entry.seq() == 1) {
        writes.add(new Store.Create(entry.instance(), after.machine(), live.key()));
      }
      SealedEntry sealed = new Sealing(live.key()).seal(entry, live.head());
      writes.add(new Store.Append(sealed));
      if (entry.occurrence() instanceof Occurrence.Sent sent) {
        writes.add(new Store.Remember(entry.instance(), sent.id()));
      }
      Live before = live;
      Live next = loading.after(before, entry, after, sealed.hash());
      tellings.add(() -> nearby.appended(next.machine(), before.instance(), after, entry));
      live = next;
    }
    if (writes.isEmpty()) {
      return live;
    }
    Instance instance = live.instance();
    Store.Snapshot snapshot = null;
    if (live.snapshotDue()) {
      snapshot = new Store.Snapshot(instance.id(), instance.seq(), JournalJson.write(instance));
      live = live.snapshotAt(instance.seq());
    }
    writes.add(
        new Store.Update(Store.Row.of(live.machine(), instance, entries.getLast().at()), snapshot));
    store.commit(writes);
    tellings.forEach(Runnable::run);
    return live;
  }

  private Live newest(String id, String pin) {
    synchronized (kept) {
      Live live = kept.get(id);
      if (live != null) {
        return live;
      }
    }
    Optional<Live> stored = loading.load(id);
    return stored.orElseGet(() ->
        store
            .key(id)
            .map(key -> loading.begun(id, pin, key))
            .orElseGet(() -> Live.unborn(loading.machine(pin), id, Requests.hex(KEY_BYTES))));
  }

  private void keep(Live live) {
    synchronized (kept) {
      Live before = kept.get(live.instance().id());
      if (before == null || before.instance().seq() <= live.instance().seq()) {
        kept.put(live.instance().id(), live);
      }
    }
  }

  private void forget(String id) {
    synchronized (kept) {
      kept.remove(id);
    }
  }

  /** The conversation up to where the instance stands. */
  Transcript transcript(Live live) {
    Transcript known = live.transcript();
    if (known != null) {
      return known;
    }
    Transcript read = loading.transcript(live.instance().id(), live.instance().seq());
    keep(live.with(read));
    return read;
  }
}
