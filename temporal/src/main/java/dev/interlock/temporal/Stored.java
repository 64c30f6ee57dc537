package dev.interlock.temporal;

import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Machine;
import dev.interlock.engine.Loading;
import dev.interlock.engine.Machines;
import java.util.ArrayList;
import java.util.List;

/** The machines of a process, in the store that all share. */
final class Stored {
  private Stored() {}

  /**
   * Puts the current machines there, so that every other process finds them.
   *
   * @throws Store.StoreException if the store could not do it
   */
  static Loading machines(Store store, Machines machines) {
    Loading loading = new Loading(store, machines.compile());
    List<Store.Write> writes = new ArrayList<>();
    for (Machines.Definition definition : machines.current()) {
      Machine machine = definition.machine();
      loading.know(machine);
      if (store.machine(machine.pin()).isEmpty()) {
        writes.add(
            new Store.PutMachine(
                machine.pin(), machine.name(), definition.text(), definition.lock()));
      }
    }
    if (!writes.isEmpty()) {
      store.commit(writes);
    }
    return loading;
  }
}
