package dev.interlock.temporal;

import dev.interlock.core.machine.Machine;
import dev.interlock.engine.Settings;
import java.util.function.Function;

/**
 * What a worker's workflows are given.
 *
 * @param machines by pin; the same pin is always the same machine
 */
record Plan(Function<String, Machine> machines, Settings settings) {
  /** A run of the workflow, as it begins. */
  interface Runs {
    MachineRun begin(Payload.Begin begin, Plan plan);
  }
}
