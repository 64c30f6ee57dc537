package dev.interlock.core.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.core.machine.Reason;
import dev.interlock.core.machine.State;
import dev.interlock.testkit.walk.Generated;
import dev.interlock.testkit.walk.Trail;
import dev.interlock.testkit.walk.Walk;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Wherever a walk comes to, the explorer was before: in that state, with these fields filled and no
 * others, and with that call. {@code -Dinterlock.check.machines=N} draws more machines.
 */
class ExploredWalkTest {
  private static final long MACHINES = Long.getLong("interlock.check.machines", 200L);
  private static final int WALKS = 3;

  private long met;
  private long refused;
  private final Set<Code> told = new TreeSet<>();

  @Test
  void explorerWasWhereverAWalkComes() {
    for (long seed : seeds()) {
      Generated generated = Generated.of(seed);
      Explorer explorer = Explorer.of(generated.machine());
      assertThat(explorer.explored().wasCut()).isFalse();
      for (int i = 0; i < WALKS; i++) {
        follow(generated, explorer, Walk.over(generated.machine(), seed * WALKS + i));
      }
      MachineCheck.of(generated.machine()).findings().forEach(finding -> told.add(finding.code()));
    }
    if (Long.getLong("interlock.walk.machine") == null) {
      assertThat(met).as("where walks came").isGreaterThan(10_000);
      assertThat(refused).as("what properties refused").isGreaterThan(10);
      assertThat(told)
          .as("what is said of these machines")
          .contains(Code.UNREACHABLE, Code.ALWAYS_REFUSED, Code.NEVER_MET, Code.NEVER_TRUE);
    }
  }

  private static long[] seeds() {
    Long one = Long.getLong("interlock.walk.machine");
    return one != null ? new long[] {one} : LongStream.range(0, MACHINES).toArray();
  }

  private void follow(Generated generated, Explorer explorer, Trail trail) {
    Machine machine = generated.machine();
    Explored explored = explorer.explored();
    Instance instance = Instance.unborn("walk");
    for (Entry entry : trail.journal()) {
      for (Outcome outcome : entry.outcomes()) {
        String before = instance.state();
        instance = Evolve.evolve(instance, outcome, entry.at());
        switch (outcome) {
          case Outcome.CallDispatched sent ->
              assertThat(explored.calls(before))
                  .as(() -> shown(generated, trail, entry))
                  .contains(tool(instance, sent.call()));
          case Outcome.Ruled ruled when ruled.verdict() == Outcome.Verdict.REFUSES ->
              broken(ruled.rule(), explorer, generated, trail, entry);
          case Outcome.Escalation reached when reached.escalated().reason() == Reason.PROPERTY ->
              broken(reached.escalated().name(), explorer, generated, trail, entry);
          default -> {}
        }
      }
      boolean calling =
          instance.turn() != null && machine.state(instance.state()) instanceof State.Call;
      if (!calling) { // what one of its calls brought meanwhile nothing looks at
        met++;
        assertThat(explored.states())
            .as(() -> shown(generated, trail, entry))
            .contains(instance.state());
        Set<String> filled = filled(machine, instance);
        assertThat(explorer.met(instance.state(), filled))
            .as(() -> filled + " " + shown(generated, trail, entry))
            .isTrue();
      }
    }
  }

  private void broken(
      String name, Explorer explorer, Generated generated, Trail trail, Entry entry) {
    for (Property property : generated.machine().properties()) {
      if (property instanceof Property.Before && property.name().equals(name)) {
        refused++;
        assertThat(explorer.explored().broken(property))
            .as(() -> name + " " + shown(generated, trail, entry))
            .isPresent();
      }
    }
  }

  private static String tool(Instance instance, int call) {
    return instance.liveCalls().filter(it -> it.number() == call).findFirst().orElseThrow().tool();
  }

  private static Set<String> filled(Machine machine, Instance instance) {
    Set<String> filled = new TreeSet<>();
    instance
        .facts()
        .forEach((name, value) -> {
          boolean empty =
              (value instanceof Collection<?> items && items.isEmpty())
                  || (machine.field(name).keyed()
                      && value instanceof Map<?, ?> entries
                      && entries.isEmpty());
          if (!empty) {
            filled.add(name);
          }
        });
    return filled;
  }

  private static String shown(Generated generated, Trail trail, Entry entry) {
    return "at entry %d on the machine below, which is drawn by -Dinterlock.walk.machine=%d\n%s\n%s"
        .formatted(entry.seq(), generated.seed(), trail, generated.text());
  }
}
