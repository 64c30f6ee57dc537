package dev.interlock.local;

import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.prompt.Transcript;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Instances as the store has them: a snapshot and the entries after it, folded, never decided
 * again. Thread-safe.
 */
final class Loading {
  private static final int PAGE = 500;

  private final Store store;
  private final Function<PutMachine, Machine> compile;
  private final Map<String, Machine> machines = new ConcurrentHashMap<>();

  Loading(Store store, Function<PutMachine, Machine> compile) {
    this.store = store;
    this.compile = compile;
  }

  /** A machine that is known already, so that it is not compiled again. */
  void know(Machine machine) {
    machines.put(machine.pin(), machine);
  }

  /** The machine of that pin, as it was when an instance of it was started. */
  Machine machine(String pin) {
    return machines.computeIfAbsent(pin, this::stored);
  }

  private Machine stored(String pin) {
    Machine machine =
        compile.apply(
            store
                .machine(pin)
                .orElseThrow(() ->
                    new StoreException(
                        "found no machine " + pin + ", expected it in the store", null)));
    if (!machine.pin().equals(pin)) {
      throw new StoreException(
          "found that the stored machine %s was changed, expected it as it was started"
              .formatted(pin),
          null);
    }
    return machine;
  }

  Optional<Live> load(String id) {
    Optional<Store.Row> row = store.row(id);
    if (row.isEmpty()) {
      return Optional.empty();
    }
    Optional<Store.Snapshot> snapshot = store.snapshot(id);
    Instance start =
        snapshot.map(s -> JournalJson.instance(s.json())).orElseGet(() -> Instance.unborn(id));
    Folding folding = new Folding(start);
    // the newest entry is read in any case: its hash is the head of the chain
    each(id, Math.min(start.seq(), row.get().seq() - 1), folding::fold);
    return Optional.of(
        new Live(
            machine(row.get().machine()),
            folding.instance,
            store.key(id).orElse(""),
            folding.head,
            start.seq(),
            null));
  }

  private static final class Folding {
    private Instance instance;
    private String head = SealedEntry.NO_PREV;

    Folding(Instance start) {
      this.instance = start;
    }

    void fold(SealedEntry sealed) {
      head = sealed.hash();
      if (sealed.seq() > instance.seq()) {
        instance = Evolve.evolve(instance, Sealing.open(sealed));
      }
    }
  }

  /** The conversation up to an entry. */
  Transcript transcript(String id, long seq) {
    Transcript[] folded = {Transcript.EMPTY};
    each(
        id,
        0,
        sealed -> {
          if (sealed.seq() <= seq) {
            folded[0] = folded[0].plus(Sealing.open(sealed));
          }
        });
    return folded[0];
  }

  List<Entry> journal(String id, long afterSeq) {
    List<Entry> entries = new java.util.ArrayList<>();
    each(id, afterSeq, sealed -> entries.add(Sealing.open(sealed)));
    return entries;
  }

  private void each(String id, long afterSeq, Consumer<SealedEntry> to) {
    long after = afterSeq;
    List<SealedEntry> page;
    do {
      page = store.entries(id, after, PAGE);
      for (SealedEntry sealed : page) {
        to.accept(sealed);
        after = sealed.seq();
      }
    } while (page.size() == PAGE);
  }
}
