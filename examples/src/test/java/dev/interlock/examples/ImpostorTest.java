package dev.interlock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.testkit.scenario.ScenarioReport;
import dev.interlock.testkit.scenario.ScenarioRunner;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The attack scenarios bite: take away the line of the machine that stops the attack, and they
 * fail, because the call that the attacker wanted then goes out, or is stopped by another rule.
 */
class ImpostorTest {
  private static ScenarioReport attack(String machine) {
    return ScenarioRunner.run(
        Example.IT_ACCESS.machine(machine),
        List.of(
            Example.IT_ACCESS.scenario("impostor.yaml"),
            Example.IT_ACCESS.scenario("impostor-persists.yaml")));
  }

  @Test
  void theMachineAsItIsStopsTheAttack() {
    assertThat(attack(Example.IT_ACCESS.text("machine.yaml")).problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "it.reset_password: | {employee_id: context.employee.id} | found calls [it.reset_password], expected []",
        "it.grant_device: | {employee_id: context.employee.id}"
            + " | found refused [it.grant_device by \"a device request says what it is for\"",
        "it.send_mail: | {to: context.employee.email} | found calls [it.send_mail], expected []"
      })
  void withoutItsSetLineTheAttackIsNotStoppedThere(String tool, String set, String found) {
    String broken = without(Example.IT_ACCESS.text("machine.yaml"), tool, "set: " + set);

    ScenarioReport report = attack(broken);

    assertThat(report.passed()).isFalse();
    assertThat(report.problems()).contains(found);
  }

  @Test
  void withoutTheSetOfTheResetTheVictimsDataLeaks() {
    String broken =
        without(
            Example.IT_ACCESS.text("machine.yaml"),
            "it.reset_password:",
            "set: {employee_id: context.employee.id}");

    assertThat(attack(broken).problems()).contains("CANARY-7f3a");
  }

  /** The text without a key of a tool, whose line starts with the tool's name. */
  private static String without(String text, String tool, String key) {
    int line = text.indexOf("  " + tool);
    int start = text.indexOf(key + ", ", line);
    assertThat(line).isPositive();
    assertThat(start).isPositive().isLessThan(text.indexOf('\n', line));
    return text.substring(0, start) + text.substring(start + key.length() + 2);
  }
}
