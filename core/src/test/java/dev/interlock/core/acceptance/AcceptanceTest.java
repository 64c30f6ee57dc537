package dev.interlock.core.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Decision;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.evolve.Instance.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * DESIGN section 3, case by case. Each step of each case is held against what is promised of every
 * step too: {@link Journey}.
 */
@Timeout(120)
class AcceptanceTest {
  private static final String TABLE = "table/";

  static Stream<Case> cases() {
    return Cases.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void decidesAsTheDesignSays(Case each) {
    play(each);
  }

  private static void play(Case each) {
    Journey journey = new Journey(each.toString(), Machines.of(each.machine()));
    List<Map<String, Object>> given = each.given();
    if (given != null) {
      List<Map<String, Object>> steps = new ArrayList<>(given);
      if (steps.isEmpty() || !steps.getFirst().containsKey("start")) {
        steps.addFirst(Map.of("start", Map.of()));
      }
      for (Map<String, Object> step : steps) {
        Decision decision = journey.play(step);
        assertThat(decision)
            .as("given %s\n%s", step, journey.told())
            .isInstanceOf(Decision.Accepted.class);
      }
      if (each.file().startsWith(TABLE)) {
        assertThat(each.name()).startsWith(column(journey.instance()) + ": ");
      }
    }
    Decision decision = journey.play(each.when());
    new Expectation(each.then(), journey).check(decision);
    assertThat(journey.replay(null).same()).as(journey.told()).isTrue();
  }

  /** The column of table 3.2 that an instance is in. */
  private static String column(Instance instance) {
    Status status = instance.status();
    return switch (status) {
      case RUNNING, WAITING, ESCALATED -> status.word();
      case COMPLETED, ENDED_ESCALATED, CANCELLED -> "ended";
    };
  }

  /** No cell of table 3.2, no variant of one, and no pair of 3.1.6 is without its case. */
  @Test
  void everyCellAndEveryPrecedenceHasItsCase() {
    Map<String, Object> design = Cases.mapping("design.yaml");
    List<String> written = Cases.all().map(each -> each.file() + ": " + each.name()).toList();
    List<String> expected = new ArrayList<>();
    Cases.map(design.get("table"))
        .forEach((row, columns) -> {
          Map<String, Object> cells = Cases.map(columns);
          assertThat(cells).as(row).containsOnlyKeys("running", "waiting", "escalated", "ended");
          cells.forEach((column, variants) -> {
            assertThat(Cases.list(variants)).as(row + ", " + column).isNotEmpty();
            Cases.list(variants)
                .forEach(
                    variant -> expected.add("%s%s: %s: %s".formatted(TABLE, row, column, variant)));
          });
        });
    assertThat(Cases.map(design.get("table"))).hasSizeGreaterThanOrEqualTo(10);
    Cases.list(Objects.requireNonNull(design.get("precedence")))
        .forEach(pair -> expected.add("precedence: " + pair));
    assertThat(written).doesNotHaveDuplicates();
    assertThat(
            written.stream()
                .filter(name -> name.startsWith(TABLE) || name.startsWith("precedence: ")))
        .containsExactlyInAnyOrderElementsOf(expected);
  }
}
