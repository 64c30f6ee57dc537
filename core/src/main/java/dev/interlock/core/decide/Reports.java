package dev.interlock.core.decide;

import dev.interlock.core.evolve.Call;
import dev.interlock.core.evolve.Call.Stage;
import dev.interlock.core.evolve.End;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.evolve.Turn.Closing;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.State;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the engine reports: timers, replies, what came of calls, tickets. The rows of DESIGN's table
 * 3.2 that nobody sends.
 */
final class Reports {
  private final Step step;
  private final Instance instance;

  /** For one occurrence, of which nothing is decided yet but that it is taken. */
  Reports(Step step) {
    this.step = step;
    this.instance = step.instance();
  }

  Decision reported(Occurrence.Reported occurrence) {
    return switch (occurrence) {
      case Occurrence.TimerFired o -> timer(o);
      case Occurrence.QuestionReplied o -> replied(o);
      case Occurrence.QuestionFailed o -> questionFailed(o);
      case Occurrence.QuestionOverflowed o -> questionOverflowed(o);
      case Occurrence.ReplyLost o -> replyLost(o);
      case Occurrence.CallReturned o -> settled(o.call(), o);
      case Occurrence.CallFailed o -> settled(o.call(), o);
      case Occurrence.CallUnknown o -> settled(o.call(), o);
      case Occurrence.CallDrifted o -> settled(o.call(), o);
      case Occurrence.CallProbed o -> settled(o.call(), o);
      case Occurrence.TicketOpened o -> ticket(o);
    };
  }

  private Decision timer(Occurrence.TimerFired o) {
    Timer timer = instance.timers().get(o.timer());
    if (timer == null || (timer.kind() == Timer.Kind.DURATION && instance.inEscalation())) {
      step.emit(new Outcome.TimerDropped(o.timer()));
      return step.done();
    }
    Turn turn = instance.turn();
    if (timer.kind() == Timer.Kind.EXPIRY) {
      step.emit(new Outcome.TimerCancelled(timer.id()));
      People.expire(step, timer.number());
    } else if (turn == null && Moves.leads(step, timer)) {
      step.emit(new Outcome.TimerDue(timer));
      Moves.take(step, timer);
    } else if (turn == null || !Turns.interruptible(step)) {
      step.emit(new Outcome.TimerDue(timer)); // kept until the call has settled
    } else if (timer.kind() == Timer.Kind.DURATION) {
      step.emit(new Outcome.TimerCancelled(timer.id()));
      Turns.close(step, Closing.BUDGET, Reason.DURATION.word(), "the time is over");
      Turns.progress(step);
    } else {
      step.emit(new Outcome.TimerDue(timer));
      Turns.close(step, Closing.TIMER, timer.id(), "");
      Turns.progress(step);
    }
    return step.done();
  }

  private Decision replied(Occurrence.QuestionReplied o) {
    Turn turn = instance.turn();
    if (turn == null || !turn.open() || turn.question() != o.question()) {
      if (o.question() == 0 || instance.abandoned() != o.question()) {
        return late("question " + o.question());
      }
      step.emit(new Outcome.UsageCounted(o.question(), o.reply().usage()));
      return step.done();
    }
    if (turn.summing()) {
      Summaries.reply(step, o.question(), o.reply());
    } else {
      Turns.reply(step, o.question(), o.reply());
    }
    return step.done();
  }

  private Decision questionFailed(Occurrence.QuestionFailed o) {
    Turn turn = instance.turn();
    if (turn == null || !turn.open() || turn.question() != o.question()) {
      return late("question " + o.question());
    }
    step.emit(new Outcome.QuestionLost(o.question(), o.why()));
    Turns.close(step, Closing.FAULT, Reason.MODEL.word(), o.why());
    Turns.progress(step);
    return step.done();
  }

  private Decision questionOverflowed(Occurrence.QuestionOverflowed o) {
    Turn turn = instance.turn();
    if (turn == null || !turn.open() || turn.question() != o.question()) {
      return late("question " + o.question());
    }
    Summaries.overflowed(step, o);
    return step.done();
  }

  private Decision replyLost(Occurrence.ReplyLost o) {
    Turn turn = instance.turn();
    if (turn == null || !turn.open() || turn.question() != o.question()) {
      return late("question " + o.question());
    }
    step.emit(new Outcome.UsageCounted(o.question(), o.usage()));
    Turns.closeIfSpent(step);
    Turns.progress(step);
    return step.done();
  }

  /** What was reported of a call: returned, failed, unknown, drifted, probed. */
  private Decision settled(int number, Occurrence.Reported report) {
    Optional<Call> open =
        instance.turn() == null
            ? Optional.empty()
            : instance.turn().calls().stream()
                .filter(c -> c.number() == number)
                .filter(c -> c.stage() == Stage.DISPATCHED || c.stage() == Stage.UNKNOWN)
                .findFirst();
    if (open.isPresent()) {
      return settle(open.get(), report);
    }
    Optional<Call> unknown =
        instance.unknown().stream().filter(c -> c.number() == number).findFirst();
    if (unknown.isPresent() && report instanceof Occurrence.CallReturned(var at, int c, Result r)) {
      unknownSettled(unknown.get(), true, r, "its late answer");
      return step.done();
    }
    if (unknown.isPresent() && report instanceof Occurrence.CallFailed) {
      unknownSettled(unknown.get(), false, null, "its late answer");
      return step.done();
    }
    if (instance.liveCalls().noneMatch(c -> c.number() == number) && number > instance.numbers()) {
      return late("call " + number);
    }
    step.emit(new Outcome.CallLate(number, report.getClass().getSimpleName()));
    return step.done();
  }

  private Decision settle(Call call, Occurrence.Reported report) {
    switch (report) {
      case Occurrence.CallReturned o -> Turns.returned(step, call, o.result());
      case Occurrence.CallFailed o -> Turns.failed(step, call, o.why());
      case Occurrence.CallUnknown o -> {
        if (call.stage() == Stage.UNKNOWN) {
          step.emit(new Outcome.CallLate(call.number(), o.why()));
        } else {
          Turns.unknown(step, call, o.why());
        }
      }
      case Occurrence.CallDrifted o -> {
        Turns.close(step, Closing.FAULT, Reason.TOOL_DRIFT.word(), call.tool() + ": " + o.what());
        Turns.failed(step, call, "the tool is not the one that was locked: " + o.what());
      }
      case Occurrence.CallProbed o -> {
        if (call.stage() != Stage.UNKNOWN) {
          step.emit(new Outcome.CallLate(call.number(), o.why()));
        } else if (o.happened() == null) {
          Turns.giveUp(step);
        } else if (o.happened()) {
          Turns.returned(step, call, settledResult("It did happen: the probe found it."));
        } else {
          Turns.failed(step, call, "it did not happen: the probe did not find it");
        }
      }
      case Occurrence.TimerFired o -> {}
      case Occurrence.QuestionReplied o -> {}
      case Occurrence.QuestionFailed o -> {}
      case Occurrence.QuestionOverflowed o -> {}
      case Occurrence.ReplyLost o -> {}
      case Occurrence.TicketOpened o -> {}
    }
    return step.done();
  }

  private static Result settledResult(String text) {
    return new Result("", text.length(), text, true, List.of(), null);
  }

  void unknownSettled(Call call, boolean happened, @Nullable Result result, String by) {
    if (instance.turn() != null && instance.turn().calls().contains(call)) {
      if (happened) {
        Result known = result == null ? settledResult("It did happen, says " + by + ".") : result;
        Turns.returned(step, call, known);
      } else {
        Turns.failed(step, call, "it did not happen, says " + by);
      }
      return;
    }
    step.emit(new Outcome.UnknownSettled(call.number(), happened, result, by));
    Turns.label(step, call);
    if (happened) {
      Values.forget(step, call.tool()); // what was read while it was unknown may be from before
    }
    if (happened && result != null) {
      Values.file(step, call.tool(), result);
    }
    if (!happened && !call.counted().isEmpty()) {
      step.emit(new Outcome.CountGivenBack(call.number(), call.counted()));
    }
    if (instance.end() == null) {
      step.tell(Notices.ofSettled(call, happened, by), true);
      endIfNothingIsLeft();
      Status status = step.instance().status();
      if (status == Status.ESCALATED && step.instance().unknown().isEmpty()) {
        Moves.settle(step, false); // what came meanwhile and may lead out
      }
      boolean waiting = status == Status.WAITING;
      if (waiting && !People.failIfNothingWaits(step) && !Moves.settle(step, false)) {
        Turns.rest(step, false);
      }
    }
  }

  private Decision ticket(Occurrence.TicketOpened o) {
    Escalated escalated = instance.escalated();
    if (escalated == null || escalated.number() != o.escalation() || escalated.ticket() != null) {
      return late("ticket " + o.ticket());
    }
    step.emit(new Outcome.TicketTaken(o.escalation(), o.ticket()));
    endIfNothingIsLeft();
    return step.done();
  }

  /** An escalation that lists no state to resume is over once its ticket has an id. */
  private void endIfNothingIsLeft() {
    Escalated escalated = step.instance().escalated();
    if (!step.ended()
        && step.state() instanceof State.Escalation state
        && state.resume().isEmpty()
        && escalated != null
        && escalated.ticket() != null
        && step.instance().unknown().isEmpty()) {
      Moves.end(step, new End(End.Status.ESCALATED, ""));
    }
  }

  private static Decision late(String what) {
    return new Decision.Rejected(new Rejection(Rejection.Code.LATE, "nothing waits for " + what));
  }
}
