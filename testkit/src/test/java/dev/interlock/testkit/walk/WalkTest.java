package dev.interlock.testkit.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Entry;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.Decider;
import dev.interlock.testkit.Desks;
import dev.interlock.testkit.MachineFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WalkTest {
  private static final Path EXAMPLES = Path.of("..", "examples");

  /** Over which machines walks go. */
  enum Over {
    DESKS,
    CAUTIOUS_DESKS,
    TALKATIVE_DESKS,
    IT_ACCESS,
    AGENTIC,
    ORDER_SERVICE,
    AUTO_CLAIM;

    Machine machine() {
      return switch (this) {
        case DESKS -> Desks.machine();
        case CAUTIOUS_DESKS -> Desks.cautious();
        case TALKATIVE_DESKS -> Desks.talkative();
        case IT_ACCESS -> MachineFolder.read(EXAMPLES.resolve("it-access")).machine();
        case ORDER_SERVICE -> MachineFolder.read(EXAMPLES.resolve("order-service")).machine();
        case AUTO_CLAIM -> MachineFolder.read(EXAMPLES.resolve("auto-claim")).machine();
        case AGENTIC -> MachineFolder.read(EXAMPLES.resolve("agentic")).machine();
      };
    }
  }

  @ParameterizedTest
  @EnumSource(Over.class)
  void promisesAreKeptOnEveryWalk(Over over) {
    Machine machine = over.machine();
    seeds()
        .forEach(seed -> {
          Trail trail = Walk.over(machine, seed);
          assertThat(trail.broken()).as(() -> over + "\n" + trail).isEmpty();
        });
  }

  @Test
  void sameSeedGivesTheSameJournal() {
    Machine machine = Desks.machine();

    assertThat(Walk.over(machine, 7).journal()).isEqualTo(Walk.over(machine, 7).journal());
  }

  /** A walk that meets only refusals shows nothing: every kind of outcome must be met. */
  @Test
  void walksMeetEveryKindOfOutcome() {
    Set<String> met = new TreeSet<>();
    for (Machine machine : List.of(Desks.machine(), Desks.talkative())) {
      for (long seed = 0; seed < 300; seed++) {
        Walk.over(machine, seed, Walk.STEPS, Decider.TRUE)
            .journal()
            .forEach(entry ->
                entry.outcomes().forEach(outcome -> met.add(outcome.getClass().getSimpleName())));
      }
    }

    Set<String> all = new TreeSet<>();
    for (Class<?> kind : Outcome.class.getPermittedSubclasses()) {
      all.add(kind.getSimpleName());
    }
    all.remove(Outcome.Migrated.class.getSimpleName()); // a walk has one machine
    assertThat(met).isEqualTo(all);
  }

  /** Several people do agree on some walks, and one of them alone never does. */
  @Test
  void severalPeopleAgreeOnSomeWalks() {
    Machine machine = Desks.cautious();
    boolean parked = false;
    boolean approved = false;
    for (long seed = 0; seed < 1_000 && !(parked && approved); seed++) {
      for (Entry entry : Walk.over(machine, seed, Walk.STEPS, Decider.TRUE).journal()) {
        for (Outcome outcome : entry.outcomes()) {
          parked |= outcome instanceof Outcome.ParkedReleased && asksTwo(machine, entry);
          approved |=
              outcome instanceof Outcome.ApprovalClosed
                  && entry.occurrence() instanceof Occurrence.Answered;
        }
      }
    }

    assertThat(parked).as("a call goes out that two agreed to").isTrue();
    assertThat(approved).as("an approval of two is answered").isTrue();
  }

  private static boolean asksTwo(Machine machine, Entry entry) {
    return entry.outcomes().stream()
        .anyMatch(outcome ->
            outcome instanceof Outcome.Ruled ruled
                && ruled.verdict() == Outcome.Verdict.ASKS
                && machine.rules().stream()
                    .anyMatch(rule ->
                        rule.sentence().equals(ruled.rule())
                            && rule.ask() != null
                            && rule.ask().people() != null));
  }

  private static LongStream seeds() {
    Long one = Long.getLong("interlock.walk.seed");
    return one != null
        ? LongStream.of(one)
        : LongStream.range(0, Long.getLong("interlock.walk.seeds", 100L));
  }
}
