package dev.interlock.testkit.simulate;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** What is going to happen in one run, by time; of the same time, what was planned first. */
final class Agenda {
  private final PriorityQueue<Due> ahead = new PriorityQueue<>();
  private final Map<String, Due> timers = new HashMap<>();
  private long planned;

  /** Something that happens at a time. */
  static final class Due implements Comparable<Due> {
    private final Instant at;
    private final long order;
    private final Runnable act;
    private boolean cancelled;

    private Due(Instant at, long order, Runnable act) {
      this.at = at;
      this.order = order;
      this.act = act;
    }

    Instant at() {
      return at;
    }

    void act() {
      act.run();
    }

    @Override
    public int compareTo(Due other) {
      int byTime = at.compareTo(other.at);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  void at(Instant at, Runnable act) {
    ahead.add(new Due(at, planned++, act));
  }

  /** A timer that may be cancelled, or set to another time. */
  void timer(String id, Instant at, Runnable act) {
    cancel(id);
    Due due = new Due(at, planned++, act);
    timers.put(id, due);
    ahead.add(due);
  }

  void cancel(String id) {
    Due due = timers.remove(id);
    if (due != null) {
      due.cancelled = true; // taking it out of the queue would look at all of them
    }
  }

  /** The next thing, or null if nothing can happen any more. */
  @Nullable Due next() {
    Due due = ahead.poll();
    while (due != null && due.cancelled) {
      due = ahead.poll();
    }
    return due;
  }
}
