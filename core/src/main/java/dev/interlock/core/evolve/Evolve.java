package dev.interlock.core.evolve;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Entry;

/** Folding; never decides. */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class Evolve {
  private Evolve() {}

  /** The instance after one outcome. */
  public static Instance evolve(Instance instance, Outcome outcome) {
    throw new UnsupportedOperationException("evolve " + instance + outcome);
  }

  /** The instance after a whole entry. */
  public static Instance evolve(Instance instance, Entry entry) {
    Instance folded = instance;
    for (Outcome outcome : entry.outcomes()) {
      folded = evolve(folded, outcome);
    }
    return folded;
  }
}
