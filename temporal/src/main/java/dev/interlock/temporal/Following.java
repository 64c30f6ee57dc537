package dev.interlock.temporal;

import dev.interlock.core.engine.Watcher;
import dev.interlock.core.engine.Watcher.Passing;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.Live;
import dev.interlock.engine.Loading;
import dev.interlock.engine.Step;
import dev.interlock.engine.Watchers;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells watchers of entries as they come to the store, whoever brings them. What models write and
 * tools tell meanwhile is heard only where a worker is in the same process. Thread-safe.
 */
final class Following implements Nearby, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Following.class.getName());

  /** How often the store is looked at while somebody watches. */
  private static final Duration LOOK = Duration.ofMillis(200);

  /** How many instances are looked at for somebody who watches all: the newest. */
  private static final int MAX_FOLLOWED = 10_000;

  private final Store store;
  private final Loading loading;
  private final Watchers watchers = new Watchers();
  private final List<Watching> all = new CopyOnWriteArrayList<>();

  /** As watchers were told of them. */
  private final Map<String, Instance> told = new HashMap<>();

  private @Nullable Thread thread;
  private boolean closed;

  private record Watching(@Nullable String instance) {}

  Following(Store store, Loading loading) {
    this.store = store;
    this.loading = loading;
  }

  AutoCloseable add(Principal by, @Nullable String instance, Watcher to) {
    return add(instance, watchers.add(by, instance, to));
  }

  AutoCloseable add(Consumer<Step> to) {
    return add(null, watchers.add(to));
  }

  private synchronized AutoCloseable add(@Nullable String instance, AutoCloseable inner) {
    Watching watching = new Watching(instance);
    boolean first = all.isEmpty();
    if (first) {
      told.clear();
    }
    for (String id : followed(watching)) { // what is there already is not told
      loading.load(id).ifPresent(live -> told.putIfAbsent(id, live.instance()));
    }
    all.add(watching);
    if (thread == null && !closed) {
      thread = Thread.ofVirtual().name("interlock-following").start(this::run);
    }
    return () -> {
      all.remove(watching);
      inner.close();
    };
  }

  private Set<String> followed(Watching watching) {
    if (watching.instance() != null) {
      return Set.of(watching.instance());
    }
    Set<String> ids = new HashSet<>();
    for (Store.Row row :
        store.rows(new Store.Filter(null, null, null, null, null, MAX_FOLLOWED), null)) {
      Instance known = told.get(row.instance());
      if (known == null || known.seq() < row.seq()) {
        ids.add(row.instance());
      }
    }
    return ids;
  }

  private void run() {
    while (true) {
      try {
        Thread.sleep(LOOK);
        for (Watching watching : all) {
          for (String id : followedNow(watching)) {
            written(id);
          }
        }
      } catch (InterruptedException e) {
        return; // the engine closes
      } catch (RuntimeException e) { // whatever the store throws: the next look asks it again
        LOG.log(Level.WARNING, "the store cannot be followed; this is tried again", e);
      }
    }
  }

  private synchronized Set<String> followedNow(Watching watching) {
    return followed(watching);
  }

  @Override
  public void written(String instance) {
    if (all.stream().anyMatch(it -> it.instance() == null || it.instance().equals(instance))) {
      catchUp(instance);
    }
  }

  private synchronized void catchUp(String id) {
    Instance known = told.getOrDefault(id, Instance.unborn(id));
    List<Entry> news = loading.journal(id, known.seq());
    if (news.isEmpty()) {
      return;
    }
    Optional<Live> live = loading.load(id);
    if (live.isEmpty()) {
      return; // the beginning of a fork that is not there yet
    }
    for (Entry entry : news) {
      if (entry.seq() == known.seq() + 1) {
        Instance next = Evolve.evolve(known, entry);
        watchers.tell(live.get().machine(), known, next, entry);
        known = next;
      }
    }
    told.put(id, known);
  }

  @Override
  public void passing(Live live, Passing passing) {
    watchers.tell(live.machine(), live.instance(), passing);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (thread != null) {
        thread.interrupt();
      }
    }
    watchers.close();
  }
}
