package dev.interlock.engine.verify;

import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Holdings;
import dev.interlock.core.journal.Holdings.UnreadableException;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.journal.VerifiableStore;
import dev.interlock.core.machine.Machine;
import java.util.ArrayList;
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
  private final VerifiableStore store;
  private final Map<String, Machine> machines = new LinkedHashMap<>();
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> onRecord = new ArrayList<>();
  private final Set<String> instances = new TreeSet<>();

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
    List<String> pins = new ArrayList<>();
    // Before the machines: none of them is started before its machine is there.
    read("store", holdings -> instances.addAll(holdings.instances()));
    read("store", holdings -> pins.addAll(holdings.machines()));
    for (String pin : pins) {
      String what = "machine " + pin;
      read(
          what, holdings -> holdings.machine(pin).ifPresent(stored -> take(what, stored, compile)));
    }
    read("store", holdings -> chain(holdings, head));
  }

  private void read(String what, Consumer<Holdings> reading) {
    try {
      store.atOneMoment(reading);
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
    faults.addAll(chain.faults());
    onRecord.addAll(chain.onRecord());
  }

  /**
   * What was done to the store as a whole after the head, in sentences: what was purged, by whom,
   * and that it was restored. Empty if there is no head.
   */
  public List<String> onRecord() {
    return List.copyOf(onRecord);
  }

  /**
   * What is wrong with what is of the store as a whole: its machines, and its chain, which also
   * names instances.
   */
  public List<Fault> faults() {
    return List.copyOf(faults);
  }

  /** Every instance that the store holds anything of. */
  public Set<String> instances() {
    return Set.copyOf(instances);
  }

  /** Checks one instance, as it is at one moment. */
  public Verdict verify(String instance) {
    return new InstanceVerification(instance, machines).verdict(store);
  }
}
