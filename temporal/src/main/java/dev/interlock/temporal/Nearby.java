package dev.interlock.temporal;

import dev.interlock.core.engine.Watcher.Passing;
import dev.interlock.engine.Live;

/** Who watches in the process of a worker. */
interface Nearby {
  /** Nobody. */
  Nearby NOBODY =
      new Nearby() {
        @Override
        public void written(String instance) {}

        @Override
        public void passing(Live live, Passing passing) {}
      };

  /** The journal of an instance is longer than it was. Returns when it was told. */
  void written(String instance);

  /** Something is under way. */
  void passing(Live live, Passing passing);
}
