package dev.interlock.core.check;

import dev.interlock.core.machine.Machine;

/** What all explorations of a machine share. */
record Ground(Machine machine, Space space, Trials trials, Influence influence) {
  static Ground of(Machine machine) {
    Space space = new Space(machine);
    return new Ground(machine, space, new Trials(machine, space), new Influence(machine, space));
  }
}
