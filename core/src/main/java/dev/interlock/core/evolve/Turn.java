package dev.interlock.core.evolve;

import java.util.List;
import java.util.Objects;
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
 * @param summary that its question was too long without, or null
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
    String closingDetail,
    @Nullable Summary summary) {

  /**
   * Of what came before the turn.
   *
   * @param asked how often it was asked for
   * @param room as of {@link dev.interlock.core.decide.Outcome.SummaryAsked}
   * @param fault why the newest could not be used, or empty
   * @param made whether there is one
   */
  public record Summary(int asked, long room, String fault, boolean made) {}

  /** One that has only begun. */
  static Turn opened(Kind kind) {
    return new Turn(kind, 0, false, List.of(), false, false, false, null, "", "", null);
  }

  /** Whether what is open is not its question, but a summary. */
  public boolean summing() {
    return open && summary != null && !summary.made();
  }

  Turn asked(long number) {
    return new Turn(
        kind,
        number,
        true,
        calls,
        proposedAny,
        said,
        faulty,
        closing,
        closingName,
        closingDetail,
        summary);
  }

  Turn summaryAsked(long number, long room) {
    Summary next =
        summary == null
            ? new Summary(1, room, "", false)
            : new Summary(summary.asked() + 1, room, summary.fault(), false);
    return asked(number).with(next);
  }

  /**
   * There is a summary, or one that cannot be used.
   *
   * @param fault why it cannot, or empty
   */
  Turn summarised(String fault) {
    Summary asked = Objects.requireNonNull(summary, "no summary was asked for");
    return replied(false, false)
        .with(new Summary(asked.asked(), asked.room(), fault, fault.isEmpty()));
  }

  private Turn with(Summary next) {
    return new Turn(
        kind,
        question,
        open,
        calls,
        proposedAny,
        said,
        faulty,
        closing,
        closingName,
        closingDetail,
        next);
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
        closingDetail,
        summary);
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
        closingDetail,
        summary);
  }

  Turn closing(Closing why, String name, String detail) {
    return new Turn(
        kind, question, open, calls, proposedAny, said, faulty, why, name, detail, summary);
  }

  /** As somebody sees it who may not see its calls. */
  Turn withoutCalls() {
    return new Turn(
        kind, question, open, List.of(), proposedAny, said, faulty, closing, "", "", summary);
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
        closingDetail,
        summary);
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
