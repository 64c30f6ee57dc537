package dev.interlock.core.journal;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What a new instance takes over of another.
 *
 * @param origin the other
 * @param seq the last entry that was asked for
 * @param entries as entries of the new one; the keys of calls in them stay those they went out with
 * @param instance the new one, before its first entry of its own
 */
public record Fork(String origin, long seq, List<Entry> entries, Instance instance) {
  /**
   * Takes entries over.
   *
   * @param id of the new one
   * @param journal of the other, all of it
   * @param seq the last entry that is taken over; 0 means the newest
   */
  public static Fork of(String id, String origin, List<Entry> journal, long seq) {
    List<Entry> entries = new ArrayList<>();
    Instance instance = Instance.unborn(id);
    for (Entry entry : journal) {
      if (seq == 0 || entry.seq() <= seq) {
        Entry own =
            new Entry(
                id, entry.seq(), entry.at(), entry.version(), entry.occurrence(), entry.outcomes());
        entries.add(own);
        instance = Evolve.evolve(instance, own);
      }
    }
    return new Fork(origin, seq == 0 ? journal.size() : seq, entries, instance);
  }

  /** Under which it is sent: the same again is a duplicate. */
  public String id() {
    return origin + "@" + seq;
  }

  /** Its first entry of its own. */
  public Occurrence.Forked occurrence(Instant at, Principal by) {
    Instant then = entries.isEmpty() ? at : entries.getLast().at();
    return new Occurrence.Forked(id(), at, by, origin, seq, then);
  }
}
