package dev.interlock.build;

import java.util.List;

/** What must hold of every run. */
public final class PropertyKeys extends Keys<PropertyKeys> {
  PropertyKeys() {}

  @Override
  PropertyKeys self() {
    return this;
  }

  /** A tool, a state or {@code yes ROLE} must have happened before a tool or a state. */
  public PropertyKeys before(String first, String second) {
    return put("before", List.of(first, second));
  }

  /** Beside {@code before}: an argument that is the same in both calls. */
  public PropertyKeys same(String argument) {
    return put("same", argument);
  }

  /** A tool that is not called, or a state that is not entered. */
  public PropertyKeys never(String what) {
    return put("never", what);
  }

  /** Beside {@code never}: once this has happened. */
  public PropertyKeys after(String what) {
    return put("after", what);
  }

  /** A tool or a state happens so often at most. */
  public PropertyKeys atMost(long count, String of) {
    return put("atMost", count).put("of", of);
  }

  /** {@code if}: what must be true of the call or the entry, CEL. */
  public PropertyKeys onlyIf(String guard) {
    return put("if", guard);
  }

  /** Every run comes to one of these states. */
  public PropertyKeys eventually(String... states) {
    return put("eventually", List.of(states));
  }
}
