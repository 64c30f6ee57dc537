package dev.interlock.core.decide;

import dev.interlock.core.evolve.Counters;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Turn;
import dev.interlock.core.machine.Facts;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Scope;
import dev.interlock.core.machine.Typed;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** What expressions may read of an instance. */
public final class Scopes {
  private Scopes() {}

  /**
   * The scope at a time. In {@code run}: {@code turns}, {@code toolCalls} and {@code errors} as
   * {@code Long}, {@code elapsed} as {@link Duration}, {@code started} as {@link Instant}, {@code
   * labels} as a list of words, {@code state} and {@code turn} as maps.
   */
  public static Scope of(Machine machine, Instance instance, Instant now) {
    Facts facts = new Facts(machine.context(), instance.facts());
    return facts.in(
        new Scope(
            facts,
            instance.caller(),
            machine.constants(),
            () -> run(instance, now),
            now,
            new Typed(instance.typed().stream().map(Inbox.Message::text).toList()),
            Map.of()));
  }

  private static Map<String, Object> run(Instance instance, Instant now) {
    Counters all = instance.spent();
    Counters visit = instance.visit().spent();
    Turn turn = instance.turn();
    return Map.of(
        "turns", all.turns(),
        "toolCalls", all.toolCalls(),
        "errors", all.errors(),
        "elapsed", Duration.between(instance.started(), now),
        "started", instance.started(),
        "labels", instance.labels(),
        "state",
            Map.of(
                "turns", visit.turns(), "toolCalls", visit.toolCalls(), "errors", visit.errors()),
        "turn",
            Map.of(
                "said", turn == null ? instance.visit().said() : turn.said(),
                "calls",
                    turn == null ? (long) instance.visit().calls() : (long) turn.calls().size()));
  }
}
