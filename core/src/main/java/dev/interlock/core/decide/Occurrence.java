package dev.interlock.core.decide;

import dev.interlock.core.journal.Content;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.machine.Budget;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.prompt.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened: the only input of the core. Time and ids arrive in it.
 *
 * <p>What people send ({@link Sent}) carries an id that is unique in the journal and whoever sent
 * it; what the engine reports carries the number of the question or call it is about.
 */
public sealed interface Occurrence {
  Instant at();

  /** What a person or an application sends. */
  sealed interface Sent extends Occurrence {
    /** Unique within the instance; the same id again is a duplicate. */
    String id();

    Principal from();
  }

  /**
   * An instance begins. {@code from} becomes its caller, or starts it for {@code caller}.
   *
   * @param despite the codes of the errors that a check of the machine found and {@code from}, an
   *     operator, starts it despite; {@code unchecked} if it could not be checked; null if it has
   *     no errors
   */
  record Started(
      String id,
      Instant at,
      Principal from,
      Principal caller,
      @Content Map<String, Object> input,
      @Nullable List<String> despite)
      implements Sent {
    /** Of a machine without errors. */
    public Started(
        String id, Instant at, Principal from, Principal caller, Map<String, Object> input) {
      this(id, at, from, caller, input, null);
    }
  }

  /**
   * The caller writes, or fills in a form, or both.
   *
   * @param text empty if it is a form alone
   * @param form values for fields of source {@code user}; null if there are none
   * @param documents that came with it, by field, each a list of what {@link
   *     dev.interlock.core.machine.Document} says of one whose bytes the engine has; null if there
   *     are none. What whoever sent it says of documents stands in {@code form}, and is rejected
   */
  record MessageSent(
      String id,
      Instant at,
      Principal from,
      @Content String text,
      @Content @Nullable Map<String, Object> form,
      @Content @Nullable Map<String, Object> documents)
      implements Sent {
    /** Without documents. */
    public MessageSent(
        String id, Instant at, Principal from, String text, @Nullable Map<String, Object> form) {
      this(id, at, from, text, form, null);
    }
  }

  /**
   * An event of the machine is sent.
   *
   * @param payload null if the event carries none
   */
  record EventSent(
      String id, Instant at, Principal from, String name, @Content @Nullable Object payload)
      implements Sent {}

  /**
   * An answer to what is parked, or to an approval state.
   *
   * @param number of the parked call or the approval
   * @param hash of what was shown; another one is rejected
   * @param answer {@link #APPROVED} or {@link #REJECTED}, or a word of the approval state
   * @param form values for the fields that the answer fills
   */
  record Answered(
      String id,
      Instant at,
      Principal from,
      int number,
      @Content(hash = true) String hash,
      String answer,
      @Content Map<String, Object> form)
      implements Sent {
    public static final String APPROVED = "approved";
    public static final String REJECTED = "rejected";
  }

  /**
   * A person says what became of an unknown call.
   *
   * @param result what the tool would have answered, as JSON, projected; null if not given
   */
  record Resolved(
      String id, Instant at, Principal from, int call, boolean happened, @Nullable Result result)
      implements Sent {}

  /** An operator sends an escalated instance back to work. */
  record Resumed(String id, Instant at, Principal from, String state, Map<Budget, Decimal> grants)
      implements Sent {}

  record Cancelled(String id, Instant at, Principal from, @Content String why) implements Sent {}

  /**
   * What was recorded of another instance goes on as this one.
   *
   * @param origin the other instance; what it recorded up to here stands before this
   * @param seq the last entry of it that does
   * @param then when that was
   */
  record Forked(String id, Instant at, Principal from, String origin, long seq, Instant then)
      implements Sent {}

  /**
   * An operator moves the instance to another version of its machine. Decided on both: {@link
   * Decide#migrate}.
   *
   * @param was what it was pinned to; if that is another by now it is not moved
   * @param machine what it is pinned to from here on: {@link
   *     dev.interlock.core.machine.Machine#pin}
   * @param states what states that are not there any more are called there, or go on as
   */
  record Migrated(
      String id, Instant at, Principal from, String was, String machine, Map<String, String> states)
      implements Sent {}

  /** What the engine reports. */
  sealed interface Reported extends Occurrence {}

  record TimerFired(Instant at, String timer) implements Reported {}

  record QuestionReplied(Instant at, long question, Reply reply) implements Reported {}

  /** The question failed after its retries. */
  record QuestionFailed(Instant at, long question, @Content String why) implements Reported {}

  /**
   * The question was not asked, or not answered, because it is too long.
   *
   * @param tokens of it, as they are estimated
   */
  record QuestionOverflowed(Instant at, long question, long tokens, @Content String why)
      implements Reported {}

  /**
   * A reply to the question that nobody recorded: an engine that asked, or may have asked, ended
   * first. The question is asked again.
   *
   * @param usage what that reply is likely to have taken
   */
  record ReplyLost(Instant at, long question, Reply.Usage usage) implements Reported {}

  record CallReturned(Instant at, int call, Result result) implements Reported {}

  record CallFailed(Instant at, int call, @Content String why) implements Reported {}

  /** The call may or may not have happened. */
  record CallUnknown(Instant at, int call, @Content String why) implements Reported {}

  /** The tool is not the one that was locked; nothing was sent. */
  record CallDrifted(Instant at, int call, @Content String what) implements Reported {}

  /**
   * What the probe of an unknown call found.
   *
   * @param happened null if it decided nothing
   */
  record CallProbed(Instant at, int call, @Nullable Boolean happened, @Content String why)
      implements Reported {}

  record TicketOpened(Instant at, int escalation, String ticket) implements Reported {}
}
