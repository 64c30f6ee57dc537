package dev.interlock.engine.verify;

import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Holdings;
import dev.interlock.core.journal.Holdings.UnreadableException;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.journal.VerifiableStore;
import dev.interlock.core.machine.Machine;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compares everything in a store with its journals: each instance's chain of hashes, and what
 * derives from it, and the chain over the whole store. It finds what was edited, added or taken
 * out, and is evidence against whoever cannot rewrite the whole store; with a {@link Head} that was
 * kept elsewhere, also against them. docs/SEMANTICS.md says what it does not show.
 */
public final class Verification {
  /** Of whom a fault is that is of the store as a whole. */
  static final String STORE = "store";

  private final VerifiableStore store;
  private final Map<String, Machine> machines = new LinkedHashMap<>();
  private final List<Fault> faults = new ArrayList<>();

  /** What the chain over the whole store, or the head, tells of instances. */
  private final Map<String, List<Fault>> ofInstances = new HashMap<>();

  private final List<String> onRecord = new ArrayList<>();
  private final Set<String> there = new TreeSet<>();

  /**
   * What came of checking one instance.
   *
   * @param entries whose chain holds
   * @param erased those among them whose content was erased: then nothing derived is compared
   * @param faults none if it is whole
   */
  public record Verdict(long entries, long erased, List<Fault> faults) {
    public Verdict {
      faults = List.copyOf(faults);
    }

    public boolean whole() {
      return faults.isEmpty();
    }
  }

  /**
   * @param compile makes a machine of what is stored of it
   */
  public Verification(VerifiableStore store, Function<PutMachine, Machine> compile) {
    this(store, compile, null);
  }

  /**
   * @param compile makes a machine of what is stored of it
   * @param head with which the store is compared, too, or null; whoever signed it
   */
  public Verification(
      VerifiableStore store, Function<PutMachine, Machine> compile, @Nullable Head head) {
    this.store = store;
    unless(STORE, () -> store.lost().ifPresent(what -> faults.add(new Fault(STORE, 0, what))));
    List<String> pins = new ArrayList<>();
    // Before the machines: none of them is started before its machine is there.
    read(STORE, holdings -> there.addAll(holdings.instances()));
    read(STORE, holdings -> pins.addAll(holdings.machines()));
    for (String pin : pins) {
      String what = "machine " + pin;
      read(
          what, holdings -> holdings.machine(pin).ifPresent(stored -> take(what, stored, compile)));
    }
    read(STORE, holdings -> chain(holdings, head));
  }

  private void read(String what, Consumer<Holdings> reading) {
    unless(what, () -> store.atOneMoment(reading));
  }

  private void unless(String what, Runnable reading) {
    try {
      reading.run();
    } catch (UnreadableException e) {
      faults.add(new Fault(what, 0, "it cannot be read: " + e.getMessage()));
    }
  }

  private void take(String what, PutMachine stored, Function<PutMachine, Machine> compile) {
    String wrong;
    try {
      Machine machine = compile.apply(stored);
      if (machine.pin().equals(stored.pin()) && machine.name().equals(stored.name())) {
        machines.put(stored.pin(), machine);
        return;
      }
      wrong = "its text, lock or name was edited";
    } catch (RuntimeException e) { // of whoever compiles
      wrong = "it cannot be read: " + e.getMessage();
    }
    faults.add(new Fault(what, 0, wrong));
  }

  private void chain(Holdings holdings, @Nullable Head head) {
    ChainVerification chain = new ChainVerification(holdings, head);
    chain.verify();
    faults.addAll(chain.faults());
    ofInstances.putAll(chain.ofInstances());
    onRecord.addAll(chain.onRecord());
  }

  /**
   * What was done to the store as a whole after the head, in sentences: what was purged, by whom,
   * and that it was restored. Empty if there is no head.
   */
  public List<String> onRecord() {
    return List.copyOf(onRecord);
  }

  /** What is wrong with what is of the store as a whole: its machines, and its chain. */
  public List<Fault> faults() {
    return List.copyOf(faults);
  }

  /** Every instance that the store holds anything of, and those that it should. */
  public Set<String> instances() {
    Set<String> all = new TreeSet<>(there);
    all.addAll(ofInstances.keySet());
    return all;
  }

  /**
   * Checks one instance, as it is at one moment; with what the chain over the whole store, and the
   * head, told of it when that was read.
   */
  public Verdict verify(String instance) {
    List<Fault> told = ofInstances.getOrDefault(instance, List.of());
    if (!there.contains(instance) && !told.isEmpty()) {
      return new Verdict(0, 0, told);
    }
    Verdict own = new InstanceVerification(instance, machines).verdict(store);
    List<Fault> all = new ArrayList<>(own.faults());
    all.addAll(told);
    return new Verdict(own.entries(), own.erased(), all);
  }
}
