package dev.interlock.core.load;

/**
 * What a {@link Diagnostic} is about. A code keeps its meaning for good; docs/VERIFY.md has each.
 */
public interface DiagnosticCode {
  /** {@code IL101}. */
  String id();

  /** What it says of what it stands at, a clause. */
  String says();
}
