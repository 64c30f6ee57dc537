package dev.interlock.core.decide;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;

/** The one function that decides. */
public final class Decide {
  /** Of the rules below; each entry of a journal names the one that decided it. */
  public static final String VERSION = "1";

  private Decide() {}

  /**
   * What the machine makes of an occurrence. Pure: the same arguments give the same decision.
   *
   * @param instance {@link Instance#unborn} for {@link Occurrence.Started}
   */
  public static Decision decide(Machine machine, Instance instance, Occurrence occurrence) {
    return new Decision.Rejected(
        new Rejection(Rejection.Code.LATE, "not built: " + machine + instance + occurrence));
  }
}
