package dev.interlock.testkit.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.Desks;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A checker that nothing is caught by proves nothing: each promise has mutants that it catches. */
class MutantTest {
  /** Within how many seeds a mutant must be caught. */
  private static final long SEEDS = 250;

  private static final Machine MACHINE = Desks.machine();

  @ParameterizedTest
  @MethodSource("mutants")
  void mutantIsCaughtByThePromiseItBreaks(Mutant mutant) {
    for (long seed = 0; seed < SEEDS; seed++) {
      if (Walk.over(MACHINE, seed, Walk.STEPS, mutant.decider()).broke(mutant.breaks())) {
        return;
      }
    }
    assertThat(mutant).as("not caught within %d seeds", SEEDS).isNull();
  }

  @Test
  void everyPromiseHasAMutant() {
    Set<Promise> broken = EnumSet.noneOf(Promise.class);
    mutants().forEach(mutant -> broken.add(mutant.breaks()));

    assertThat(broken).isEqualTo(EnumSet.allOf(Promise.class));
  }

  /** Shrinking leaves out only what does not matter. */
  @Test
  void shrunkWalkStillBreaksThePromiseAndIsShorter() {
    Mutant mutant = mutants().getFirst();
    Trail trail = null;
    for (long seed = 0; trail == null || trail.kept(); seed++) {
      trail = Walk.over(MACHINE, seed, Walk.STEPS, mutant.decider());
    }

    Trail shrunk = Walk.shrunk(MACHINE, trail, mutant.decider());

    assertThat(shrunk.broken().getFirst().promise()).isEqualTo(trail.broken().getFirst().promise());
    assertThat(shrunk.taken()).hasSizeLessThanOrEqualTo(trail.taken().size());
    assertThat(shrunk.toString()).contains("-Dinterlock.walk.seed=" + trail.seed());
  }

  static List<Mutant> mutants() {
    return Mutant.all();
  }
}
