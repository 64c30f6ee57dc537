package dev.interlock.testkit.walk;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.History;
import dev.interlock.core.prompt.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/** Checks questions that are too long: one summary a turn, under numbers of their own. */
final class SummaryChecks {
  /** How often a summary is asked for in one turn. */
  private static final int MOST = 3;

  private final Ledger ledger;
  private Findings findings = new Findings(0);
  private Occurrence occurrence = new Occurrence.TimerFired(Instant.EPOCH, "");

  SummaryChecks(Ledger ledger) {
    this.ledger = ledger;
  }

  void begin(Findings into, Entry entry) {
    findings = into;
    occurrence = entry.occurrence();
  }

  void asked(Outcome.SummaryAsked asked) {
    Ledger.Open turn = turn();
    History history = ledger.machine.history();
    boolean first =
        occurrence instanceof Occurrence.QuestionOverflowed it
            && it.question() == turn.question
            && turn.open
            && turn.summaries == 0;
    boolean anew = turn.summing && !turn.open && turn.summaries < MOST;
    question(
        history != null && turn.kind == Turn.Kind.QUESTION && (first || anew),
        "a summary is asked for though nothing was too long, or again");
    question(history != null && asked.keep() == history.keep(), "a summary keeps otherwise");
    turn.summing = true;
    turn.summaries++;
    open(turn, asked.question());
  }

  void made(Outcome.Summarised made) {
    Ledger.Open turn = turn();
    Reply reply = reply(made.question());
    question(
        reply.parts().stream().allMatch(part -> !(part instanceof Reply.Call))
            && reply.usage().equals(made.usage()),
        "a summary that the model did not write");
    turn.summed = true;
  }

  void faulty(Outcome.SummaryFaulty faulty) {
    question(reply(faulty.question()).equals(faulty.reply()), "a faulty summary nobody wrote");
  }

  void askedAgain(Outcome.AskedAgain asked) {
    Ledger.Open turn = turn();
    question(
        turn.summed && turn.summing && !turn.open && turn.closing == null,
        "a question is asked again without a summary");
    turn.summing = false;
    open(turn, asked.question());
  }

  private Reply reply(long number) {
    Ledger.Open turn = turn();
    question(
        turn.summing && turn.open && turn.question == number,
        "summary " + number + " is not the open one");
    turn.open = false;
    return occurrence instanceof Occurrence.QuestionReplied replied && replied.question() == number
        ? replied.reply()
        : new Reply(List.of(), Reply.Stop.END, "", Reply.Usage.NONE);
  }

  private void open(Ledger.Open turn, long number) {
    question(number == ledger.questions + 1, "question " + number);
    ledger.questions = number;
    turn.question = number;
    turn.open = true;
  }

  private Ledger.Open turn() {
    return Objects.requireNonNull(ledger.turn, "no turn is open");
  }

  private void question(boolean holds, String otherwise) {
    findings.hold(holds, Promise.ONE_QUESTION, otherwise);
  }
}
