package dev.interlock.core.decide;

import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import java.util.List;
import java.util.Optional;

/** The properties that are monitored: what would break one does not happen. */
final class Properties {
  private Properties() {}

  /** Those that say what must come before a tool's call or a state's entry. */
  static List<Property.Before> of(Machine machine, String then) {
    return machine.properties().stream()
        .filter(Property.Before.class::isInstance)
        .map(Property.Before.class::cast)
        .filter(before -> before.monitored() && before.then().equals(then))
        .toList();
  }

  /** The first that a tool's call or a state's entry would break. */
  static Optional<Property.Before> broken(Machine machine, Instance instance, String then) {
    return of(machine, then).stream().filter(before -> !holds(instance, before)).findFirst();
  }

  /** Whether what must come first has happened: a tool returned, or a state was entered. */
  static boolean holds(Instance instance, Property.Before before) {
    return instance.returned().contains(before.first())
        || instance.visits().containsKey(before.first());
  }

  /** What is told of one that is broken. */
  static String why(Property.Before before) {
    return "%s comes before %s, and has not happened".formatted(before.first(), before.then());
  }
}
