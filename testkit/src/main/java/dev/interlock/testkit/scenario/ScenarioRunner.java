package dev.interlock.testkit.scenario;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.LoadCode;
import dev.interlock.core.load.Mark;
import dev.interlock.core.load.Reader;
import dev.interlock.core.load.Yaml;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Ways;
import dev.interlock.testkit.InMemoryEngine;
import dev.interlock.testkit.ScriptedTools;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs scenarios against a machine: each on an engine of its own, in memory unless told otherwise,
 * on a clock that stands at {@link dev.interlock.testkit.ManualClock#START} and moves only by
 * {@code time} steps.
 *
 * <p>A scenario that is wrong, or whose expectations are not met, gives problems with their place
 * in the file; nothing is thrown. {@code docs/MACHINE.md} describes the form.
 */
public final class ScenarioRunner {
  private ScenarioRunner() {}

  /**
   * A scenario's text.
   *
   * @param file its name for messages
   * @param folder where the files lie that it attaches; null if there are none
   */
  public record Source(String file, String text, @Nullable Path folder) {
    /** Of one that attaches no files. */
    public Source(String file, String text) {
      this(file, text, null);
    }
  }

  /**
   * Runs them one after another.
   *
   * @param real where tools without a canned answer are called; it is not closed
   */
  public static ScenarioReport run(Machine machine, List<Source> scenarios, ToolHost real) {
    return run(machine, scenarios, real, InMemoryEngine::stage);
  }

  /**
   * As above, on other engines.
   *
   * @param opening opens one for each; it is closed after it
   */
  public static ScenarioReport run(
      Machine machine, List<Source> scenarios, ToolHost real, Stage.Opening opening) {
    return new ScenarioReport(
        scenarios.stream().map(source -> run(machine, source, real, opening)).toList(),
        Ways.of(machine).keySet());
  }

  /** As above, with every tool canned: another one fails and says so. */
  public static ScenarioReport run(Machine machine, List<Source> scenarios) {
    return run(machine, scenarios, new ScriptedTools());
  }

  /** What is wrong with a scenario, as far as that shows without running it. */
  public static List<Diagnostic> check(Machine machine, Source source) {
    Reader problems = new Reader();
    var unused = read(machine, source, problems);
    return problems.diagnostics();
  }

  /** Null if it could not be read; what is wrong is reported. */
  private static @Nullable Scenario read(Machine machine, Source source, Reader problems) {
    Yaml.Parsed parsed = Yaml.read(source.file(), source.text());
    parsed
        .problems()
        .forEach(it -> problems.report(it.mark(), it.code(), it.found(), it.expected(), it.hint()));
    return parsed.root() == null || !parsed.problems().isEmpty()
        ? null
        : ScenarioReader.read(machine, parsed.root(), problems, source.folder());
  }

  /** An exception that nobody foresaw, with the place it came from. */
  static String described(RuntimeException e) {
    return e + (e.getStackTrace().length == 0 ? "" : " at " + callers(e));
  }

  private static String callers(RuntimeException e) {
    return Arrays.stream(e.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("dev.interlock."))
        .limit(4)
        .map(StackTraceElement::toString)
        .collect(Collectors.joining(" < "));
  }

  private static ScenarioResult run(
      Machine machine, Source source, ToolHost real, Stage.Opening opening) {
    Reader problems = new Reader();
    String name = source.file();
    try {
      Scenario scenario = read(machine, source, problems);
      name = scenario == null || scenario.name().isEmpty() ? name : scenario.name();
      if (scenario != null && problems.count() == 0) {
        try (Play play = new Play(machine, scenario, real, opening, problems)) {
          return play.run(source.file(), name);
        }
      }
    } catch (RuntimeException e) { // the others must run whatever goes wrong in this one
      problems.report(
          new Mark(source.file(), 1, 1),
          LoadCode.INTERNAL,
          described(e),
          "a scenario that runs",
          null);
    }
    return new ScenarioResult(source.file(), name, problems.diagnostics(), List.of(), 0, Set.of());
  }
}
