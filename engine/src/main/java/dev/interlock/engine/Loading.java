package dev.interlock.engine;

import dev.interlock.core.engine.Engine;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Redaction;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.journal.JournalJson;
import dev.interlock.core.journal.SealedEntry;
import dev.interlock.core.journal.Sealing;
import dev.interlock.core.journal.Store;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Asked;
import dev.interlock.core.prompt.Prompted;
import dev.interlock.core.prompt.Transcript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Instances as the store has them: a snapshot and the entries after it, folded, never decided
 * again. Thread-safe.
 */
public final class Loading {
  private static final int PAGE = 500;

  private final Store store;
  private final Function<PutMachine, Machine> compile;
  private final Map<String, Machine> machines = new ConcurrentHashMap<>();

  public Loading(Store store, Function<PutMachine, Machine> compile) {
    this.store = store;
    this.compile = compile;
  }

  /** A machine that is known already, so that it is not compiled again. */
  public void know(Machine machine) {
    machines.put(machine.pin(), machine);
  }

  /** The machine of that pin, as it was when the instance was started. */
  private Machine machine(String id, String pin) {
    Machine known = machines.get(pin);
    if (known == null) {
      PutMachine stored =
          store
              .machine(pin)
              .orElseThrow(() -> new DamagedException(id, "its machine " + pin + " is missing"));
      known = readable(id, "its machine " + pin, () -> compile.apply(stored));
      if (!known.pin().equals(pin)) {
        throw new DamagedException(id, "its machine " + pin + " was changed");
      }
      machines.put(pin, known);
    }
    return known;
  }

  /**
   * An instance as its newest entry left it, or empty if there is none.
   *
   * @throws ErasedException if its content was erased
   * @throws DamagedException if what is stored of it cannot be read
   */
  public Optional<Live> load(String id) {
    Optional<Store.Row> row = store.row(id);
    if (row.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> key = store.key(id);
    boolean rests = !row.get().live(); // of one that goes on nobody erases the key
    if (rests
        && key.isEmpty()
        && store.entries(id, 0, 1).stream().anyMatch(e -> e.content().isEmpty())) {
      throw new ErasedException(id);
    }
    Instance start =
        store
            .snapshot(id)
            .map(s -> readable(id, "its snapshot", () -> JournalJson.instance(s.json())))
            .orElseGet(() -> Instance.unborn(id));
    Folding folding = new Folding(start);
    // the newest entry is read in any case: its hash is the head of the chain
    each(id, Math.min(start.seq(), row.get().seq() - 1), folding::fold);
    if (folding.newest != folding.instance.seq() || folding.newest < row.get().seq()) {
      throw new DamagedException(
          id,
          "its row names entry %d, its journal ends with %d"
              .formatted(row.get().seq(), folding.newest));
    }
    String pin = folding.instance.machine();
    if (folding.newest == row.get().seq() && !pin.equals(row.get().machine())) {
      throw new DamagedException(
          id, "its row names machine %s, its journal %s".formatted(row.get().machine(), pin));
    }
    return Optional.of(
        new Live(
            machine(id, pin),
            folding.instance,
            key.orElseThrow(() -> new DamagedException(id, "the key of its content is missing")),
            folding.head,
            start.seq(),
            folding.transcript));
  }

  /**
   * The machine of that pin.
   *
   * @throws DamagedException if it is neither known nor stored
   */
  public Machine machine(String pin) {
    return machine("of machine " + pin, pin);
  }

  /** The machine of that pin, if it is known or stored. */
  public Optional<Machine> known(String pin) {
    return machines.containsKey(pin) || store.machine(pin).isPresent()
        ? Optional.of(machine(pin))
        : Optional.empty();
  }

  /** An instance after one more entry, with the machine that this leaves it pinned to. */
  public Live after(Live live, Entry entry, Instance next, String hash) {
    boolean same = next.machine().equals(live.machine().pin());
    return (same ? live : live.under(machine(next.id(), next.machine()))).after(entry, next, hash);
  }

  /**
   * An instance whose row is not there yet, of the entries that are.
   *
   * @param pin of its machine
   * @param key of its content
   */
  public Live begun(String id, String pin, String key) {
    Folding folding = new Folding(Instance.unborn(id));
    each(id, 0, folding::fold);
    String own = folding.instance.seq() == 0 ? pin : folding.instance.machine();
    return new Live(machine(id, own), folding.instance, key, folding.head, 0, folding.transcript);
  }

  /** An instance as an entry left it that may not be its newest. */
  public Live at(Live newest, long seq) {
    String id = newest.instance().id();
    Folding folding = new Folding(Instance.unborn(id));
    each(
        id,
        0,
        sealed -> {
          if (sealed.seq() <= seq) {
            folding.fold(sealed);
          }
        });
    Machine machine = seq == 0 ? newest.machine() : machine(id, folding.instance.machine());
    return new Live(machine, folding.instance, newest.key(), folding.head, 0, folding.transcript);
  }

  /** What was read, or who is damaged and where. */
  private static <T> T readable(String id, String what, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (RuntimeException e) { // whatever reading makes of text that no version wrote
      throw new DamagedException(id, what + ": " + e.getMessage(), e);
    }
  }

  private static final class Folding {
    private Instance instance;

    /** Null where its beginning is not read. */
    private @Nullable Transcript transcript;

    private String head = SealedEntry.NO_PREV;
    private long newest;

    Folding(Instance start) {
      this.instance = start;
      this.transcript = start.seq() == 0 ? Transcript.EMPTY : null;
    }

    void fold(SealedEntry sealed) {
      head = sealed.hash();
      newest = sealed.seq();
      if (newest > instance.seq()) {
        Entry entry = Sealing.open(sealed);
        instance = Evolve.evolve(instance, entry);
        transcript = transcript == null ? null : transcript.plus(entry);
      }
    }
  }

  /** The conversation up to an entry. */
  public Transcript transcript(String id, long seq) {
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

  /** An instance as somebody may see it; empty if not at all. */
  public static Optional<Engine.View> view(Live live, Principal by) {
    if (!live.instance().visibleTo(by)) {
      return Optional.empty();
    }
    Instance seen = live.instance().seenBy(by);
    return Optional.of(
        new Engine.View(live.machine(), Redaction.of(live.machine(), live.instance(), seen, by)));
  }

  /** Its journal as somebody may see it; empty if not at all. */
  public List<Entry> journal(Live live, long afterSeq, Principal by) {
    return live.instance().readableBy(by)
        ? shown(live, journal(live.instance().id(), afterSeq), by)
        : List.of();
  }

  /** Entries of its journal as somebody may see them; none if not at all. */
  public List<Entry> shown(Live live, List<Entry> entries, Principal by) {
    return live.instance().readableBy(by)
        ? Redaction.of(this::machine, live.instance(), entries, by)
        : List.of();
  }

  /** Its journal, nothing hidden. */
  public List<Entry> journal(String id, long afterSeq) {
    List<Entry> entries = new ArrayList<>();
    each(id, afterSeq, sealed -> entries.add(Sealing.open(sealed)));
    return entries;
  }

  /**
   * What the model was asked at an entry, as somebody may see it.
   *
   * @param entries all of its journal, nothing hidden
   */
  public Optional<Prompted> prompt(Live live, List<Entry> entries, long seq, Principal by) {
    String id = live.instance().id();
    return live.instance().readableBy(by)
        ? new Asked(this::machine, entries, by)
            .at(
                seq,
                ref -> store.result(id, ref).orElse(null),
                hash -> store.document(id, hash).orElse(null))
        : Optional.empty();
  }

  private void each(String id, long afterSeq, Consumer<SealedEntry> to) {
    long after = afterSeq;
    List<SealedEntry> page;
    do {
      page = store.entries(id, after, PAGE);
      for (SealedEntry sealed : page) {
        readable(
            id,
            "entry " + sealed.seq(),
            () -> {
              to.accept(sealed);
              return sealed;
            });
        after = sealed.seq();
      }
    } while (page.size() == PAGE);
  }
}
