package dev.interlock.testkit.scenario;

import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.machine.Way;
import java.util.List;
import java.util.Set;

/**
 * What came of the scenarios of a machine.
 *
 * @param results one for each, in the order given
 * @param declared every way of the machine, in document order
 */
public record ScenarioReport(List<ScenarioResult> results, Set<Way> declared) {
  public boolean passed() {
    return results.stream().allMatch(ScenarioResult::passed);
  }

  /** Ways that no scenario went, in document order. */
  public List<Way> neverVisited() {
    return declared.stream()
        .filter(way -> results.stream().noneMatch(result -> result.visited().contains(way)))
        .toList();
  }

  /** Everything that is wrong, one a line; empty if all passed. */
  public String problems() {
    return Diagnostic.format(
        results.stream().flatMap(result -> result.problems().stream()).toList());
  }
}
