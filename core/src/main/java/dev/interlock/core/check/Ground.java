package dev.interlock.core.check;

import dev.interlock.core.machine.Machine;

/** What all explorations of a machine share. */
record Ground(Machine machine, Space space, Trials trials, Influence influence, Vetting vetting) {
  static Ground of(Machine machine) {
    Space space = new Space(machine);
    Influence influence = new Influence(machine, space);
    return new Ground(
        machine, space, new Trials(machine, space), influence, new Vetting(machine, influence));
  }
}
