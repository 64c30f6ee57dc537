package dev.interlock.spring;

import dev.interlock.Interlock;
import java.time.Duration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Closes the engine when the context closes: after the web server took its last request, and before
 * the beans go that tools need. Nothing new is taken, and writes in flight are awaited for as long
 * as Spring's time-out lets it.
 *
 * <p>The engine owns its file as long as its context lives: it is not paused, and a context that is
 * only stopped, to be started again, keeps it.
 */
final class InterlockLifecycle implements SmartLifecycle {
  /** Below the web server's, which stops first: Spring Boot's own is 2,048 below the default. */
  static final int PHASE = DEFAULT_PHASE - 4_096;

  private final Interlock interlock;
  private final ConfigurableApplicationContext context;
  private final Duration timeout;
  private volatile boolean running = true;

  /**
   * @param timeout what Spring gives a phase
   */
  InterlockLifecycle(
      Interlock interlock, ConfigurableApplicationContext context, Duration timeout) {
    this.interlock = interlock;
    this.context = context;
    this.timeout = timeout;
  }

  /** What is left for writes in flight: the rest is for letting go of everything. */
  private Duration drain() {
    return timeout.multipliedBy(2).dividedBy(3);
  }

  @Override
  public void start() {
    // it was opened with its bean
  }

  @Override
  public void stop() {
    if (running && context.isClosed()) {
      running = false;
      interlock.close(drain());
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public boolean isPauseable() {
    return false;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
