package dev.interlock.metrics;

import dev.interlock.Interlock;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Where an engine is measured. A type of its own, so that the front door does without Micrometer
 * where an application has none.
 */
public record Meters(MeterRegistry registry) {
  /** Measures it until it is closed. */
  public void measure(Interlock interlock) {
    new InterlockMeters(interlock, new InstanceCounts(interlock)).bindTo(registry);
  }
}
