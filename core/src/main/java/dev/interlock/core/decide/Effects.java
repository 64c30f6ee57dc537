package dev.interlock.core.decide;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import java.util.List;

/** Effects as they follow from outcomes, and from an instance that was recovered. */
public final class Effects {
  private Effects() {}

  /**
   * Every effect that is still to be carried out: what an engine must take up after a crash. The
   * open question, dispatched and unknown calls, running timers, a ticket without an id.
   */
  public static List<Effect> pending(Machine machine, Instance instance) {
    return List.of();
  }
}
