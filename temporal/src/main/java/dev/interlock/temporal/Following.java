package dev.interlock.temporal;

import dev.interlock.core.engine.Watcher;
import dev.interlock.core.engine.Watcher.Passing;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.engine.Live;
import dev.interlock.engine.Loading;
import dev.interlock.engine.Step;
import dev.interlock.engine.Watchers;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** At every which look all instances are, for whoever watches all. */
  private static final int EVERY_ALL = 10;

  /** How many instances are looked at for somebody who watches all: the newest. */
  private static final int MAX_FOLLOWED = 10_000;

  /** Of how many it is kept how they stood; of others that is read again. */
  private static final int MAX_KEPT = 200;

  private final Store store;
  private final Loading loading;
  private final Watchers watchers = new Watchers();

  /** Whoever measures hears of what this process brings, so that of several only one counts it. */
  private final Watchers observers = new Watchers();

  private final List<Watching> all = new CopyOnWriteArrayList<>();

  /** Up to which entry watchers were told of instances. */
  private final Map<String, Long> told = new HashMap<>();

  /** As that entry left them. */
  private final Map<String, Instance> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instance> eldest) {
          return size() > MAX_KEPT;
        }
      };

  private @Nullable Thread thread;
  private boolean closed;

  private record Watching(@Nullable String instance) {}

  Following(Store store, Loading loading) {
    this.store = store;
    this.loading = loading;
  }

  /**
   * Adds a watcher.
   *
   * @param before up to where the instance is not told, also if that comes to the store later
   */
  AutoCloseable add(Principal by, @Nullable String instance, long before, Watcher to) {
    return add(instance, before, watchers.add(by, instance, to));
  }

  AutoCloseable add(Consumer<Step> to) {
    return observers.add(to);
  }

  @Override
  public void appended(Machine machine, Instance before, Instance after, Entry entry) {
    observers.tell(machine, before, after, entry);
  }

  private synchronized AutoCloseable add(
      @Nullable String instance, long before, AutoCloseable inner) {
    Watching watching = new Watching(instance);
    boolean first = all.isEmpty();
    if (first) {
      told.clear();
      kept.clear();
    }
    rows(watching) // what is there already is not told
        .forEach(row -> told.putIfAbsent(row.instance(), Math.max(before, row.seq())));
    if (instance != null) {
      told.putIfAbsent(instance, before);
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

  private List<Store.Row> rows(Watching watching) {
    return watching.instance() != null
        ? store.row(watching.instance()).stream().toList()
        : store.rows(new Store.Filter(null, null, null, null, null, MAX_FOLLOWED), null);
  }

  private void run() {
    for (int look = 1; ; look++) {
      try {
        Thread.sleep(LOOK);
        for (Watching watching : all) {
          if (watching.instance() != null || look % EVERY_ALL == 0) {
            rows(watching).stream().filter(this::longer).forEach(row -> catchUp(row.instance()));
          }
        }
      } catch (InterruptedException e) {
        return; // the engine closes
      } catch (RuntimeException e) { // whatever the store throws: the next look asks it again
        LOG.log(Level.WARNING, "the store cannot be followed; this is tried again", e);
      }
    }
  }

  private synchronized boolean longer(Store.Row row) {
    return told.getOrDefault(row.instance(), -1L) < row.seq();
  }

  @Override
  public void written(String instance) {
    if (all.stream().anyMatch(it -> it.instance() == null || it.instance().equals(instance))) {
      catchUp(instance);
    }
  }

  private synchronized void catchUp(String id) {
    long so = told.getOrDefault(id, 0L);
    List<Entry> news = loading.journal(id, so);
    Optional<Live> live = news.isEmpty() ? Optional.empty() : loading.load(id);
    if (live.isEmpty()) {
      return; // nothing new, or the beginning of a fork that is not there yet
    }
    Instance known = kept.get(id);
    if (known == null || known.seq() != so) {
      known = loading.at(live.get(), so).instance();
    }
    for (Entry entry : news) {
      if (entry.seq() == known.seq() + 1) {
        Instance next = Evolve.evolve(known, entry);
        watchers.tell(loading.machine(next.machine()), known, next, entry);
        known = next;
      }
    }
    told.put(id, known.seq());
    if (known.end() == null) {
      kept.put(id, known);
    } else {
      kept.remove(id);
    }
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
    observers.close();
  }
}
