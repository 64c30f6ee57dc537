package dev.interlock.local;

import dev.interlock.core.journal.Store;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Wakes instances whose timers are due. The store knows all of them; in memory are those of the
 * near future. A clock that jumps is noticed at the next look at it.
 */
final class Timers implements AutoCloseable {
  /** How many due instances are asked of the store at once, where no more of them are due. */
  private static final int PAGE = 1_000;

  /** The most where more are due: those that may not fire yet must not hide the others. */
  private static final int MAX_PAGE = 64 * PAGE;

  private static final System.Logger LOG = System.getLogger(Timers.class.getName());

  private final Store store;
  private final Clock clock;
  private final Duration clockCheck;
  private final Consumer<String> wake;
  private final PriorityQueue<Store.Due> near =
      new PriorityQueue<>(Comparator.comparing(Store.Due::at));
  private final BlockingQueue<Store.Due> news = new LinkedBlockingQueue<>();
  private final Thread thread;
  private Instant looked = Instant.MIN;
  private int page = PAGE;

  Timers(Store store, Clock clock, Duration clockCheck, Consumer<String> wake) {
    this.store = store;
    this.clock = clock;
    this.clockCheck = clockCheck;
    this.wake = wake;
    this.thread = Thread.ofPlatform().name("interlock-timers").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** A timer was set; it need not be remembered if it is far away. Thread-safe. */
  void set(String instance, Instant due) {
    if (due.isBefore(clock.instant().plus(clockCheck.multipliedBy(2)))) {
      news.add(new Store.Due(instance, due));
    }
  }

  private void run() {
    try {
      while (true) {
        try {
          look();
        } catch (RuntimeException e) { // whatever the store throws: the next look asks it again
          LOG.log(Level.WARNING, "timers cannot be looked at; this is tried again", e);
          Thread.sleep(clockCheck);
        }
      }
    } catch (InterruptedException e) {
      // the engine closes
    }
  }

  private void look() throws InterruptedException {
    Instant now = clock.instant();
    if (looked.plus(clockCheck).isBefore(now) || looked.isAfter(now)) {
      List<Store.Due> due = store.due(now.plus(clockCheck), page);
      near.addAll(due);
      page = due.size() < page ? PAGE : Math.min(2 * page, MAX_PAGE);
      looked = now;
    }
    wakeDue(now);
    Store.Due set = news.poll(pause(now), TimeUnit.MILLISECONDS);
    while (set != null) {
      near.add(set);
      set = news.poll();
    }
  }

  private void wakeDue(Instant now) {
    Set<String> woken = new HashSet<>();
    while (!near.isEmpty() && !near.peek().at().isAfter(now)) {
      String instance = near.remove().instance();
      if (woken.add(instance)) {
        wake.accept(instance);
      }
    }
  }

  private long pause(Instant now) {
    long most = Math.max(1, clockCheck.toMillis());
    return near.isEmpty()
        ? most
        : Math.clamp(Duration.between(now, near.peek().at()).toMillis(), 1, most);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
