package dev.interlock.testkit.simulate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.check.MachineCheck;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.simulate.SimulationReport.Kept;
import dev.interlock.testkit.simulate.Surprise.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That each kind of property is judged: told as broken where it is, and nowhere else. */
class PropertyJudgeTest {
  private static final int RUNS = 120;

  @TempDir private Path folder;

  private static SimulationReport played(Machine machine) {
    return Simulation.of(machine, 1).runs(RUNS).play();
  }

  private static String named(String property) {
    return "[{name: it, %s}]".formatted(property);
  }

  private static long violated(Machine machine) {
    return violated(played(machine));
  }

  private static long violated(SimulationReport report) {
    return report.properties().values().stream().mapToLong(Kept::violated).sum();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "before: [yes boss, bank.pay]",
        "before: [yes boss, bank.pay], if: args.sum > 3",
        "before: [yes boss, Done], if: context.amount != context.amount",
        "never: bank.look",
        "never: bank.pay, after: Done",
        "never: bank.pay, if: args.sum > 10",
        "never: Done, if: '!has(context.amount)'",
        "never: Done, if: run.state.turns < 0",
        "never: bank.pay, if: caller.id == 'nobody'",
        "atMost: 0, of: bank.look",
        "atMost: 1, of: Done",
      })
  void propertyThatNoRunBreaksHeld(String property) {
    assertThat(violated(Flawed.soundWith(named(property)))).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "before: [yes boss, Done], if: context.amount == context.amount",
        "before: [yes boss, Done]",
        "never: bank.pay",
        "never: bank.pay, after: Pay",
        "never: bank.pay, after: yes boss",
        "never: Done, after: Pay",
        "never: bank.pay, if: args.sum <= 10",
        "never: bank.pay, if: 1 / (args.sum - args.sum) > 0",
        "never: Done, if: has(context.amount)",
        "never: Done, if: run.turns > 0",
        "never: bank.pay, if: caller.id != 'nobody'",
        "atMost: 0, of: bank.pay",
        "atMost: 0, of: Done",
      })
  void propertyThatRunsBreakDidNotHold(String property) {
    SimulationReport report = played(Flawed.soundWith(named(property)));

    assertThat(violated(report)).isPositive();
    assertThat(report.surprises())
        .anyMatch(it -> it.kind() == Kind.VIOLATED && it.what().equals("it"));
  }

  @Test
  void firstMustHaveHappenedWithTheSameValue() {
    String same = named("before: [bank.look, bank.pay], same: sum");

    assertThat(violated(Flawed.payingWith(same, 1))).isZero();
    assertThat(violated(Flawed.payingWith(same, 5))).isPositive();
  }

  /** Some pay a second time, after the first has failed. */
  @Test
  void callThatFailedIsNotCounted() {
    SimulationReport report = played(Flawed.payingWith(named("atMost: 1, of: bank.pay"), 1));

    assertThat(report.coverage().states().get("Again")).isPositive();
    assertThat(violated(report)).isZero();
    assertThat(violated(Flawed.payingWith(named("atMost: 0, of: bank.pay"), 1))).isPositive();
  }

  /** What was at stake in no run, was not tried. */
  @Test
  void runsThatComeNearAPropertyAreCounted() {
    Map<String, Kept> kept =
        played(
                Flawed.soundWith(
                    """
                    [{name: paid, before: [yes boss, bank.pay]},
                     {name: large, before: [yes boss, bank.pay], if: args.sum > 10},
                     {name: lapsed, never: Done, after: Lapsed},
                     {name: large pay, never: bank.pay, if: args.sum > 10},
                     {name: twice, atMost: 2, of: Done},
                     {name: once, atMost: 1, of: Done},
                     {name: ends, eventually: [Done, Lapsed, Help]}]\
                    """))
            .properties();

    assertThat(near(kept, "paid")).isPositive().isLessThan(RUNS);
    assertThat(near(kept, "large")).isZero();
    assertThat(near(kept, "lapsed")).isPositive().isLessThan(RUNS);
    assertThat(near(kept, "large pay")).isPositive(); // it was tried, and refused
    assertThat(near(kept, "twice")).isZero();
    assertThat(near(kept, "once")).isPositive();
    assertThat(near(kept, "ends")).isPositive();
    assertThat(kept.values()).allMatch(it -> it.violated() == 0 && it.near() <= RUNS);
  }

  private static long near(Map<String, Kept> kept, String property) {
    return requireNonNull(kept.get(property)).near();
  }

  /** In both: the boss may say yes, and the desk no, or the call is void. */
  @Test
  void yesOfOneOfTwoRolesIsOneToSimulateAndToCheck() {
    Machine machine = Flawed.askingTwo(named("never: Done, after: yes boss"));

    assertThat(violated(machine)).isPositive();
    assertThat(MachineCheck.of(machine).proven()).isEmpty();
  }

  @Test
  void runThatBreaksOneIsShownByAScenario() throws IOException {
    Machine machine = Flawed.soundWith(named("never: Done, after: Pay"));
    Simulation simulation = Simulation.of(machine, 1).runs(RUNS);
    Surprise surprise =
        simulation.play().surprises().stream()
            .filter(it -> it.kind() == Kind.VIOLATED)
            .findFirst()
            .orElseThrow();

    SurprisingScenario scenario = simulation.scenario(surprise);
    scenario.write(folder);

    assertThat(surprise.detail()).isEqualTo("Done after Pay");
    assertThat(scenario.play(machine, folder).problems()).as(scenario.text()).isEmpty();
  }
}
