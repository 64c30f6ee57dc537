package dev.interlock.core.counterexample;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.check.MachineCheck;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.testkit.ManualClock;
import dev.interlock.testkit.brute.Brute;
import dev.interlock.testkit.brute.Met;
import dev.interlock.testkit.brute.Tiny;
import dev.interlock.testkit.scenario.ScenarioReport;
import dev.interlock.testkit.simulate.SurprisingScenario;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a check shows of tiny machines, drawn from seeds, happens: brute force has such a run, and
 * the scenario of it plays. Of what it does not show, brute force has one now and then.
 */
class CounterexampleTest {
  private static final int MACHINES = 400;
  private static final int MOST = 400;

  @TempDir private Path folder;

  private long shown;
  private long missed;
  private int written;

  @Test
  void runThatIsShownIsOneAndPlaysAsAScenario() throws IOException {
    for (long seed = 0; seed < MACHINES; seed++) {
      Optional<Machine> machine = Tiny.of(seed).load();
      if (machine.isPresent()) {
        look(seed, machine.get());
      }
    }

    assertThat(shown).as("shown").isGreaterThan(MACHINES / 4);
    assertThat(missed).as("not shown, though there is one").isLessThan(shown / 10);
  }

  private void look(long seed, Machine machine) throws IOException {
    MachineCheck.Checked checked = MachineCheck.of(machine);
    if (checked.proven().size() == machine.properties().size()) {
      return;
    }
    Met met = Brute.walk(machine, MOST);
    for (Property property : machine.properties()) {
      Optional<Counterexample> found =
          checked.violated().stream().filter(it -> it.property().equals(property)).findFirst();
      boolean is = met.against(property, false) != null;
      if (found.isPresent()) {
        shown++;
        assertThat(is || !met.whole()).as("seed %d, %s", seed, property).isTrue();
        plays(seed, machine, SurprisingScenario.of(found.get(), ""));
      } else if (is) {
        missed++;
      }
    }
  }

  private void plays(long seed, Machine machine, SurprisingScenario scenario) throws IOException {
    Path at = folder.resolve(String.valueOf(written++));
    var unused = scenario.write(at, scenario.file());
    assertThat(scenario.sayable()).as("seed %d", seed).isTrue();
    ScenarioReport report = scenario.play(machine, at);
    assertThat(report.passed()).as("seed %d: %s of %s", seed, report, scenario.text()).isTrue();
  }

  /**
   * Two clerks say yes, or nobody does in three days; arguments have a form that they must have.
   */
  private static final String CLAIMS =
      """
      machine: claims
      version: 1
      tools:
        desk.find: {effect: read}
        desk.pay:  {effect: write}
      context:
        letter: {type: document, source: user, mediaTypes: [application/pdf]}
        sum:    {type: decimal, source: human}
        claims: {type: object, properties: {open: {type: boolean}}, source: tool, from: desk.find, at: /claim, key: args.number}
        said:   {type: string, pattern: '^[A-Z]+-[0-9]+$', source: user}
        read:   {type: boolean, source: agent}
      rules:
        - {rule: the claim is open, for: [desk.pay], when: 'args.number in context.claims && context.claims[args.number].open'}
        - {rule: it was said, for: [desk.pay], when: said(args.number)}
        - {rule: much is asked for, for: [desk.pay], ask: chief, people: 2, unless: context.sum < 100.00}
      initial: Read
      states:
        Read:
          goal: Read it.
          record: [letter, said, read]
          transitions: [{target: Check, requires: [letter, said, read]}]
        Check:
          type: approval
          role: clerk
          shows: [letter]
          people: 2
          answers: {approve: {target: Pay, fills: [sum]}, reject: {target: Done}}
          after: {P3D: Done}
        Pay:
          goal: Pay it.
          tools: [desk.find, desk.pay]
          otherwise: Done
        Done: {type: final}
      anywhere: {over: {default: Done}}
      properties:
        - {name: it, PROPERTY}
      """;

  private static final ToolLock LOCK =
      ToolLock.lock("tools.lock", List.of(tool("desk.find"), tool("desk.pay"))).lock();

  private static Offered tool(String name) {
    Map<String, Object> number = Map.of("type", "string", "pattern", "^[A-Z]+-[0-9]+$");
    return new Offered(
        name,
        name,
        Map.of(
            "type",
            "object",
            "properties",
            Map.of("number", number),
            "required",
            List.of("number")),
        false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "atMost: 1, of: desk.pay",
        "atMost: 2, of: desk.find",
        "before: [yes chief, desk.pay]",
        "never: desk.pay, after: yes chief",
        "never: desk.pay, if: 'args.number in context.claims'",
        "never: Done, after: desk.pay",
        "never: Done, if: has(context.sum)",
        "eventually: [Pay]",
      })
  void runGoesByDocumentsFormsSeveralPeopleAndTexts(String property) throws IOException {
    var loaded = MachineLoader.load("machine.yaml", CLAIMS.replace("PROPERTY", property), LOCK);
    assertThat(loaded.diagnostics()).isEmpty();
    Machine machine = requireNonNull(loaded.machine());

    MachineCheck.Checked checked = MachineCheck.of(machine);

    assertThat(checked.violated()).as(checked.findings().toString()).hasSize(1);
    plays(0, machine, SurprisingScenario.of(checked.violated().getFirst(), ""));
  }

  @Test
  void runStartsWhenScenariosDo() {
    assertThat(Counterexample.START).isEqualTo(ManualClock.START);
  }
}
