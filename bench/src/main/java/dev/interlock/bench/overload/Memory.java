package dev.interlock.bench.overload;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The most heap that was in use, as it is looked at every few milliseconds. */
final class Memory implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(20);

  private final AtomicLong most = new AtomicLong();
  private final AtomicLong mostLive = new AtomicLong();
  private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::run);

  Memory() {
    thread.start();
  }

  private void run() {
    try {
      while (true) {
        look();
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException e) {
      // that was it
    }
  }

  private void look() {
    most.accumulateAndGet(
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), Math::max);
    long live =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(pool -> pool.getCollectionUsage())
            .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
            .sum();
    mostLive.accumulateAndGet(live, Math::max);
  }

  /** Garbage among it. */
  long mostMegabytes() {
    return most.get() >> 20;
  }

  /** After collections. */
  long mostLiveMegabytes() {
    return mostLive.get() >> 20;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
