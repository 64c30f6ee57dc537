package dev.interlock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.testkit.scenario.ScenarioReport;
import dev.interlock.testkit.scenario.ScenarioRunner;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every scenario of every example passes, and together they go every way of its machine. */
class ScenariosTest {
  @ParameterizedTest
  @EnumSource
  void scenariosPassAndGoEveryWay(Example example) {
    ScenarioReport report = ScenarioRunner.run(example.machine(), example.scenarios());

    assertThat(report.problems()).isEmpty();
    assertThat(report.neverVisited()).isEmpty();
  }
}
