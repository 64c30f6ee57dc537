package dev.interlock.testkit.walk;

import dev.interlock.core.evolve.End;
import dev.interlock.core.evolve.Instance;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Instances that are not what their journal says. */
final class Instances {
  private Instances() {}

  static Instance with(Instance i, Map<String, String> recent, @Nullable End end) {
    return new Instance(
        i.id(),
        i.machine(),
        i.caller(),
        i.started(),
        i.seq(),
        i.visit(),
        i.facts(),
        i.evidence(),
        i.spent(),
        i.counts(),
        i.visits(),
        i.granted(),
        i.turn(),
        i.parked(),
        i.written(),
        i.labels(),
        i.returned(),
        i.approval(),
        i.typed(),
        i.unknown(),
        i.inbox(),
        i.timers(),
        recent,
        i.numbers(),
        i.questions(),
        i.abandoned(),
        i.escalated(),
        i.inEscalation(),
        end);
  }
}
