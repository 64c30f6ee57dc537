package dev.interlock.core.evolve;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What keeps an instance running.
 *
 * @param question the number of its question, 0 if it has none
 * @param open whether the question has no reply yet
 * @param calls in the order of the reply
 * @param proposedAny whether the reply had calls
 * @param said whether text was said to the user
 * @param faulty whether the reply could not be used
 * @param closing why it closes early, or null
 */
public record Turn(
    Kind kind,
    long question,
    boolean open,
    List<Call> calls,
    boolean proposedAny,
    boolean said,
    boolean faulty,
    @Nullable Closing closing) {

  /** What a turn consists of. */
  public enum Kind {
    QUESTION,
    /** The call of a call state. */
    MACHINE,
    /** One parked call that was approved. */
    APPROVED
  }

  /** Why a turn closes early. */
  public enum Closing {
    CANCEL,
    TIMER,
    EVENT,
    BUDGET
  }
}
