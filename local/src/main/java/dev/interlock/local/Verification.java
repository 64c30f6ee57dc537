package dev.interlock.local;

import dev.interlock.core.journal.Chain.Fault;
import dev.interlock.core.journal.Store.PutMachine;
import dev.interlock.core.machine.Machine;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Compares everything in a store with its journals: each instance's chain of hashes, and what
 * derives from it. It finds what was edited, added or taken out, and is evidence against whoever
 * cannot rewrite the whole file. docs/SEMANTICS.md says what it does not show.
 */
public final class Verification {
  private final SqliteStore store;
  private final Map<String, Machine> machines = new LinkedHashMap<>();
  private final List<Fault> faults = new ArrayList<>();
  private final Set<String> instances;

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
  public Verification(SqliteStore store, Function<PutMachine, Machine> compile) {
    this.store = store;
    this.instances =
        store.readAtOnce(sql -> {
          BesideTables.machines(sql).forEach(stored -> compile(stored, compile));
          Set<String> found = new TreeSet<>();
          for (String table : InstanceVerification.TABLES) {
            found.addAll(
                sql.query("SELECT DISTINCT instance FROM " + table, row -> row.getString(1)));
          }
          count(sql);
          return found;
        });
  }

  private void compile(PutMachine stored, Function<PutMachine, Machine> compile) {
    String what;
    try {
      Machine machine = compile.apply(stored);
      if (machine.pin().equals(stored.pin()) && machine.name().equals(stored.name())) {
        machines.put(stored.pin(), machine);
        return;
      }
      what = "its text, lock or name was edited";
    } catch (RuntimeException e) { // of whoever compiles
      what = "it cannot be read: " + e.getMessage();
    }
    faults.add(new Fault("machine " + stored.pin(), 0, what));
  }

  private void count(Sql sql) throws SQLException {
    long found =
        sql.first("SELECT count(DISTINCT instance) FROM entry", row -> row.getLong(1)).orElse(0L);
    long expected = sql.first("SELECT instances FROM total", row -> row.getLong(1)).orElse(-1L);
    if (found != expected) {
      faults.add(
          new Fault(
              "store",
              0,
              expected < 0
                  ? "the count of the instances that were started is missing"
                  : "found journals of %d instances, expected %d: some were taken out or put in whole"
                      .formatted(found, expected)));
    }
  }

  /** What is wrong with what belongs to no instance: machines, and how many instances there are. */
  public List<Fault> faults() {
    return List.copyOf(faults);
  }

  /** Every instance that any table names. */
  public Set<String> instances() {
    return Set.copyOf(instances);
  }

  /** Checks one instance, as it is at one moment. */
  public Verdict verify(String instance) {
    return store.readAtOnce(sql -> new InstanceVerification(sql, instance, machines).verdict());
  }
}
