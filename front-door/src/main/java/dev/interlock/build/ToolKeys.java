package dev.interlock.build;

import java.util.List;
import java.util.function.Consumer;

/** A tool as a machine may use it. */
public final class ToolKeys extends Keys<ToolKeys> {
  ToolKeys() {}

  @Override
  ToolKeys self() {
    return this;
  }

  /** {@code read}, {@code idempotent} or {@code write}. */
  public ToolKeys effect(String effect) {
    return put("effect", effect);
  }

  /** From acceptance to the last moment at which an answer is awaited. */
  public ToolKeys timeout(String timeout) {
    return put("timeout", timeout);
  }

  /** How often a read or an idempotent call is tried, and how long is waited before it is again. */
  public ToolKeys retry(int attempts, String backoff) {
    return put("retry", MachineBuilder.ordered("attempts", (long) attempts, "backoff", backoff));
  }

  /** An argument that the machine fills, CEL. */
  public ToolKeys set(String argument, String expression) {
    return named("set", argument, expression);
  }

  /** What settles an unknown outcome by asking. */
  public ToolKeys probe(Consumer<ProbeKeys> says) {
    return put("probe", of(new ProbeKeys(), says));
  }

  /** {@code private}, {@code untrusted} or {@code external}. */
  public ToolKeys label(String... labels) {
    return words("label", labels);
  }

  /** As the other one, always as a list. */
  public ToolKeys label(List<String> labels) {
    return put("label", List.copyOf(labels));
  }

  /** Fields that go stale when it is dispatched. */
  public ToolKeys forgets(String... fields) {
    return put("forgets", List.of(fields));
  }

  /** Arguments whose values nobody is shown. */
  public ToolKeys secret(String... arguments) {
    return put("secret", List.of(arguments));
  }

  /** A read that tells whether a call happened. */
  public static final class ProbeKeys extends Keys<ProbeKeys> {
    ProbeKeys() {}

    @Override
    ProbeKeys self() {
      return this;
    }

    /** The read. */
    public ProbeKeys call(String tool) {
      return put("call", tool);
    }

    /** An argument of it, CEL over {@code call}. */
    public ProbeKeys with(String argument, String expression) {
      return named("with", argument, expression);
    }

    /** Whether it happened, CEL over {@code result} and {@code call}. */
    public ProbeKeys happened(String guard) {
      return put("happened", guard);
    }
  }
}
