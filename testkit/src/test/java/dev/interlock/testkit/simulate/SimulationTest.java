package dev.interlock.testkit.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.interlock.core.decide.Decide;
import dev.interlock.core.decide.Decision;
import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.decide.Outcome.Verdict;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Way;
import dev.interlock.core.prompt.Price;
import dev.interlock.testkit.Desks;
import dev.interlock.testkit.scenario.ScenarioReport;
import dev.interlock.testkit.simulate.SimulationReport.Coverage;
import dev.interlock.testkit.simulate.Surprise.Kind;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {
  private static final int RUNS = 300;

  @TempDir private Path folder;

  // ---- the same seed

  @Test
  void sameSeedGivesTheSameReportWhateverTheThreads() {
    Simulation simulation = Simulation.of(Desks.machine(), 7).runs(RUNS);

    String one = simulation.threads(1).play().toString();

    assertThat(simulation.threads(2).play().toString()).isEqualTo(one);
    assertThat(simulation.threads(5).play().toString()).isEqualTo(one);
    assertThat(Simulation.of(Desks.machine(), 8).runs(RUNS).play().toString()).isNotEqualTo(one);
  }

  /** Of runs that are as short as each other the first is shown, whoever played which. */
  @Test
  void sameSeedShowsTheSameRunsWhateverTheThreads() {
    Simulation simulation = Simulation.of(Flawed.dividing(), 7).runs(RUNS);

    List<Surprise> one = simulation.threads(1).play().surprises();

    assertThat(one).isNotEmpty();
    for (int i = 0; i < 20; i++) {
      assertThat(simulation.threads(5).play().surprises()).isEqualTo(one);
    }
  }

  // ---- what is counted

  @Test
  void soundMachineSurprisesNobodyAndIsAllCovered() {
    SimulationReport report = Simulation.of(Flawed.sound(), 1).runs(1_200).play();

    assertThat(report.surprises()).isEmpty();
    assertThat(never(report.coverage())).as("what no run came to").isEmpty();
    assertThat(sum(report.ends().values())).isEqualTo(1_200);
    assertThat(report.checked()).isEqualTo(120);
  }

  private static List<Object> never(Coverage coverage) {
    List<Object> never = new ArrayList<>();
    coverage
        .states()
        .forEach((state, times) -> {
          if (times == 0) {
            never.add(state);
          }
        });
    coverage
        .ways()
        .forEach((way, times) -> {
          if (times == 0) {
            never.add(way);
          }
        });
    return never;
  }

  private static long sum(Iterable<Map<Profile, Long>> all) {
    long sum = 0;
    for (Map<Profile, Long> by : all) {
      sum += by.values().stream().mapToLong(Long::longValue).sum();
    }
    return sum;
  }

  /** A machine with one way through it: each number can be told beforehand. */
  @Test
  void countsAreThoseOfARunThatCanOnlyGoOneWay() {
    Machine machine =
        Flawed.of(
            """
            rules:
              - {rule: never, for: [bank.pay], when: "args.sum < 0"}
              - {rule: of another state, for: [bank.pay], in: [Never], when: "args.sum > 0"}
            states:
              Ask:
                goal: Learn the sum.
                record: [amount]
                transitions: [{target: Pay, requires: [amount]}]
              Pay: {type: call, call: bank.pay, with: {sum: "5"}, on: {ok: Paid, failed: Unpaid}}
              Unpaid: {type: final, outcome: unpaid}
              Paid:   {type: final}
              Never:  {type: call, call: bank.pay, with: {sum: "1"}, on: {ok: Paid, failed: Unpaid}}
            """);

    SimulationReport report = Simulation.of(machine, 3).runs(10).profiles(Profile.HONEST).play();

    assertThat(report.ends()).isEqualTo(Map.of("completed: unpaid", Map.of(Profile.HONEST, 10L)));
    assertThat(report.questions()).isBetween(10L, 20L).isEqualTo(report.questionsOf().sum());
    assertThat(report.turns())
        .as("those of the model, and the calls of a call state")
        .isEqualTo(report.questions() + 10);
    assertThat(report.refusals()).containsExactly(Map.entry("never", 10L));
    assertThat(report.coverage().states())
        .isEqualTo(Map.of("Ask", 10L, "Pay", 10L, "Unpaid", 10L, "Paid", 0L, "Never", 0L));
    assertThat(report.coverage().ways())
        .containsEntry(new Way("Ask", "Pay", "transition"), 10L)
        .containsEntry(new Way("Pay", "Unpaid", "failed"), 10L)
        .containsEntry(new Way("Pay", "Paid", "ok"), 0L);
    assertThat(report.coverage().rules())
        .isEqualTo(Map.of("never", Map.of(Verdict.REFUSES, 10L), "of another state", Map.of()));
    assertThat(report.people()).isEmpty();
    assertThat(report.questionsOf().percent(1)).isEqualTo(1);
  }

  @Test
  void costsAreWhatTheModelledTokensCost() {
    BigDecimal each = new BigDecimal("2");
    Simulation simulation = Simulation.of(Flawed.sound(), 1).runs(50);

    SimulationReport paid = simulation.price(new Price(each, each, each)).play();

    assertThat(paid.tokensOf().sum()).isGreaterThan(0);
    assertThat(paid.costOf().sum()).isEqualTo(paid.tokensOf().sum() * 2);
    assertThat(simulation.play().costOf().sum()).isZero();
  }

  /** Each profile does what it is there for. */
  @ParameterizedTest
  @EnumSource
  void profileShowsInWhatIsCounted(Profile profile) {
    SimulationReport report = Simulation.of(Flawed.sound(), 1).runs(RUNS).profiles(profile).play();
    long done = report.ends().getOrDefault("completed in Done", Map.of()).getOrDefault(profile, 0L);
    long refused = report.refusals().stream().mapToLong(Map.Entry::getValue).sum();

    switch (profile) {
      case HONEST -> assertThat(done).as("honest runs are done").isGreaterThan(RUNS * 9L / 10);
      case RANDOM ->
          assertThat(report.refusals()).extracting(Map.Entry::getKey).contains("unknown tool");
      case GREEDY -> assertThat(asked(report)).isGreaterThan(2L * RUNS);
      case INJECTED -> assertThat(refused).as("refused").isGreaterThan(RUNS);
      case SLOW -> assertThat(report.ends()).containsKey("completed: lapsed");
      case FAILING ->
          assertThat(report.escalations())
              .extracting(it -> it.getKey().reason())
              .contains("model", "outcome-unknown");
    }
  }

  private static long asked(SimulationReport report) {
    return report.people().values().stream().mapToLong(SimulationReport.Asked::times).sum();
  }

  // ---- surprises

  @Test
  void guardThatFailsIsShownByAScenario() throws IOException {
    shown(Flawed.dividing(), Kind.GUARD_ERROR, "Ask: guard of the way to Done");
  }

  /** What tools answered stands in it too. */
  @Test
  void guardThatFailsAfterAnAnswerIsShownByAScenario() throws IOException {
    shown(Flawed.dividingAfterALook(), Kind.GUARD_ERROR, "Judge: guard of the way to Done");
  }

  @Test
  void callThatOnlyThePropertyHoldsBackIsShownByAScenario() throws IOException {
    shown(Flawed.unlooked(), Kind.HELD_BACK, "a look before money");
  }

  @Test
  void endThatThePropertyDoesNotNameIsShownByAScenario() throws IOException {
    shown(Flawed.strayed(), Kind.VIOLATED, "it is always paid");
  }

  @Test
  void circleIsShownByAScenario() throws IOException {
    shown(Flawed.circling(), Kind.CYCLE, "Two");
  }

  @Test
  void honestRunThatWaitsInVainIsShownByAScenario() throws IOException {
    shown(Flawed.forgetting(), Kind.WAITED_IN_VAIN, "Nowhere");
  }

  @Test
  void machineThatNobodyGetsThroughIsShownByAScenario() throws IOException {
    shown(Flawed.endless(), Kind.NO_WAY_THROUGH, "");
  }

  private void shown(Machine machine, Kind kind, String what) throws IOException {
    Simulation simulation = Simulation.of(machine, 1).runs(RUNS);
    SimulationReport report = simulation.play();

    Surprise surprise =
        report.surprises().stream().filter(it -> it.kind() == kind).findFirst().orElseThrow();
    assertThat(surprise.what()).isEqualTo(what);
    SurprisingScenario scenario = simulation.scenario(surprise);
    scenario.write(folder);
    ScenarioReport played = scenario.play(machine, folder);
    assertThat(played.problems()).as(scenario.text()).isEmpty();
    assertThat(scenario.play(Flawed.sound(), folder).passed())
        .as("it shows nothing of a machine without the flaw")
        .isFalse();
  }

  /** A mistake of the engine itself, in those runs whose promises are checked. */
  @Test
  void promiseThatIsBrokenIsASurprise() {
    SimulationReport report =
        Simulation.of(Flawed.sound(), 1).runs(60).decider(SimulationTest::forgetsIds).play();

    assertThat(report.surprises())
        .anySatisfy(it -> {
          assertThat(it.kind()).isEqualTo(Kind.PROMISE);
          assertThat(it.what()).isEqualTo("IDS");
        });
  }

  private static Decision forgetsIds(Machine machine, Instance instance, Occurrence occurrence) {
    return Decide.decide(machine, instance, occurrence)
            instanceof Decision.Accepted(List<Outcome> outcomes, var effects, String note)
        ? new Decision.Accepted(
            outcomes.stream().filter(it -> !(it instanceof Outcome.Remembered)).toList(),
            effects,
            note)
        : Decide.decide(machine, instance, occurrence);
  }

  @Test
  void decisionThatIsOwedAndMissingIsASurpriseAndTheOtherRunsGoOn() {
    SimulationReport report =
        Simulation.of(Flawed.sound(), 1)
            .runs(RUNS)
            .decider((machine, instance, occurrence) -> {
              if (occurrence instanceof Occurrence.QuestionFailed) {
                throw new IllegalStateException("seeded");
              }
              return Decide.decide(machine, instance, occurrence);
            })
            .play();

    assertThat(report.surprises()).extracting(Surprise::kind).contains(Kind.NO_DECISION);
    assertThat(report.ends()).containsKey("completed in Done");
  }

  @Test
  void numberOfRunsIsBounded() {
    assertThatThrownBy(() -> Simulation.of(Flawed.sound(), 1).runs(0))
        .hasMessage("found 0 runs, expected 1 to 10,000,000");
  }
}
