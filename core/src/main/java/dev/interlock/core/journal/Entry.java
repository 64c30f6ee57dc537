package dev.interlock.core.journal;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Instance;
import java.time.Instant;
import java.util.List;

/**
 * One step of an instance's journal.
 *
 * @param seq from 1, without gaps
 * @param version of Interlock's core that decided it
 */
public record Entry(
    String instance,
    long seq,
    Instant at,
    String version,
    Occurrence occurrence,
    List<Outcome> outcomes) {

  /** The next step of an instance, as this version decided it. */
  public static Entry next(Instance instance, Occurrence occurrence, List<Outcome> outcomes) {
    return new Entry(
        instance.id(), instance.seq() + 1, occurrence.at(), Decide.VERSION, occurrence, outcomes);
  }
}
