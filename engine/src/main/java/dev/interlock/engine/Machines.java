package dev.interlock.engine;

import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Machine;
import java.util.List;
import java.util.function.Function;

/**
 * The machines that an engine starts instances of, and the way to those it started earlier.
 *
 * @param current new instances are started of these; one for each name
 * @param compile makes a machine of what is stored of it: an instance keeps the one it was started
 *     with
 */
public record Machines(List<Definition> current, Function<Store.PutMachine, Machine> compile) {
  public Machines {
    current = List.copyOf(current);
    long names = current.stream().map(definition -> definition.machine().name()).distinct().count();
    if (names < current.size()) {
      throw new IllegalArgumentException(
          "found two machines of one name, expected one for each: rename or remove one");
    }
  }

  /**
   * A machine and what it was made of.
   *
   * @param text of {@code machine.yaml}
   * @param lock text of {@code tools.lock}
   */
  public record Definition(Machine machine, String text, String lock) {}
}
