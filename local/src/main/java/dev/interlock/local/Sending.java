package dev.interlock.local;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Progress;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Tool;
import dev.interlock.engine.Calls;
import dev.interlock.engine.Live;
import dev.interlock.engine.Ports;
import dev.interlock.engine.Retrying.Tried;
import dev.interlock.local.Flights.Flight;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends one call: a write once; anything else by its policy, within its deadline, with the same
 * key. What may be repeated is tried at least once, also when an engine is back only after the
 * deadline. Not thread-safe.
 */
final class Sending {
  private final Flight flight;
  private final Ports ports;
  private final Live live;
  private final Tool tool;
  private final Effect.Dispatch effect;
  private final Consumer<Progress> told;
  private final Function<Answer, Submission.Happened> then;
  private final boolean write;
  private Instant deadline;
  private int attempt;
  private boolean unsettled;
  private String why = "its time was over before it was sent";

  /**
   * @param then what follows from the answer
   */
  Sending(
      Flight flight,
      Ports ports,
      Live live,
      Effect.Dispatch effect,
      Consumer<Progress> told,
      Function<Answer, Submission.Happened> then) {
    this.flight = flight;
    this.ports = ports;
    this.live = live;
    this.tool = live.machine().tool(effect.tool());
    this.effect = effect;
    this.told = told;
    this.then = then;
    this.write = tool.effect() == EffectClass.WRITE;
    this.deadline = effect.deadline();
  }

  /**
   * Tries until there is an answer, or no sense in trying any more.
   *
   * @param mayHaveHappened whether an attempt before these may have had its effect: then a failure
   *     for now leaves the outcome unknown
   */
  Submission.@Nullable Happened send(boolean mayHaveHappened) throws InterruptedException {
    unsettled = mayHaveHappened;
    if (!write) {
      deadline = deadline.plus(Calls.ready(ports, tool));
    }
    return attempt();
  }

  private Submission.@Nullable Happened attempt() throws InterruptedException {
    attempt++;
    Duration left = Duration.between(ports.clock().instant(), deadline);
    if (!left.isPositive() && (write || attempt > 1)) {
      return then.apply(Calls.ended(unsettled, why));
    }
    // never longer than that, also where the clock was set back
    boolean within = left.isPositive() && left.compareTo(tool.timeout()) < 0;
    Duration timeout = within ? left : tool.timeout();
    ToolCall call = Calls.call(live.instance(), tool, effect, timeout);
    return flight.within(
        Calls.most(call),
        () -> ports.tools().call(call, told),
        () -> {},
        tried -> next(call, tried));
  }

  private Submission.@Nullable Happened next(ToolCall call, Tried<Answer> tried)
      throws InterruptedException {
    Answer answer = Calls.answer(call, tried);
    return switch (Calls.next(
        tool, attempt, unsettled, answer, ports.clock().instant(), deadline)) {
      case Calls.Next.Settled settled -> then.apply(settled.answer());
      case Calls.Next.Again again -> {
        unsettled = again.unsettled();
        why = again.why();
        Thread.sleep(again.pause());
        yield attempt();
      }
    };
  }
}
