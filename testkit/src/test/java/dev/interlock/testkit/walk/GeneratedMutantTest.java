package dev.interlock.testkit.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.machine.Machine;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Walks over generated machines would show nothing if they caught no mistakes: they catch most. */
class GeneratedMutantTest {
  private static final int MACHINES_WALKED = 20;
  private static final int WALKS = 2;

  /** What needs more of them, or a machine made for it, as that of {@link MutantTest} is. */
  private static final Set<String> LATE =
      Set.of(
          "who is asked is not judged again",
          "the hash of an answer is not compared",
          "whoever answers is taken to have the role",
          "the caller answers for every role",
          "the model records everywhere",
          "an autonomous state waits for the user");

  private static final List<Machine> MACHINES =
      LongStream.range(0, MACHINES_WALKED).mapToObj(seed -> Generated.of(seed).machine()).toList();

  @ParameterizedTest
  @MethodSource("mutants")
  void mutantIsCaughtOnAMachineThatNobodyWrote(Mutant mutant) {
    for (int i = 0; i < MACHINES_WALKED * WALKS; i++) {
      Trail trail = Walk.over(MACHINES.get(i / WALKS), i, Walk.STEPS, mutant.decider());
      if (trail.broke(mutant.breaks())) {
        return;
      }
    }
    assertThat(mutant).as("not caught on %d machines", MACHINES_WALKED).isNull();
  }

  @Test
  void whatIsLeftOutIsAMutant() {
    assertThat(Mutant.all()).extracting(Mutant::mistake).containsAll(LATE);
  }

  static List<Mutant> mutants() {
    return Mutant.all().stream().filter(mutant -> !LATE.contains(mutant.mistake())).toList();
  }
}
