package dev.interlock.core.machine;

/** Where a way out leads. */
public sealed interface Target {
  /** A new visit of a state. */
  record To(String state) implements Target {
    @Override
    public String toString() {
      return state;
    }
  }

  /** The visit that was left, continued. */
  record Back() implements Target {
    @Override
    public String toString() {
      return "back";
    }
  }
}
