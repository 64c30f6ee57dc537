package dev.interlock.engine;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.prompt.Transcript;
import org.jspecify.annotations.Nullable;

/**
 * An instance in memory, as its newest entry leaves it. Immutable.
 *
 * @param key of its content
 * @param head the hash of its newest entry
 * @param snapshot the seq of its newest stored snapshot
 * @param transcript up to the newest entry, or null if it was not needed yet
 */
public record Live(
    Machine machine,
    Instance instance,
    String key,
    String head,
    long snapshot,
    @Nullable Transcript transcript) {
  /** After how many entries an instance's state is written whole. */
  public static final int SNAPSHOT_EVERY = 50;

  public static Live unborn(Machine machine, String id, String key) {
    return new Live(machine, Instance.unborn(id), key, SealedEntry.NO_PREV, 0, Transcript.EMPTY);
  }

  public Live after(Entry entry, Instance next, String hash) {
    Transcript longer = transcript == null ? null : transcript.plus(entry);
    return new Live(machine, next, key, hash, snapshot, longer);
  }

  /** The same, pinned to another machine. */
  public Live under(Machine other) {
    return new Live(other, instance, key, head, snapshot, transcript);
  }

  /** Whether its state is to be written whole now. */
  public boolean snapshotDue() {
    return instance.seq() - snapshot >= SNAPSHOT_EVERY || instance.end() != null;
  }

  public Live snapshotAt(long seq) {
    return new Live(machine, instance, key, head, seq, transcript);
  }

  public Live with(Transcript known) {
    return new Live(machine, instance, key, head, snapshot, known);
  }
}
