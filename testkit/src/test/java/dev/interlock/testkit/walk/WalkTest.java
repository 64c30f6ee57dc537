package dev.interlock.testkit.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.Decider;
import dev.interlock.testkit.Desks;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WalkTest {
  private static final Machine MACHINE = Desks.machine();

  @Test
  void promisesAreKeptOnEveryWalk() {
    seeds().forEach(seed -> assertThat(Walk.over(MACHINE, seed)).matches(Trail::kept));
  }

  @Test
  void sameSeedGivesTheSameJournal() {
    assertThat(Walk.over(MACHINE, 7).journal()).isEqualTo(Walk.over(MACHINE, 7).journal());
  }

  /** A walk that meets only refusals shows nothing: every kind of outcome must be met. */
  @Test
  void walksMeetEveryKindOfOutcome() {
    Set<String> met = new TreeSet<>();
    for (long seed = 0; seed < 300; seed++) {
      Walk.over(MACHINE, seed, Walk.STEPS, Decider.TRUE)
          .journal()
          .forEach(entry ->
              entry.outcomes().forEach(outcome -> met.add(outcome.getClass().getSimpleName())));
    }

    Set<String> all = new TreeSet<>();
    for (Class<?> kind : Outcome.class.getPermittedSubclasses()) {
      all.add(kind.getSimpleName());
    }
    // no walk replies to a question it has abandoned: acceptance/table/replied.yaml has that
    all.remove(Outcome.UsageCounted.class.getSimpleName());
    assertThat(met).containsAll(all);
  }

  private static LongStream seeds() {
    Long one = Long.getLong("interlock.walk.seed");
    return one != null
        ? LongStream.of(one)
        : LongStream.range(0, Long.getLong("interlock.walk.seeds", 300L));
  }
}
