package dev.interlock.testkit.junit;

import dev.interlock.core.evolve.Instance;
import java.util.LinkedHashSet;
import java.util.Set;

/** What a test has asserted so far. */
final class Asserted {
  private final Set<String> absent = new LinkedHashSet<>();
  private boolean something;

  /** Anything of state, facts, calls or refusals. */
  void something() {
    something = true;
  }

  /** That a tool was not called. */
  void absent(String tool) {
    absent.add(tool);
    something = true;
  }

  boolean nothing() {
    return !something;
  }

  Set<String> absences() {
    return absent;
  }

  static String where(Instance instance) {
    return "it is %s in %s".formatted(instance.status().word(), instance.state());
  }
}
