package dev.interlock.temporal;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A run whose time a test moves: a real server's does not skip. */
final class TickingRun extends MachineRun {
  private final @Nullable Instant stands;
  private Duration ticked;

  /** How a test tells it. */
  public interface Ticking {
    @SignalMethod(name = "tick")
    void tick(long millis);
  }

  /**
   * @param stands where time stands if nobody moves it; null if it goes on by itself
   * @param ticked how far time was moved before this began
   */
  TickingRun(Payload.Begin begin, Plan plan, @Nullable Instant stands, Duration ticked) {
    super(begin, plan);
    this.stands = stands;
    this.ticked = ticked;
  }

  @Override
  MachineRun listening() {
    super.listening();
    Ticking listener =
        millis -> {
          this.ticked = Duration.ofMillis(millis);
          changed();
        };
    Workflow.registerListener(listener);
    return this;
  }

  @Override
  Instant now() {
    return (stands == null ? super.now() : stands).plus(ticked);
  }
}
