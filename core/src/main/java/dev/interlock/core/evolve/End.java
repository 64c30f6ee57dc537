package dev.interlock.core.evolve;

/**
 * How an instance ended.
 *
 * @param outcome of a final state, empty if it names none
 */
public record End(Status status, String outcome) {
  /** The three ends. */
  public enum Status {
    COMPLETED,
    ESCALATED,
    CANCELLED
  }
}
