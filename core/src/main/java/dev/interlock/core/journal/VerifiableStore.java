package dev.interlock.core.journal;

import java.util.Optional;
import java.util.function.Consumer;

/** A store that can be compared with its journals. */
public interface VerifiableStore extends Store {
  /**
   * Has all that it holds read as it is at one moment, whatever is committed meanwhile. What is
   * given is of use until the reading returns.
   */
  void atOneMoment(Consumer<Holdings> reading);

  /**
   * What it does not have of what it acknowledged, as far as it keeps a note of that elsewhere, in
   * a sentence; empty if it has all, or nobody knows.
   */
  default Optional<String> lost() {
    return Optional.empty();
  }
}
