package dev.interlock.core.engine;

import dev.interlock.core.decide.Rejection;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.Store;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Prompted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What carries instances through time. Thread-safe. An acknowledgement is a promise: what it
 * acknowledges is durable. Every method takes who asks; who may do what is DESIGN section 4.
 *
 * <p>Ids make a call safe to repeat; where null is given one is made up.
 */
public interface Engine extends AutoCloseable {
  /** Starts an instance; of a machine with errors none, unless it says despite them. */
  Acknowledgement start(Principal by, Start start);

  /** As the other one, of a machine that must have no errors. */
  default Acknowledgement start(
      Principal by,
      String machine,
      @Nullable String id,
      @Nullable Principal caller,
      Map<String, Object> input) {
    return start(by, new Start(machine, id, caller, input, false));
  }

  /**
   * What is to be started.
   *
   * @param machine the name of a machine that the engine was opened with
   * @param id of the new instance, or null; the same id with the same input is acknowledged again
   * @param caller for whom, or null for whoever asks; only an operator starts for others
   * @param despiteErrors whether also if a check of the machine finds errors, which the journal
   *     keeps then; for operators only
   */
  record Start(
      String machine,
      @Nullable String id,
      @Nullable Principal caller,
      Map<String, Object> input,
      boolean despiteErrors) {}

  /** As the other one, without a form. */
  default Acknowledgement send(Principal by, String instance, @Nullable String id, String text) {
    return send(by, instance, id, text, Map.of());
  }

  /** As the other one, without documents. */
  default Acknowledgement send(
      Principal by, String instance, @Nullable String id, String text, Map<String, Object> form) {
    return send(by, instance, id, text, form, Map.of());
  }

  /**
   * Says something as the caller. The form and the documents fill fields of source {@code user}
   * that the state records; what does not fit rejects all of it, and nothing is kept.
   *
   * @param text may be empty if there is a form or a document
   * @param form values by field
   * @param documents by field
   */
  Acknowledgement send(
      Principal by,
      String instance,
      @Nullable String id,
      String text,
      Map<String, Object> form,
      Map<String, List<Attachment>> documents);

  Acknowledgement event(
      Principal by, String instance, @Nullable String id, String name, @Nullable Object payload);

  Acknowledgement answer(Principal by, String instance, @Nullable String id, Answer answer);

  /**
   * Says what became of an unknown call.
   *
   * @param result JSON text of what the tool would have answered, or null
   */
  Acknowledgement resolve(
      Principal by, String instance, int call, boolean happened, @Nullable String result);

  Acknowledgement resume(Principal by, String instance, String state, Map<Budget, Decimal> grants);

  Acknowledgement cancel(Principal by, String instance, String why);

  /**
   * Starts a new instance with what was recorded of another up to an entry at which it only waited.
   * It acts for the same caller, as its own: nothing that the other did is done again, its timers
   * run on from where they were, and what is parked waits for answers of its own.
   *
   * @param seq the last entry that is taken over; 0 means the newest
   * @param id of the new instance, or null
   */
  Acknowledgement fork(Principal by, String instance, long seq, @Nullable String id);

  /**
   * Moves an instance to another version of its machine, between two turns; for operators. What
   * that version has no place for rejects it, by name; what waits for people is asked anew there.
   */
  Acknowledgement migrate(Principal by, String instance, Migration migration);

  /**
   * The instance, or empty if there is none or whoever asks may not see it: an operator sees all,
   * the caller its own, a role what of one it must decide ({@link Instance#seenBy}).
   */
  Optional<View> get(Principal by, String instance);

  /** Entries after that seq, oldest first; empty for all but an operator and the caller. */
  List<Entry> journal(Principal by, String instance, long afterSeq);

  /**
   * What the model was asked at an entry: its question, or for a summary, made anew of the journal.
   * Empty if nothing was asked there, and for all but an operator and the caller.
   *
   * @param seq of the entry
   */
  Optional<Prompted> prompt(Principal by, String instance, long seq);

  /**
   * A document of an instance, or empty if there is none or whoever asks may not see it: whoever is
   * shown its hash, by {@link #get} or {@link #journal}, may have its bytes.
   */
  Optional<Attachment> document(Principal by, String instance, String hash);

  /**
   * Newest first, those that whoever asks may see. It may be behind what was acknowledged a moment
   * ago.
   */
  List<Store.Row> list(Principal by, Store.Filter filter);

  /**
   * Entries as they are committed, of one instance or (null, operators only) of all, for an
   * operator and its caller, and what models write meanwhile. Slow watchers miss entries rather
   * than hold the engine up: they read {@link #journal} for what is missing.
   */
  AutoCloseable watch(Principal by, @Nullable String instance, Watcher watcher);

  /** Takes nothing new, awaits writes in flight to their time-out, and lets go of the store. */
  @Override
  void close();

  /** An answer to what is parked or asked; see {@link dev.interlock.core.decide.Occurrence}. */
  record Answer(int number, String hash, String answer, Map<String, Object> form) {}

  /**
   * Where an instance is moved to.
   *
   * @param machine a {@link Machine#pin} of a machine that the engine was opened with, or that the
   *     store has
   * @param states what states that are not there any more are called there, or go on as
   * @param tried whether it is only said what would become of it; nothing is recorded then
   */
  record Migration(String machine, Map<String, String> states, boolean tried) {}

  /** An instance, and the machine it is pinned to. */
  record View(Machine machine, Instance instance) {}

  /** What became of a request. */
  sealed interface Acknowledgement {
    /**
     * It is durable.
     *
     * @param seq of the entry
     * @param note what the sender should know, or empty
     */
    record Taken(String instance, long seq, String note) implements Acknowledgement {}

    /** It was taken before; nothing changed. */
    record Again(String instance) implements Acknowledgement {}

    /** It was not taken. */
    record Rejected(Rejection rejection) implements Acknowledgement {}
  }
}
