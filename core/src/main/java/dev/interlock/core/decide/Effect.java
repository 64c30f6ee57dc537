package dev.interlock.core.decide;

import java.time.Instant;
import java.util.Map;

/**
 * What the core asks the engine to do. Effects follow from outcomes alone, so that a recovered
 * instance gives the same ones again ({@link Effects}).
 */
public sealed interface Effect {
  /**
   * Ask the model what is open: the turn's question, or for a summary. The prompt is made from
   * machine, instance and transcript.
   */
  record Ask(long question) implements Effect {}

  /**
   * Call a tool: a write at most once, its mark durable before its first byte.
   *
   * @param key idempotency key {@code instance/seq/index}
   * @param deadline past it the call is closed and never sent
   */
  record Dispatch(int call, String key, String tool, Map<String, Object> args, Instant deadline)
      implements Effect {}

  /**
   * Settle an unknown call by its probe.
   *
   * @param deadline of the call; the probe is asked when that and {@code settleAfter} have passed
   */
  record Probe(int call, Instant deadline) implements Effect {}

  /** Stop waiting for the open question. Best effort. */
  record AbandonQuestion(long question) implements Effect {}

  /** Stop waiting for a read. Best effort. */
  record AbandonCall(int call) implements Effect {}

  /** Report {@link Occurrence.TimerFired} once that time has come. */
  record SetTimer(String timer, Instant due) implements Effect {}

  record CancelTimer(String timer) implements Effect {}

  /** Open a ticket until it has an id. */
  record OpenTicket(
      int escalation,
      String desk,
      String state,
      String from,
      String reason,
      String detail,
      Map<String, Object> bundle)
      implements Effect {}

  /** Tell people at the desk that something waits for them. Best effort, once for each number. */
  record Notify(int number, String role, String text) implements Effect {}
}
