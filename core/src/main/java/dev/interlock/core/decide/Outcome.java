package dev.interlock.core.decide;

import dev.interlock.core.evolve.End;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Evidence;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.evolve.Visit;
import dev.interlock.core.journal.Content;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Quorum;
import dev.interlock.core.prompt.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the core concluded. Folding outcomes gives the instance; each is recorded as it is. */
public sealed interface Outcome {

  // ---- the instance

  /** The first outcome of every instance. */
  record Began(String machine, Principal caller) implements Outcome {}

  /**
   * The id of something that was sent; the same again is a duplicate.
   *
   * @param print of what was sent, by which the same is told from something else
   */
  record Remembered(String id, @Content String print) implements Outcome {}

  /**
   * A state is entered.
   *
   * @param visit number of the visit; an earlier one is continued
   * @param cause what led here, for people: {@code transition}, {@code event paid}, …
   * @param back whether an earlier visit is continued
   * @param keepsWayBack whether the way back stays what it was
   * @param escalation whether the state is an escalation
   */
  record Entered(
      String state,
      long visit,
      String cause,
      boolean back,
      boolean keepsWayBack,
      boolean escalation)
      implements Outcome {}

  /**
   * The instance is pinned to another version of its machine.
   *
   * @param visit the open one, and those behind it, as they are called there
   * @param renamed states that are new there and were called otherwise: entries count on
   * @param counted what rules count is counted there by other rules, by both their prefixes; what
   *     is not in it is counted no longer
   * @param labels that results of before have there and had not yet
   */
  record Migrated(
      String machine,
      Visit visit,
      Map<String, String> renamed,
      Map<String, String> counted,
      List<String> labels)
      implements Outcome {}

  /** The instance waits for the user. */
  record Waited() implements Outcome {}

  record Ended(End end) implements Outcome {}

  // ---- fields

  /**
   * A field, or one entry of it, has a new value.
   *
   * @param key empty if the field is not keyed
   * @param value of the whole field, or of the entry under {@code key}
   */
  record FieldSet(String field, @Content List<Object> key, @Content Object value, Evidence evidence)
      implements Outcome {}

  /** Items are added to a {@code many} field, or to one entry of it. */
  record FieldAppended(
      String field, @Content List<Object> key, @Content List<Object> items, Evidence evidence)
      implements Outcome {}

  /**
   * Unset, or emptied.
   *
   * @param empty what a keyed or {@code many} field is then; null for any other
   */
  record FieldCleared(String field, @Content @Nullable Object empty) implements Outcome {}

  // ---- what arrives

  record MessageKept(Inbox.Message message) implements Outcome {}

  /** The caller typed a text, which counts for what was said. */
  record TextTyped(Inbox.Message message) implements Outcome {}

  record EventKept(Inbox.Event event) implements Outcome {}

  /** A waiting event led out of the state. */
  record EventTaken(String id, String name) implements Outcome {}

  record EventNotTaken(String id, String name) implements Outcome {}

  /** Something the model is told with the next question. */
  record Noticed(Inbox.Notice notice) implements Outcome {}

  record CancelKept(Principal by, @Content String why) implements Outcome {}

  // ---- turns

  record TurnOpened(Turn.Kind kind) implements Outcome {}

  /**
   * The open turn's question.
   *
   * @param messages ids of the messages it delivers: all that wait
   */
  record Asked(long question, List<String> messages) implements Outcome {}

  /**
   * In the place of a question that is too long, the model is asked for a summary of what came
   * before. It counts in no {@code turns}.
   *
   * @param question the number that this is asked under
   * @param keep the most exchanges, the newest, that stay as they are
   * @param room of those, in tokens; what is to be summed up gets twice as much
   */
  record SummaryAsked(long question, int keep, long room) implements Outcome {}

  /** What stands in the place of what came before, in questions: the journal keeps all of it. */
  record Summarised(long question, @Content String text, String model, Reply.Usage usage)
      implements Outcome {}

  /** The summary could not be used. It is not counted as an error of the agent's. */
  record SummaryFaulty(long question, Reply reply, @Content String why) implements Outcome {}

  /**
   * The open turn's question, asked anew after a summary. It counts in no {@code turns}.
   *
   * @param question the number that this is asked under
   */
  record AskedAgain(long question) implements Outcome {}

  record ReplyTaken(long question, Reply reply) implements Outcome {}

  /** The reply could not be used; it counts an error and its calls are not judged. */
  record ReplyFaulty(long question, Reply reply, @Content String why) implements Outcome {}

  /** There is no reply; it is not counted against the model. */
  record QuestionLost(long question, @Content String why) implements Outcome {}

  /** Tokens of a reply that came after its question was abandoned, or that was lost. */
  record UsageCounted(long question, Reply.Usage usage) implements Outcome {}

  /** Text for the user: of the model during a turn, else of the state that was entered. */
  record Said(@Content String text) implements Outcome {}

  /** The turn takes no more calls and ends as soon as what is in flight has settled. */
  record TurnClosing(Turn.Closing why, String name, @Content String detail) implements Outcome {}

  record TurnEnded() implements Outcome {}

  // ---- calls

  record CallProposed(
      int call, String id, @Content String tool, @Content Map<String, Object> proposed)
      implements Outcome {}

  /**
   * A rule was judged.
   *
   * @param rule its sentence
   */
  record Ruled(int call, String rule, Verdict verdict) implements Outcome {}

  /** What a rule says of a call. */
  enum Verdict {
    ALLOWS,
    REFUSES,
    ASKS,
    /** {@code unless} was true. */
    EXCUSES,
    /** It would refuse, and the machine only observes. */
    WOULD_REFUSE,
    /** It would ask people, and the machine only observes. */
    WOULD_ASK
  }

  record CallAccepted(int call, @Content Map<String, Object> args) implements Outcome {}

  record CallRefused(int call, Refusal refusal) implements Outcome {}

  /**
   * A call goes out.
   *
   * @param counted keys of the rules whose {@code atMost} it counts in
   */
  record CallDispatched(
      int call, String key, Instant at, Instant deadline, @Content List<String> counted)
      implements Outcome {}

  /** A built-in was applied. */
  record BuiltInApplied(int call, @Content String text) implements Outcome {}

  /**
   * A built-in {@code recall} opens an earlier result.
   *
   * @param of the number of the call whose result is opened
   * @param offset in characters
   */
  record Recalled(int call, int of, long offset) implements Outcome {}

  record CallReturned(int call, Result result) implements Outcome {}

  record CallFailed(int call, @Content String why) implements Outcome {}

  record CallUnknown(int call, @Content String why) implements Outcome {}

  record CallWithdrawn(int call, @Content String why) implements Outcome {}

  /**
   * A settled call of the turn is counted, in call order.
   *
   * @param error whether it counts an error
   * @param success whether it clears the errors in a row
   */
  record CallApplied(int call, boolean error, boolean success) implements Outcome {}

  /**
   * What a call came to reaches the conversation, and with it labels that were not there yet.
   *
   * @param labels their words
   */
  record Labelled(int call, List<String> labels) implements Outcome {}

  /** An {@code atMost} is given back: the call failed or did not happen. */
  record CountGivenBack(int call, @Content List<String> counted) implements Outcome {}

  /** Something about a call arrived when nothing waited for it. */
  record CallLate(int call, @Content String what) implements Outcome {}

  // ---- people

  record CallParked(Parked parked) implements Outcome {}

  /**
   * An answer was taken.
   *
   * @param form of an approval that asks several, whose answers must be alike; else empty
   */
  record AnswerTaken(
      int number, String role, String answer, Principal by, @Content Map<String, Object> form)
      implements Outcome {
    /** Journals from before {@code people} have no form. */
    public AnswerTaken {
      form = Objects.requireNonNullElse(form, Map.of());
    }
  }

  /** A parked call is over without going out: a no, an expiry, a void, or taken back. */
  record ParkedEnded(int number, How how, @Content String why) implements Outcome {
    /** How a parked call ended. */
    public enum How {
      REJECTED,
      EXPIRED,
      VOID,
      TAKEN_BACK
    }
  }

  /** An approved call leaves the parked ones and becomes the call of the open turn. */
  record ParkedReleased(int number) implements Outcome {}

  record ApprovalAsked(
      int number,
      String role,
      @Content Map<String, Object> shown,
      @Content(hash = true) String hash,
      Quorum quorum)
      implements Outcome {
    /** Journals from before {@code people} ask one. */
    public ApprovalAsked {
      quorum = Objects.requireNonNullElse(quorum, Quorum.ONE);
    }
  }

  /** The open approval is no longer asked. */
  record ApprovalClosed(int number, @Content String why) implements Outcome {}

  /** A person, or a late answer, or the probe settled an unknown call. */
  record UnknownSettled(int call, boolean happened, @Nullable Result result, String by)
      implements Outcome {}

  // ---- timers

  record TimerSet(Timer timer) implements Outcome {}

  record TimerCancelled(String id) implements Outcome {}

  record TimerDue(Timer timer) implements Outcome {}

  /** A fired timer that nothing waited for any more. */
  record TimerDropped(String id) implements Outcome {}

  // ---- escalation

  record Escalation(Escalated escalated) implements Outcome {}

  record TicketTaken(int escalation, String ticket) implements Outcome {}

  /** The instance goes back to work: errors in a row start at zero. */
  record ResumeTaken(String state, Map<Budget, Decimal> grants, Principal by) implements Outcome {}
}
