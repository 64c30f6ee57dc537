package dev.interlock.cli.tell;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Evidence;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells the entries of one instance's journal as lines: who says what, state changes, calls,
 * refusals with their rule, what waits for whom. Remembers calls, so that each line can name its
 * tool. Not thread-safe.
 */
public final class Narrator {
  private final CallLog calls = new CallLog();

  /** Takes entries into account that need not be told. */
  public void skip(List<Entry> entries) {
    entries.forEach(entry -> entry.outcomes().forEach(calls::add));
  }

  /** What one entry has to tell, in order. */
  public List<Line> tell(Entry entry) {
    List<Line> lines = new ArrayList<>();
    Teller teller = new Teller(entry, lines);
    occurrence(entry.occurrence(), teller);
    for (Outcome outcome : entry.outcomes()) {
      calls.add(outcome);
      outcome(outcome, teller);
    }
    return lines;
  }

  /** Adds lines of one entry. */
  private record Teller(Entry entry, List<Line> lines) {
    void line(Line.Kind kind, String label, String text) {
      lines.add(new Line(entry.at(), entry.instance(), kind, label, text));
    }

    /** A reason behind what it is the reason of, unless the same entry has told it already. */
    String because(String why) {
      return why.isEmpty() || told(why) ? "" : ": " + why;
    }

    boolean told(String why) {
      return lines.stream().anyMatch(line -> line.text().endsWith(": " + why));
    }
  }

  private static void occurrence(Occurrence occurrence, Teller tell) {
    switch (occurrence) {
      case Occurrence.MessageSent it ->
          tell.line(Line.Kind.USER, "user", it.text() + form(it) + by(it.from()));
      case Occurrence.EventSent it ->
          tell.line(
              Line.Kind.HAPPENED,
              "event",
              it.name()
                  + (it.payload() == null ? "" : " " + Values.json(it.payload()))
                  + ", from "
                  + it.from());
      case Occurrence.Forked it ->
          tell.line(
              Line.Kind.HAPPENED,
              "fork",
              "of %s at entry %d, by %s".formatted(it.origin(), it.seq(), it.from()));
      case Occurrence.Migrated it ->
          tell.line(
              Line.Kind.HAPPENED,
              "migrate",
              "to machine %s%s, by %s"
                  .formatted(
                      it.machine().substring(0, 12),
                      it.states().isEmpty() ? "" : ", " + it.states(),
                      it.from()));
      case Occurrence.Cancelled it ->
          tell.line(
              Line.Kind.HAPPENED,
              "cancel",
              "by " + it.from() + (it.why().isBlank() ? "" : ": " + it.why()));
      case Occurrence.QuestionFailed it ->
          tell.line(Line.Kind.REFUSED, "model", "no reply: " + it.why());
      case Occurrence.QuestionOverflowed it ->
          tell.line(Line.Kind.HAPPENED, "model", "not answered: " + it.why());
      case Occurrence.ReplyLost it ->
          tell.line(
              Line.Kind.HAPPENED,
              "model",
              "a reply was lost when the engine stopped, and is asked for again; "
                  + "%,d tokens are charged for it"
                      .formatted(it.usage().input() + it.usage().output()));
      case Occurrence.CallProbed it ->
          tell.line(
              Line.Kind.CALL,
              "probe " + it.call(),
              probed(it.happened()) + (it.why().isEmpty() ? "" : ": " + it.why()));
      case Occurrence.CallDrifted it ->
          tell.line(
              Line.Kind.REFUSED, "call " + it.call(), "not sent, the tool changed: " + it.what());
      // What these lead to stands in the outcomes.
      case Occurrence.Started it ->
          despite(it).ifPresent(what -> tell.line(Line.Kind.REFUSED, "check", what));
      case Occurrence.Answered it -> {}
      case Occurrence.Resolved it -> {}
      case Occurrence.Resumed it -> {}
      case Occurrence.TimerFired it -> {}
      case Occurrence.QuestionReplied it -> {}
      case Occurrence.CallReturned it -> {}
      case Occurrence.CallFailed it -> {}
      case Occurrence.CallUnknown it -> {}
      case Occurrence.TicketOpened it -> {}
    }
  }

  /** That an instance was started though its machine has errors. */
  static Optional<String> despite(Occurrence.Started started) {
    return Optional.ofNullable(started.despite())
        .map(codes ->
            "started by %s despite errors in its machine: %s"
                .formatted(started.from(), String.join(", ", codes)));
  }

  private void outcome(Outcome outcome, Teller tell) {
    switch (outcome) {
      case Outcome.Began it ->
          tell.line(
              Line.Kind.STATE, "begins", "for " + it.caller() + ", as " + tell.entry.instance());
      case Outcome.Entered it ->
          tell.line(
              Line.Kind.STATE,
              "state",
              it.state() + (it.cause().isEmpty() ? "" : " (" + it.cause() + ")"));
      case Outcome.Ended it ->
          tell.line(
              Line.Kind.ENDED,
              "ended",
              switch (it.end().status()) {
                case COMPLETED ->
                    it.end().outcome().isEmpty()
                        ? "completed"
                        : "completed, outcome " + it.end().outcome();
                case ESCALATED -> "escalated";
                case CANCELLED -> "cancelled";
              });
      case Outcome.FieldSet it ->
          field(tell, it.field() + keys(it.key()) + " =", it.value(), it.evidence());
      case Outcome.FieldAppended it ->
          field(tell, it.field() + keys(it.key()) + " +=", it.items(), it.evidence());
      case Outcome.FieldCleared it -> {
        if (!(tell.entry.occurrence() instanceof Occurrence.Started)) { // lists begin empty
          tell.line(Line.Kind.FIELD, "field", it.field() + " is cleared");
        }
      }
      case Outcome.EventNotTaken it ->
          tell.line(Line.Kind.HAPPENED, "event", it.name() + " was not taken");
      case Outcome.Noticed it ->
          tell.line(Line.Kind.HAPPENED, "notice", "to the agent: " + it.notice().text());
      case Outcome.ReplyFaulty it ->
          tell.line(Line.Kind.REFUSED, "model", "the reply could not be used: " + it.why());
      case Outcome.SummaryAsked it ->
          tell.line(Line.Kind.HAPPENED, "model", "is asked for a summary of what came before");
      case Outcome.Summarised it -> tell.line(Line.Kind.HAPPENED, "summary", it.text());
      case Outcome.SummaryFaulty it ->
          tell.line(Line.Kind.REFUSED, "model", "the summary could not be used: " + it.why());
      case Outcome.QuestionLost it -> {
        if (!tell.told(it.why())) {
          tell.line(Line.Kind.REFUSED, "model", "the question was lost: " + it.why());
        }
      }
      case Outcome.Said it -> tell.line(Line.Kind.AGENT, "agent", it.text());
      case Outcome.TurnClosing it ->
          tell.line(
              Line.Kind.HAPPENED,
              "turn",
              "is closed early: " + closing(it) + tell.because(it.detail()));
      case Outcome.CallRefused it ->
          tell.line(
              Line.Kind.REFUSED,
              "refused " + it.call(),
              "%s, by \"%s\": %s"
                  .formatted(called(it.call()), it.refusal().rule(), it.refusal().why()));
      case Outcome.Ruled it -> observed(it, tell);
      case Outcome.CallDispatched it ->
          tell.line(Line.Kind.CALL, "call " + it.call(), called(it.call()));
      case Outcome.CallReturned it ->
          tell.line(
              Line.Kind.CALL,
              "result " + it.call(),
              it.result().preview()
                  + (it.result().complete() ? "" : "… (%,d bytes)".formatted(it.result().size())));
      case Outcome.CallFailed it ->
          tell.line(
              Line.Kind.REFUSED, "failed " + it.call(), calls.tool(it.call()) + ": " + it.why());
      case Outcome.CallUnknown it ->
          tell.line(
              Line.Kind.REFUSED,
              "unknown " + it.call(),
              calls.tool(it.call()) + " may or may not have happened: " + it.why());
      case Outcome.CallWithdrawn it ->
          tell.line(
              Line.Kind.REFUSED,
              "dropped " + it.call(),
              calls.tool(it.call()) + " was withdrawn: " + it.why());
      case Outcome.CallLate it ->
          tell.line(Line.Kind.CALL, "late " + it.call(), calls.tool(it.call()) + ": " + it.what());
      case Outcome.CallParked it -> parked(it.parked(), tell);
      case Outcome.AnswerTaken it ->
          tell.line(
              Line.Kind.HAPPENED,
              "answer " + it.number(),
              it.answer() + ", by " + it.by() + " for " + it.role());
      case Outcome.ParkedEnded it -> parkedEnded(it, tell);
      case Outcome.ApprovalAsked it ->
          tell.line(
              Line.Kind.WAITS,
              "waits " + it.number(),
              "for %s to answer%s"
                  .formatted(
                      it.quorum().people() == 1
                          ? it.role()
                          : "%d people of %s".formatted(it.quorum().people(), it.role()),
                      it.shown().isEmpty() ? "" : ": " + Values.shown(it.shown())));
      case Outcome.ApprovalClosed it ->
          tell.line(Line.Kind.HAPPENED, "no. " + it.number(), "is no longer asked: " + it.why());
      case Outcome.UnknownSettled it ->
          tell.line(
              Line.Kind.HAPPENED,
              "settled " + it.call(),
              "%s %s, says %s"
                  .formatted(
                      calls.tool(it.call()),
                      it.happened() ? "happened" : "did not happen",
                      it.by()));
      case Outcome.TimerDue it -> tell.line(Line.Kind.HAPPENED, "timer", due(it.timer()));
      case Outcome.Escalation it ->
          tell.line(
              Line.Kind.ESCALATED,
              "escalates",
              "from %s, reason %s%s%s"
                  .formatted(
                      it.escalated().from(),
                      it.escalated().reason(),
                      named(it.escalated()),
                      tell.because(it.escalated().detail())));
      case Outcome.TicketTaken it -> tell.line(Line.Kind.ESCALATED, "ticket", it.ticket());
      case Outcome.ResumeTaken it ->
          tell.line(
              Line.Kind.HAPPENED,
              "resume",
              "in %s, by %s%s"
                  .formatted(
                      it.state(),
                      it.by(),
                      it.grants().isEmpty()
                          ? ""
                          : ", with "
                              + it.grants().entrySet().stream()
                                  .map(grant -> grant.getValue() + " more " + grant.getKey())
                                  .sorted()
                                  .collect(Collectors.joining(", "))));
      // Bookkeeping that a reader of the story need not see; the journal has it.
      case Outcome.Remembered it -> {}
      case Outcome.Migrated it -> {}
      case Outcome.Waited it -> {}
      case Outcome.MessageKept it -> {}
      case Outcome.TextTyped it -> {}
      case Outcome.EventKept it -> {}
      case Outcome.EventTaken it -> {}
      case Outcome.CancelKept it -> {}
      case Outcome.TurnOpened it -> {}
      case Outcome.Asked it -> {}
      case Outcome.AskedAgain it -> {}
      case Outcome.ReplyTaken it -> {}
      case Outcome.UsageCounted it -> {}
      case Outcome.TurnEnded it -> {}
      case Outcome.CallProposed it -> {}
      case Outcome.CallAccepted it -> {}
      case Outcome.BuiltInApplied it -> {}
      case Outcome.Recalled it -> {}
      case Outcome.CallApplied it -> {}
      case Outcome.Labelled it -> {}
      case Outcome.CountGivenBack it -> {}
      case Outcome.ParkedReleased it -> {}
      case Outcome.TimerSet it -> {}
      case Outcome.TimerCancelled it -> {}
      case Outcome.TimerDropped it -> {}
    }
  }

  private static void field(Teller tell, String start, Object value, Evidence evidence) {
    tell.line(
        Line.Kind.FIELD,
        "field",
        "%s %s (%s)".formatted(start, Values.shown(value), evidence.by()));
  }

  private static String keys(List<Object> keys) {
    return keys.stream().map(key -> "[" + Values.shown(key) + "]").collect(Collectors.joining());
  }

  private void parked(Parked parked, Teller tell) {
    tell.line(
        Line.Kind.WAITS,
        "waits " + parked.number(),
        "for %s to allow %s: %s"
            .formatted(
                parked.asks().stream().map(Parked.Ask::whom).collect(Collectors.joining(" and ")),
                called(parked.number()),
                parked.asks().stream()
                    .flatMap(ask -> ask.rules().stream())
                    .distinct()
                    .collect(Collectors.joining("; "))));
  }

  private void parkedEnded(Outcome.ParkedEnded it, Teller tell) {
    String what =
        switch (it.how()) {
          case REJECTED -> "was rejected";
          case EXPIRED -> "expired: nobody answered in time";
          case VOID -> "is void";
          case TAKEN_BACK -> "was taken back";
        };
    tell.line(
        Line.Kind.REFUSED,
        "no. " + it.number(),
        calls.tool(it.number()) + " " + what + (it.why().isEmpty() ? "" : ": " + it.why()));
  }

  /** What a machine that only observes would have done. A call is judged twice, and told once. */
  private void observed(Outcome.Ruled it, Teller tell) {
    String what =
        switch (it.verdict()) {
          case WOULD_REFUSE -> "would be refused";
          case WOULD_ASK -> "would wait for people";
          case ALLOWS, REFUSES, ASKS, EXCUSES -> "";
        };
    String text = "%s %s, by \"%s\"".formatted(called(it.call()), what, it.rule());
    if (!what.isEmpty() && tell.lines().stream().noneMatch(line -> line.text().equals(text))) {
      tell.line(Line.Kind.REFUSED, "observed " + it.call(), text);
    }
  }

  private String called(int call) {
    Map<String, Object> args = calls.args(call);
    return calls.tool(call) + (args.isEmpty() ? "" : " " + Values.json(args));
  }

  private static String closing(Outcome.TurnClosing it) {
    String why =
        switch (it.why()) {
          case CANCEL -> "cancelled";
          case TIMER -> "a timer";
          case EVENT -> "event";
          case BUDGET -> "spent budget";
          case FAULT -> "a fault";
        };
    return it.name().isEmpty() ? why : why + " " + it.name();
  }

  /** What led to an escalation, where its reason does not say it. */
  static String named(Escalated escalated) {
    return escalated.name().isEmpty() || escalated.name().equals(escalated.reason().word())
        ? ""
        : " (" + escalated.name() + ")";
  }

  private static String due(Timer timer) {
    return switch (timer.kind()) {
      case AFTER -> "the time in this state is up" + leads(timer);
      case IDLE -> "nobody wrote for too long" + leads(timer);
      case DURATION -> "the budget duration is spent";
      case EXPIRY -> "no. " + timer.number() + " expires";
    };
  }

  private static String leads(Timer timer) {
    return timer.target() == null ? "" : ": to " + timer.target();
  }

  private static String probed(@Nullable Boolean happened) {
    if (happened == null) {
      return "decides nothing";
    }
    return happened ? "it happened" : "it did not happen";
  }

  private static String form(Occurrence.MessageSent message) {
    String fields =
        Stream.concat(Stream.ofNullable(message.form()), Stream.ofNullable(message.documents()))
            .flatMap(values -> values.keySet().stream())
            .collect(Collectors.joining(", "));
    return fields.isEmpty() ? "" : " (by form: %s)".formatted(fields);
  }

  private static String by(Principal from) {
    return from.via() == null ? "" : " (typed by " + from.via() + ")";
  }
}
