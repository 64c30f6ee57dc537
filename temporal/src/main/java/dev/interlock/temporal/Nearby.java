package dev.interlock.temporal;

import dev.interlock.core.engine.Watcher.Passing;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.engine.Live;

/** Who watches in the process of a worker. */
interface Nearby {
  /** Nobody. */
  Nearby NOBODY =
      new Nearby() {
        @Override
        public void written(String instance) {}

        @Override
        public void appended(Machine machine, Instance before, Instance after, Entry entry) {}

        @Override
        public void passing(Live live, Passing passing) {}
      };

  /** The journal of an instance is longer than it was. Returns when it was told. */
  void written(String instance);

  /** This process, and no other, has brought an entry to the store. */
  void appended(Machine machine, Instance before, Instance after, Entry entry);

  /** Something is under way. */
  void passing(Live live, Passing passing);
}
