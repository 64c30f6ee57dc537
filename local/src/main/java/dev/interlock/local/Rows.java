package dev.interlock.local;

import dev.interlock.core.evolve.Approval;
import dev.interlock.core.evolve.Escalated;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.evolve.Timer;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Principal;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** What lists show of an instance, and who may see it. */
final class Rows {
  private Rows() {}

  static Store.Row of(Live live, Instant now) {
    Instance instance = live.instance();
    Escalated escalated = instance.escalated();
    return new Store.Row(
        instance.id(),
        instance.machine(),
        live.machine().name(),
        instance.caller().id(),
        instance.state(),
        instance.status().word(),
        escalated == null ? null : escalated.from(),
        escalated == null ? null : escalated.reason().word(),
        instance.started(),
        instance.end() == null ? instance.visit().entered() : now,
        instance.timers().values().stream().map(Timer::due).min(Instant::compareTo).orElse(null),
        !live.atRest(),
        instance.seq(),
        roles(instance));
  }

  private static List<String> roles(Instance instance) {
    Approval approval = instance.approval();
    return Stream.concat(
            instance.parked().stream()
                .flatMap(parked -> parked.asks().stream())
                .map(Parked.Ask::role),
            Stream.ofNullable(approval).map(Approval::role))
        .distinct()
        .toList();
  }

  /** An operator sees all, the caller its own, a role what it must decide. */
  static boolean mayView(Instance instance, Principal by) {
    return by.operator()
        || by.id().equals(instance.caller().id())
        || roles(instance).stream().anyMatch(by::has);
  }
}
