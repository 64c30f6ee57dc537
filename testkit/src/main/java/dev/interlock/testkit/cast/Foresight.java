package dev.interlock.testkit.cast;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.State;
import dev.interlock.core.machine.Tool;
import dev.interlock.core.prompt.Reply;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What would come of an occurrence: whoever knows machine and instance can find out beforehand, so
 * the adversary may.
 */
public final class Foresight {
  /** What is worth more than any number of rules. */
  public static final int ACCEPTED = 1_000;

  private static final int NEW = 4;
  private static final int OUT = -6;
  private static final int REJECTED = -2;

  /** How many calls are judged beforehand in one step: it is what a walk takes longest for. */
  private static final int JUDGED = 160;

  private final Machine machine;
  private final Instance instance;
  private final Instant now;
  private int judged;

  /** Of what occurs now. */
  public Foresight(Machine machine, Instance instance, Instant now) {
    this.machine = machine;
    this.instance = instance;
    this.now = now;
  }

  /** How far it leads: to states and calls that there were none of yet, and not to an end. */
  public int worth(Occurrence occurrence) {
    if (!(Decide.decide(machine, instance, occurrence) instanceof Decision.Accepted accepted)) {
      return REJECTED;
    }
    int worth = 0;
    Map<Integer, String> tools = new HashMap<>();
    instance.liveCalls().forEach(call -> tools.put(call.number(), call.tool()));
    for (Outcome outcome : accepted.outcomes()) {
      worth +=
          switch (outcome) {
            case Outcome.CallProposed proposed -> {
              tools.put(proposed.call(), proposed.tool());
              yield 0;
            }
            case Outcome.Entered entered -> entered(entered);
            case Outcome.CallDispatched out ->
                instance.returned().contains(tools.getOrDefault(out.call(), "")) ? 1 : NEW;
            case Outcome.CallParked parked ->
                instance.returned().contains(parked.parked().call().tool()) ? 2 : NEW;
            case Outcome.ParkedReleased released -> 2;
            case Outcome.FieldSet set -> instance.facts().containsKey(set.field()) ? 0 : 1;
            case Outcome.AnswerTaken taken -> 1;
            case Outcome.CallRefused refused -> -1;
            case Outcome.ReplyFaulty faulty -> -1;
            case Outcome.ParkedEnded ended -> -1;
            default -> 0;
          };
    }
    return worth;
  }

  private int entered(Outcome.Entered entered) {
    boolean before = instance.visits().containsKey(entered.state());
    return switch (machine.state(entered.state())) {
      case State.Final end -> OUT;
      case State.Escalation end -> OUT;
      case State state -> before ? 0 : NEW;
    };
  }

  /** How many rules would allow a call; below 0 if none of that tool can be judged now. */
  public int allowed(Tool tool, Map<String, Object> args) {
    judged++;
    if (judged > JUDGED || instance.turn() == null || !instance.turn().open()) {
      return -1;
    }
    Reply.Call call = new Reply.Call("c", tool.name(), Json.write(args));
    Reply reply =
        new Reply(List.of(call), Reply.Stop.CALLS, "", new Reply.Usage(1, 1, BigDecimal.ZERO));
    Occurrence occurrence = new Occurrence.QuestionReplied(now, instance.turn().question(), reply);
    if (!(Decide.decide(machine, instance, occurrence) instanceof Decision.Accepted accepted)) {
      return -1;
    }
    int allowed = 0;
    for (Outcome outcome : accepted.outcomes()) {
      allowed +=
          switch (outcome) {
            case Outcome.Ruled ruled -> ruled.verdict() == Outcome.Verdict.ALLOWS ? 1 : 0;
            case Outcome.CallAccepted accept -> ACCEPTED;
            default -> 0;
          };
    }
    return allowed;
  }
}
