package dev.interlock.core.decide;

import java.util.List;

/** What the core concluded of an occurrence. */
public sealed interface Decision {
  /**
   * It is taken.
   *
   * @param outcomes to be folded and recorded, in order, as one step
   * @param effects what the engine must now carry out, after the step is durable
   * @param note what the sender is told, empty if there is nothing to say
   */
  record Accepted(List<Outcome> outcomes, List<Effect> effects, String note) implements Decision {}

  /** It was taken before; it is acknowledged again and changes nothing. */
  record Duplicate() implements Decision {}

  /** It is not taken, and leaves no trace. */
  record Rejected(Rejection rejection) implements Decision {}
}
