package dev.interlock.testkit;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;

/** What decides. Tests put a mutant in the place of {@link #TRUE} to see that it is caught. */
@FunctionalInterface
public interface Decider {
  /** The one that is shipped. */
  Decider TRUE = Decide::decide;

  Decision decide(Machine machine, Instance instance, Occurrence occurrence);
}
