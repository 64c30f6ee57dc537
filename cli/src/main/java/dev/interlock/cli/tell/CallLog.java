package dev.interlock.cli.tell;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Refusal;
import dev.interlock.core.journal.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of every call that was proposed, folded from a journal: an instance itself remembers
 * only those that are not done with.
 */
public final class CallLog {
  private final Map<Integer, Row> rows = new LinkedHashMap<>();

  /** How far a call came. */
  public enum How {
    PROPOSED("proposed"),
    ACCEPTED("accepted"),
    DISPATCHED("in flight"),
    RETURNED("returned"),
    FAILED("failed"),
    REFUSED("refused"),
    UNKNOWN("unknown"),
    WITHDRAWN("withdrawn"),
    PARKED("parked"),
    REJECTED("rejected"),
    EXPIRED("expired"),
    VOID("void"),
    TAKEN_BACK("taken back");

    private final String word;

    How(String word) {
      this.word = word;
    }

    /** As people read it. */
    public String word() {
      return word;
    }
  }

  /**
   * One call.
   *
   * @param args as accepted, or as proposed if it was not
   * @param rule the rule that refused it, or empty
   * @param why the result's beginning, or why it failed, was refused or withdrawn
   */
  public record Row(
      int number, String tool, Map<String, Object> args, How how, String rule, String why) {
    private Row with(How next, String because) {
      return new Row(number, tool, args, next, rule, because);
    }

    private Row accepted(Map<String, Object> accepted) {
      return new Row(number, tool, accepted, How.ACCEPTED, rule, why);
    }

    private Row refused(Refusal refusal) {
      return new Row(number, tool, args, How.REFUSED, refusal.rule(), refusal.why());
    }
  }

  /** The calls of a whole journal. */
  public static CallLog of(List<Entry> journal) {
    CallLog log = new CallLog();
    journal.forEach(entry -> entry.outcomes().forEach(log::add));
    return log;
  }

  /** All calls by number. */
  public List<Row> rows() {
    return new ArrayList<>(rows.values());
  }

  /** The tool of a call, or a word for one whose proposal was not seen. */
  String tool(int call) {
    Row row = rows.get(call);
    return row == null ? "a call" : row.tool();
  }

  /** The arguments of a call, or none for one whose proposal was not seen. */
  Map<String, Object> args(int call) {
    Row row = rows.get(call);
    return row == null ? Map.of() : row.args();
  }

  /** Takes one outcome more into account. */
  void add(Outcome outcome) {
    switch (outcome) {
      case Outcome.CallProposed it ->
          rows.put(it.call(), new Row(it.call(), it.tool(), it.proposed(), How.PROPOSED, "", ""));
      case Outcome.CallAccepted it -> change(it.call(), row -> row.accepted(it.args()));
      case Outcome.CallRefused it -> change(it.call(), row -> row.refused(it.refusal()));
      case Outcome.CallDispatched it -> change(it.call(), row -> row.with(How.DISPATCHED, ""));
      case Outcome.BuiltInApplied it -> change(it.call(), row -> row.with(How.RETURNED, it.text()));
      case Outcome.Recalled it -> change(it.call(), row -> row.with(How.RETURNED, ""));
      case Outcome.CallReturned it ->
          change(it.call(), row -> row.with(How.RETURNED, it.result().preview()));
      case Outcome.CallFailed it -> change(it.call(), row -> row.with(How.FAILED, it.why()));
      case Outcome.CallUnknown it -> change(it.call(), row -> row.with(How.UNKNOWN, it.why()));
      case Outcome.CallWithdrawn it -> change(it.call(), row -> row.with(How.WITHDRAWN, it.why()));
      case Outcome.CallParked it ->
          change(
              it.parked().number(),
              row -> row.accepted(it.parked().call().args()).with(How.PARKED, ""));
      case Outcome.ParkedEnded it -> change(it.number(), row -> row.with(ended(it), it.why()));
      case Outcome.ParkedReleased it -> change(it.number(), row -> row.with(How.ACCEPTED, ""));
      case Outcome.UnknownSettled it ->
          change(
              it.call(),
              row ->
                  row.with(
                      it.happened() ? How.RETURNED : How.FAILED,
                      (it.happened() ? "it happened, says " : "it did not happen, says ")
                          + it.by()));
      case Outcome.Began it -> {}
      case Outcome.Remembered it -> {}
      case Outcome.Entered it -> {}
      case Outcome.Migrated it -> {}
      case Outcome.Waited it -> {}
      case Outcome.Ended it -> {}
      case Outcome.FieldSet it -> {}
      case Outcome.FieldAppended it -> {}
      case Outcome.FieldCleared it -> {}
      case Outcome.MessageKept it -> {}
      case Outcome.TextTyped it -> {}
      case Outcome.EventKept it -> {}
      case Outcome.EventTaken it -> {}
      case Outcome.EventNotTaken it -> {}
      case Outcome.Noticed it -> {}
      case Outcome.CancelKept it -> {}
      case Outcome.TurnOpened it -> {}
      case Outcome.Asked it -> {}
      case Outcome.SummaryAsked it -> {}
      case Outcome.Summarised it -> {}
      case Outcome.SummaryFaulty it -> {}
      case Outcome.AskedAgain it -> {}
      case Outcome.ReplyTaken it -> {}
      case Outcome.ReplyFaulty it -> {}
      case Outcome.QuestionLost it -> {}
      case Outcome.UsageCounted it -> {}
      case Outcome.Said it -> {}
      case Outcome.TurnClosing it -> {}
      case Outcome.TurnEnded it -> {}
      case Outcome.Ruled it -> {}
      case Outcome.CallApplied it -> {}
      case Outcome.Labelled it -> {}
      case Outcome.CountGivenBack it -> {}
      case Outcome.CallLate it -> {}
      case Outcome.AnswerTaken it -> {}
      case Outcome.ApprovalAsked it -> {}
      case Outcome.ApprovalClosed it -> {}
      case Outcome.TimerSet it -> {}
      case Outcome.TimerCancelled it -> {}
      case Outcome.TimerDue it -> {}
      case Outcome.TimerDropped it -> {}
      case Outcome.Escalation it -> {}
      case Outcome.TicketTaken it -> {}
      case Outcome.ResumeTaken it -> {}
    }
  }

  private static How ended(Outcome.ParkedEnded it) {
    return switch (it.how()) {
      case REJECTED -> How.REJECTED;
      case EXPIRED -> How.EXPIRED;
      case VOID -> How.VOID;
      case TAKEN_BACK -> How.TAKEN_BACK;
    };
  }

  private void change(int call, java.util.function.UnaryOperator<Row> change) {
    rows.computeIfPresent(call, (number, row) -> change.apply(row));
  }
}
