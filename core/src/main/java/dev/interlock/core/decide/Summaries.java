package dev.interlock.core.decide;

import dev.interlock.core.evolve.Turn;
import dev.interlock.core.evolve.Turn.Closing;
import dev.interlock.core.machine.History;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.prompt.Reply;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A question that is too long: what came before it is summed up once, and it is asked again. A
 * second time, or where the machine sums nothing up, the instance escalates.
 */
final class Summaries {
  /** How often a summary is asked for in one turn: the first, and in place of faulty ones. */
  static final int MAX_ASKED = 3;

  /** The longest summary, in characters. */
  static final int MAX_LENGTH = 10_000;

  /** Of what a question may be, what the exchanges that stay as they are may take up. */
  private static final int KEPT = 3;

  private Summaries() {}

  /** The open question, or summary, is too long. */
  static void overflowed(Step step, Occurrence.QuestionOverflowed o) {
    History history = step.machine().history();
    if (history != null && step.turn().summary() == null) {
      ask(step, history, Math.min(history.window(), o.tokens()) / KEPT);
      return;
    }
    step.emit(new Outcome.QuestionLost(o.question(), o.why()));
    giveUp(step, o.why());
    Turns.progress(step);
  }

  /** The reply to a summary that was asked for. It is a text, and nothing in it is judged. */
  static void reply(Step step, long question, Reply reply) {
    String fault = fault(reply);
    Turn.Summary asked = Objects.requireNonNull(step.turn().summary());
    if (fault.isEmpty()) {
      step.emit(new Outcome.Summarised(question, text(reply), reply.model(), reply.usage()));
    } else {
      step.emit(new Outcome.SummaryFaulty(question, reply, fault));
      if (asked.asked() >= MAX_ASKED) {
        giveUp(step, "no summary could be used: " + fault);
      }
    }
    Turns.closeIfSpent(step);
    if (step.turn().closing() == null) {
      if (fault.isEmpty()) {
        step.emit(new Outcome.AskedAgain(step.instance().questions() + 1));
      } else {
        ask(step, Objects.requireNonNull(step.machine().history()), asked.room());
      }
    }
    Turns.progress(step);
  }

  private static void ask(Step step, History history, long room) {
    step.emit(new Outcome.SummaryAsked(step.instance().questions() + 1, history.keep(), room));
  }

  private static void giveUp(Step step, String why) {
    Turns.close(step, Closing.FAULT, Reason.CONTEXT_OVERFLOW.word(), why);
  }

  private static String fault(Reply reply) {
    String fault = Faults.of(reply);
    if (!fault.isEmpty()) {
      return fault;
    }
    if (reply.parts().stream().anyMatch(Reply.Call.class::isInstance)) {
      return "it has calls, expected text alone";
    }
    int length = text(reply).length();
    return length <= MAX_LENGTH
        ? ""
        : "it has %,d characters, expected at most %,d".formatted(length, MAX_LENGTH);
  }

  private static String text(Reply reply) {
    return reply.parts().stream()
        .map(part -> part instanceof Reply.Text(String text) ? text : "")
        .collect(Collectors.joining())
        .strip();
  }
}
