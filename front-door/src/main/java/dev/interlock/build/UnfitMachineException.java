package dev.interlock.build;

import java.util.List;

/** A machine written in Java that cannot be loaded. */
public final class UnfitMachineException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;
  private final transient List<String> problems;

  UnfitMachineException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /**
   * All of them, each with its path in the machine: {@code states.Act.transitions[0].target: found
   * …, expected …}.
   */
  public List<String> problems() {
    return problems;
  }
}
