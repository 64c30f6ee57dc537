package dev.interlock.core.evolve;

import java.util.List;
import java.util.function.UnaryOperator;
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
 * @param closingName the reason's word, or the name of what closes it
 * @param closingDetail a sentence for people
 */
public record Turn(
    Kind kind,
    long question,
    boolean open,
    List<Call> calls,
    boolean proposedAny,
    boolean said,
    boolean faulty,
    @Nullable Closing closing,
    String closingName,
    String closingDetail) {

  Turn asked(long number) {
    return new Turn(
        kind, number, true, calls, proposedAny, said, faulty, closing, closingName, closingDetail);
  }

  Turn replied(boolean withCalls, boolean unusable) {
    return new Turn(
        kind,
        question,
        false,
        calls,
        withCalls,
        said,
        unusable,
        closing,
        closingName,
        closingDetail);
  }

  Turn spoke() {
    return new Turn(
        kind,
        question,
        open,
        calls,
        proposedAny,
        true,
        faulty,
        closing,
        closingName,
        closingDetail);
  }

  Turn closing(Closing why, String name, String detail) {
    return new Turn(kind, question, open, calls, proposedAny, said, faulty, why, name, detail);
  }

  /** As somebody sees it who may not see its calls. */
  Turn withoutCalls() {
    return new Turn(kind, question, open, List.of(), proposedAny, said, faulty, closing, "", "");
  }

  private Turn with(List<Call> others) {
    return new Turn(
        kind,
        question,
        open,
        others,
        proposedAny,
        said,
        faulty,
        closing,
        closingName,
        closingDetail);
  }

  Turn plus(Call call) {
    return with(Evolve.plus(calls, call));
  }

  Turn change(int number, UnaryOperator<Call> change) {
    return with(Evolve.map(calls, call -> call.number() == number ? change.apply(call) : call));
  }

  /** What a turn consists of. */
  public enum Kind {
    QUESTION,
    /** The calls of a call state. */
    CALL,
    /** One parked call that was approved. */
    APPROVED
  }

  /** Why a turn closes early. */
  public enum Closing {
    CANCEL,
    TIMER,
    EVENT,
    /** A budget is spent. */
    BUDGET,
    /** Something went wrong that no budget counts: drift, a misfit, no reply. */
    FAULT
  }
}
