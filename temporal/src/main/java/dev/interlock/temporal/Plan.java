package dev.interlock.temporal;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import dev.interlock.engine.Settings;
import java.util.function.Function;

/**
 * What a worker's workflows are given.
 *
 * @param machines by pin; the same pin is always the same machine
 * @param journals where instances lie that are too large to travel
 * @param updates how many a run takes before it goes on as a new one
 */
record Plan(Function<String, Machine> machines, Journals journals, Settings settings, int updates) {
  /** The server takes no more than 2,000 updates a run. */
  static final int MAX_UPDATES = 1_500;

  /** What a run goes on from. The same whenever it is asked: entries are never written again. */
  Instance instance(Payload.Begin begin) {
    if (begin.instance() != null) {
      return begin.instance();
    }
    return begin.written() == 0
        ? Instance.unborn(begin.id())
        : journals.at(begin.id(), begin.pin(), begin.written());
  }

  /** A run of the workflow, as it begins. */
  interface Runs {
    MachineRun begin(Payload.Begin begin, Plan plan);
  }
}
