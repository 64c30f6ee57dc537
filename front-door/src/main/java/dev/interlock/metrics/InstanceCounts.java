package dev.interlock.metrics;

import dev.interlock.Interlock;
import dev.interlock.core.journal.Store.Count;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many instances there are, looked up again after a while: counting reads the whole table.
 * Thread-safe.
 */
public final class InstanceCounts {
  static final Duration AGE = Duration.ofSeconds(5);

  private final Interlock interlock;
  private @Nullable List<Count> counted;
  private long at;

  public InstanceCounts(Interlock interlock) {
    this.interlock = interlock;
  }

  /** At most 5 s old. */
  public synchronized List<Count> now() {
    List<Count> last = counted;
    if (last == null || System.nanoTime() - at > AGE.toNanos()) {
      counted = null;
      last = interlock.counts();
      counted = last;
      at = System.nanoTime();
    }
    return last;
  }

  /** Of one machine and status. */
  long of(String machine, String status) {
    return now().stream()
        .filter(count -> count.machineName().equals(machine) && count.status().equals(status))
        .mapToLong(Count::instances)
        .sum();
  }
}
