package dev.interlock.core.journal;

import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.journal.Store.Row;
import dev.interlock.core.journal.Store.Snapshot;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.journal.StoreChain.Link;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that a store holds at one moment, as it stands there, whoever put it there: what a
 * verification compares with the journals. Used by one thread.
 *
 * <p>Each of them throws an {@link UnreadableException} where something stands that no version
 * writes, and after that none is asked again.
 */
public interface Holdings {
  /** What stands there cannot be taken for what should: nothing, or something of another kind. */
  final class UnreadableException extends StoreException {
    private static final long serialVersionUID = 1L;

    public UnreadableException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }

    /** Of a column that holds null. */
    public static UnreadableException nothingIn(String column) {
      return new UnreadableException(
          "found nothing in a column %s, expected a value".formatted(column), null);
    }
  }

  // ---- of the store

  /** Every instance that it holds anything of. */
  Set<String> instances();

  /** The hash of an entry, as it stands there. */
  record Hashed(String instance, long seq, String hash) {}

  /** Has each entry's hash taken, by instance and seq. */
  void hashes(Consumer<Hashed> each);

  /** Has each link of the chain over the whole store taken, by lane and position. */
  void links(Consumer<Link> each);

  /** The pins of its machines. */
  List<String> machines();

  Optional<PutMachine> machine(String pin);

  // ---- of an instance

  /** Where it holds anything of it: names of the store's own. */
  List<String> places(String instance);

  /** The pin of the machine that it was created with. */
  Optional<String> pin(String instance);

  Optional<String> key(String instance);

  /** Entries after that seq, oldest first. */
  List<SealedEntry> entries(String instance, long afterSeq, int limit);

  /** The seqs of what content there is, also without an entry. */
  List<Long> contents(String instance);

  Optional<Snapshot> snapshot(String instance);

  /** The seq of its row. */
  OptionalLong newest(String instance);

  /** Where its row, if it has one, is not as expected: what stands there, by column. */
  Map<String, String> differences(Row expected);

  /** The refs of its results. */
  List<String> results(String instance);

  Optional<String> result(String instance, String ref);

  /** Its documents: the sizes that they are said to have, in bytes, by hash. */
  Map<String, Long> documents(String instance);

  Optional<byte[]> document(String instance, String hash);

  /** The words of its marks, by the keys of the calls. */
  Map<String, String> marks(String instance);

  /** The ids of what was sent to it. */
  List<String> sent(String instance);
}
