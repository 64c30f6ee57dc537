package dev.interlock.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.bench.kill.FaultyChild.Seeded;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code bench/kill} does, in short; and that it finds what it looks for. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class KillTest {
  private static final int KILLS = 60;

  /** Each point comes once in so many kills. */
  private static final int ALL_POINTS = 60;

  private static final long SEED = Long.getLong("interlock.kill.seed", System.nanoTime());

  @TempDir private static Path folder;
  private static Jvm jvm = new Jvm("", List.of());

  @BeforeAll
  static void train() throws Exception {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    jvm = Trial.train(folder, Jvm.in(folder, classPath));
  }

  @Test
  void whatWasPromisedSurvivesKillsAtEveryPointAndAtAnyMoment() throws Exception {
    System.out.printf("kills, seed %d (-Dinterlock.kill.seed=N repeats the plan)%n", SEED);

    Verdict verdict = Kill.run(new Kill.Options(KILLS, 0, SEED, 2, KILLS / 4), folder, jvm);

    System.out.println(verdict.counted());
    assertThat(verdict.findings()).isEmpty();
    assertThat(verdict.of("kills")).isEqualTo(KILLS);
    assertThat(verdict.of("acknowledged")).isGreaterThan(KILLS);
    assertThat(verdict.of("unknown_happened")).isPositive();
    assertThat(verdict.of("replies_lost")).isPositive();
    assertThat(verdict.points()).containsExactlyInAnyOrderElementsOf(Plan.POINTS);
  }

  @ParameterizedTest
  @EnumSource
  void faultIsFound(Seeded fault) throws Exception {
    Jvm faulty = jvm.of(FaultyChild.class, "-D" + FaultyChild.PROPERTY + "=" + fault);
    List<Plan> kills = Collections.nCopies(3, new Plan(fault.point, 4, false, 0));

    Verdict verdict = Trial.run(folder.resolve(fault.name()), faulty, SEED, 0, kills);

    assertThat(verdict.of(fault.found)).as("%s", verdict.findings()).isPositive();
  }

  @Test
  void planIsTheSeedsAlone() {
    assertThat(plans(1)).isEqualTo(plans(1)).isNotEqualTo(plans(2));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 2026, Long.MAX_VALUE})
  void everySeedHasEveryPointAndMomentsBeforeAndAfterOpening(long seed) {
    List<Plan> random = plans(seed).stream().filter(plan -> plan.point().isEmpty()).toList();

    assertThat(plans(seed).stream().map(Plan::point)).containsAll(Plan.POINTS);
    assertThat(random.stream().filter(Plan::opening).count()).isBetween(1L, random.size() - 5L);
  }

  private static List<Plan> plans(long seed) {
    return IntStream.range(0, ALL_POINTS).mapToObj(kill -> Plan.of(seed, kill)).toList();
  }
}
