package dev.interlock.spring;

import dev.interlock.Interlock;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Store.Count;
import dev.interlock.metrics.InstanceCounts;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether the engine is open and its store can be read; how many instances wait for a person. */
final class InterlockHealth extends AbstractHealthIndicator {
  private final Interlock interlock;
  private final InstanceCounts counts;

  InterlockHealth(Interlock interlock, InstanceCounts counts) {
    super("Interlock's store cannot be read");
    this.interlock = interlock;
    this.counts = counts;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    Map<String, Long> instances =
        counts.now().stream()
            .collect(
                Collectors.groupingBy(
                    Count::status, TreeMap::new, Collectors.summingLong(Count::instances)));
    builder
        .up()
        .withDetail("machines", interlock.machines())
        .withDetail("instances", instances)
        .withDetail("escalated", instances.getOrDefault(Instance.Status.ESCALATED.word(), 0L));
  }
}
