package dev.interlock.core.journal;

import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where instances, journals, results and marks lie. Thread-safe.
 *
 * <p>Several owners may write at once, where a store lets more than one open it. Nobody locks an
 * instance: whoever writes reads its newest seq, and commits what follows together with its {@link
 * Append}. Of those who append the same seq one succeeds; the others are told by a {@link
 * ConflictException} that they must read again. What a commit says of an instance beside its entry
 * (its row, its snapshot) is therefore of that entry, if both stand in the same commit.
 */
public interface Store extends AutoCloseable {

  /**
   * Writes all of them durably, in this order, or none: when this returns, they survive any crash,
   * and whoever reads from now on, in any process, finds them. Nobody ever finds a part of them.
   *
   * @throws ConflictException if what it creates or appends is there already; nothing was written
   * @throws StoreException if it could not be done. Nothing was written, unless the store was lost
   *     (a disk, a connection) while it confirmed: then all may be there or nothing, which is seen
   *     by reading, or by the conflict when the same is committed again
   */
  void commit(List<Write> writes);

  /** One thing to write. */
  sealed interface Write {}

  /**
   * A new instance and the key of its content, 64 hexadecimal digits: conflicts if that instance is
   * there already, whatever its key.
   */
  record Create(String instance, String machine, String key) implements Write {}

  /**
   * A step: conflicts if that seq is there already, whatever its entry. One that leaves a seq out,
   * or whose instance was not created, fails the commit too, but is no conflict.
   */
  record Append(SealedEntry entry) implements Write {}

  /**
   * The row that lists are made of, and the snapshot if it is time for one. The last one stays, of
   * whatever seq.
   */
  record Update(Row row, @Nullable Snapshot snapshot) implements Write {}

  /** The id of something that was sent: {@link #seen} from now on. */
  record Remember(String instance, String id) implements Write {}

  /**
   * A result too large for an entry, or that a later question may recall. What is there already
   * stays.
   */
  record PutResult(String instance, String ref, String text) implements Write {}

  /**
   * The bytes of a document, by its hash; what is there already stays. They lie apart from entries
   * and snapshots, and go when the instance's content does.
   */
  record PutDocument(String instance, Attachment document) implements Write {}

  /**
   * A machine that may be started: its text and lock. What is there already stays.
   *
   * @param pin of {@link Machine#pin}
   */
  record PutMachine(String pin, String name, String text, String lock) implements Write {}

  /**
   * The mark of a call, set once: the first of {@code dispatched} and {@code closed} stays, also of
   * those that are committed at once. Whether it was this one tells {@link #mark}: when the commit
   * returns, it gives the one that stays, in every process and after any crash.
   */
  record PutMark(String instance, String key, Mark mark, Instant at) implements Write {}

  /**
   * The mark {@code dispatched} of a call that has none: of all that set it, only one does. A
   * {@link ConflictException} where there is one already.
   */
  record Claim(String instance, String key, Instant at) implements Write {
    /** The mark that it sets. */
    public PutMark mark() {
      return new PutMark(instance, key, Mark.DISPATCHED, at);
    }
  }

  /** What is known durably of a write's first byte. */
  enum Mark {
    /** It may have been sent. */
    DISPATCHED,
    /** It was not sent and never will be. */
    CLOSED
  }

  /**
   * What {@code list} shows of an instance. Times are kept to the millisecond, rounded down.
   *
   * @param status a word of {@link dev.interlock.core.evolve.Instance.Status}
   * @param escalatedFrom the state it last escalated from, or null
   * @param reason of that, or null
   * @param due the earliest timer, or null
   * @param live whether it has effects in flight: it is loaded at start
   * @param roles those that must decide something now, and therefore see it
   */
  record Row(
      String instance,
      String machine,
      String machineName,
      String caller,
      String state,
      String status,
      @Nullable String escalatedFrom,
      @Nullable String reason,
      Instant started,
      Instant since,
      @Nullable Instant due,
      boolean live,
      long seq,
      List<String> roles) {

    /**
     * As its newest entry leaves an instance.
     *
     * @param at of that entry
     */
    public static Row of(Machine machine, Instance instance, Instant at) {
      Escalated escalated = instance.escalated();
      return new Row(
          instance.id(),
          instance.machine(),
          machine.name(),
          instance.caller().id(),
          instance.state(),
          instance.status().word(),
          escalated == null ? null : escalated.from(),
          escalated == null ? null : escalated.reason().word(),
          instance.started(),
          instance.end() == null ? instance.visit().entered() : at,
          instance.timers().values().stream().map(Timer::due).min(Instant::compareTo).orElse(null),
          !instance.atRest(),
          instance.seq(),
          instance.deciding());
    }
  }

  /** An instance's folded state at a seq, as JSON: a shortcut, never the truth. */
  record Snapshot(String instance, long seq, String json) {}

  /** Which rows. Null means any. */
  record Filter(
      @Nullable String machineName,
      @Nullable String state,
      @Nullable String status,
      @Nullable String escalatedFrom,
      @Nullable String caller,
      int limit) {}

  Optional<Row> row(String instance);

  /**
   * Newest first.
   *
   * @param seenBy only those that this principal is the caller of or must decide in; null means all
   */
  List<Row> rows(Filter filter, @Nullable Principal seenBy);

  /** How many instances there are, of each machine and status that has any. */
  List<Count> counts();

  /**
   * Some instances.
   *
   * @param status a word of {@link dev.interlock.core.evolve.Instance.Status}
   */
  record Count(String machineName, String status, long instances) {}

  /** Instances with effects in flight, by id, those after that one. */
  List<String> live(String afterId, int limit);

  /** Timers due before then, earliest first. */
  List<Due> due(Instant before, int limit);

  /** An instance and its earliest timer. */
  record Due(String instance, Instant at) {}

  Optional<Snapshot> snapshot(String instance);

  /** Entries after that seq, oldest first. */
  List<SealedEntry> entries(String instance, long afterSeq, int limit);

  /** The key of an instance's content, or empty if there is no such instance or it was erased. */
  Optional<String> key(String instance);

  Optional<String> result(String instance, String ref);

  /** The bytes of a document of an instance. */
  Optional<byte[]> document(String instance, String hash);

  /** The documents of an instance: their sizes in bytes, by hash. */
  Map<String, Long> documents(String instance);

  Optional<Mark> mark(String instance, String key);

  /** Whether an id was ever taken from what was sent to the instance. */
  boolean seen(String instance, String id);

  Optional<PutMachine> machine(String pin);

  @Override
  void close();

  /** The store could not do it. */
  class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** What was to be created or appended is there already: somebody else was first, read again. */
  final class ConflictException extends StoreException {
    private static final long serialVersionUID = 1L;

    private ConflictException(String message) {
      super(message, null);
    }

    public static ConflictException of(Create create) {
      return new ConflictException("instance " + create.instance() + " is there already");
    }

    public static ConflictException of(Claim claim) {
      return new ConflictException(
          "the mark of %s in instance %s is there already"
              .formatted(claim.key(), claim.instance()));
    }

    public static ConflictException of(SealedEntry entry) {
      return new ConflictException(
          "entry %d of instance %s is there already".formatted(entry.seq(), entry.instance()));
    }
  }
}
