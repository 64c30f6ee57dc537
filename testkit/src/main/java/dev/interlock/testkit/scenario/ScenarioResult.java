package dev.interlock.testkit.scenario;

import dev.interlock.core.journal.Entry;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.machine.Way;
import java.util.List;
import java.util.Set;

/**
 * What came of one scenario.
 *
 * @param name as the scenario calls itself; the file's name if it could not be read
 * @param problems what was found and what was expected, with its place; empty if it passed
 * @param journal what had happened when the first of them was found; empty if it passed or did not
 *     begin
 * @param looked the seq of the newest entry at the {@code expect} before that
 * @param visited the declared ways that it went
 */
public record ScenarioResult(
    String file,
    String name,
    List<Diagnostic> problems,
    List<Entry> journal,
    long looked,
    Set<Way> visited) {
  public boolean passed() {
    return problems.isEmpty();
  }
}
