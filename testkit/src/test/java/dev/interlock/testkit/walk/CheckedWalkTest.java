package dev.interlock.testkit.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.check.Code;
import dev.interlock.core.check.Finding;
import dev.interlock.core.check.MachineCheck;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Evolve;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.journal.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What the check says that no run does, no walk does either. {@code -Dinterlock.check.machines=N}
 * draws more machines.
 */
class CheckedWalkTest {
  private static final long MACHINES = Long.getLong("interlock.check.machines", 150L);
  private static final int WALKS = 3;

  @Test
  void noWalkDoesWhatTheCheckSaysThatNoRunDoes() {
    Set<Code> met = new TreeSet<>();
    int taken = 0;
    for (long seed : seeds()) {
      Generated generated = Generated.of(seed);
      MachineCheck.Checked checked = MachineCheck.of(generated.machine());
      assertThat(checked.whole()).isTrue();
      checked.findings().forEach(finding -> met.add(finding.code()));
      for (int i = 0; i < WALKS; i++) {
        Trail trail = Walk.over(generated.machine(), seed * WALKS + i);
        List<Done> done = done(trail);
        taken += done.size();
        for (Finding finding : checked.findings()) {
          Optional<Done> against = done.stream().filter(it -> contradicts(finding, it)).findFirst();
          assertThat(against)
              .as("%s\n-Dinterlock.walk.machine=%d\n%s\n%s", finding, seed, trail, generated.text())
              .isEmpty();
        }
      }
    }
    if (Long.getLong("interlock.walk.machine") == null) {
      assertThat(taken).as("what the walks did").isGreaterThan(1_000);
      assertThat(met)
          .as("what the check says of them")
          .contains(Code.UNREACHABLE, Code.ALWAYS_REFUSED, Code.NEVER_MET);
    }
  }

  private static long[] seeds() {
    Long one = Long.getLong("interlock.walk.machine");
    return one != null ? new long[] {one} : LongStream.range(0, MACHINES).toArray();
  }

  /** A state that was entered, a call that went out, or a way that was taken. */
  private sealed interface Done {
    record Entered(String state) implements Done {}

    record Called(String state, String tool) implements Done {}
  }

  private static boolean contradicts(Finding finding, Done done) {
    return switch (done) {
      case Done.Entered(String state) ->
          finding.code() == Code.UNREACHABLE && finding.at().equals(List.of("states", state));
      case Done.Called(String state, String tool) ->
          finding.code() == Code.ALWAYS_REFUSED
              && finding.at().get(1).equals(state)
              && finding.found().startsWith(tool + " in ");
    };
  }

  private static List<Done> done(Trail trail) {
    List<Done> done = new ArrayList<>();
    each(
        trail,
        (before, after, outcome) -> {
          switch (outcome) {
            case Outcome.Entered entered -> done.add(new Done.Entered(entered.state()));
            case Outcome.CallDispatched sent ->
                after
                    .liveCalls()
                    .filter(call -> call.number() == sent.call())
                    .findFirst()
                    .ifPresent(call -> done.add(new Done.Called(before.state(), call.tool())));
            default -> {}
          }
        });
    return done;
  }

  private interface Step {
    void step(Instance before, Instance after, Outcome outcome);
  }

  private static void each(Trail trail, Step step) {
    Instance instance = Instance.unborn("walk");
    for (Entry entry : trail.journal()) {
      for (Outcome outcome : entry.outcomes()) {
        Instance before = instance;
        instance = Evolve.evolve(before, outcome, entry.at());
        step.step(before, instance, outcome);
      }
    }
  }
}
