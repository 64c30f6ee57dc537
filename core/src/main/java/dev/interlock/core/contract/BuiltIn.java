package dev.interlock.core.contract;

import java.util.Arrays;
import java.util.Optional;

/** The tools that every machine has for its model; no selector matches them. */
public enum BuiltIn {
  /** Fills fields of source {@code agent}. */
  RECORD("record"),
  /** Opens an earlier result. */
  RECALL("recall"),
  /** Takes a parked call back. */
  TAKE_BACK("take_back");

  private final String word;

  BuiltIn(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }

  public static Optional<BuiltIn> of(String name) {
    return Arrays.stream(values()).filter(builtIn -> builtIn.word.equals(name)).findFirst();
  }
}
