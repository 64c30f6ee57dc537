package dev.interlock.cli.folder;

import dev.interlock.Interlock;
import dev.interlock.MachineFolder;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Progress;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.FolderCommand;
import dev.interlock.cli.tell.Line;
import dev.interlock.cli.tell.Narrator;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.journal.Entry;
import dev.interlock.testkit.scenario.ScenarioReport;
import dev.interlock.testkit.scenario.ScenarioResult;
import dev.interlock.testkit.scenario.ScenarioRunner;
import dev.interlock.testkit.scenario.ScenarioRunner.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code interlock test}. */
@Command(
    name = "test",
    header = "Run the folder's scenarios and say which ways out none of them takes.",
    description = {
      "Each scenario runs in memory on a clock of its own; tools without a canned answer are called"
          + " on the folder's servers. No model is asked: a scenario says what it replies."
    },
    footer = {
      "",
      "Examples:",
      "  interlock test",
      "  interlock test rejected expires      # only scenarios whose file name has one of them"
    })
public final class TestCommand extends FolderCommand {
  /** The newest lines that are told of what led to a problem. */
  private static final int MAX_SINCE = 12;

  private static final Set<Line.Kind> WHY =
      EnumSet.of(
          Line.Kind.USER,
          Line.Kind.AGENT,
          Line.Kind.STATE,
          Line.Kind.CALL,
          Line.Kind.REFUSED,
          Line.Kind.WAITS,
          Line.Kind.ESCALATED);

  @Parameters(arity = "0..*", paramLabel = "NAME", description = "Only files whose name has it.")
  private List<String> names = List.of();

  public TestCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    MachineFolder folder = readFolder();
    Map<String, String> texts = chosen(folder);
    ScenarioReport report;
    Output output = program().output();
    try (ToolHost tools = Interlock.tools(folder);
        Progress progress = output.progress()) {
      List<Source> sources = new ArrayList<>();
      texts.forEach((file, text) ->
          sources.add(new Source(file, text, folder.path().resolve(MachineFolder.SCENARIOS))));
      progress.show(
          "running " + Text.count(sources.size(), "scenario", "scenarios"), Duration.ZERO);
      report = ScenarioRunner.run(folder.machine(), sources, tools);
    }
    boolean whole = names.isEmpty();
    if (output.json()) {
      output.value(json(report, whole));
    } else {
      print(report, texts, whole);
    }
    return report.passed() ? ExitCode.OK : ExitCode.FAILED;
  }

  private Map<String, String> chosen(MachineFolder folder) {
    Map<String, String> all = folder.scenarios();
    if (all.isEmpty()) {
      throw Failure.of(
          "no scenarios in " + folder.path().resolve(MachineFolder.SCENARIOS),
          "at least one file scenarios/NAME.yaml",
          "docs/MACHINE.md shows one; " + program().word() + " new DIR makes some");
    }
    Map<String, String> chosen = new LinkedHashMap<>();
    all.forEach((file, text) -> {
      if (names.isEmpty() || names.stream().anyMatch(file::contains)) {
        chosen.put(file, text);
      }
    });
    if (chosen.isEmpty()) {
      throw Failure.of(
          "no scenario whose file name has " + String.join(" or ", names),
          "one of " + String.join(", ", all.keySet()),
          typed("test") + " runs all");
    }
    return chosen;
  }

  private void print(ScenarioReport report, Map<String, String> texts, boolean whole) {
    Output output = program().output();
    for (ScenarioResult result : report.results()) {
      String mark =
          result.passed() ? output.paint(Colour.GREEN, "pass") : output.paint(Colour.RED, "FAIL");
      output.line(
          "%s  %s  %s".formatted(mark, result.name(), output.paint(Colour.FAINT, result.file())));
      if (!result.passed()) {
        problems(result.problems(), texts).print(output);
        List<Line> since = since(result);
        if (!since.isEmpty()) {
          output.note(
              after(result, result.looked()).isEmpty()
                  ? "  Nothing since the last expect; before it:"
                  : "  Before it, since the last expect:");
          since
              .subList(Math.max(0, since.size() - MAX_SINCE), since.size())
              .forEach(line ->
                  output.note(
                      Text.cut(
                          "    %-11s%s".formatted(line.label(), Text.oneLine(line.text())),
                          output.width())));
        }
      }
    }
    if (whole && !report.neverVisited().isEmpty()) {
      output.line("");
      output.line(output.paint(Colour.YELLOW, "Never taken by any scenario:"));
      report.neverVisited().forEach(way -> output.line("  " + way));
    }
    long passed = report.results().stream().filter(ScenarioResult::passed).count();
    output.line("");
    output.line(
        "%s: %d passed, %d failed."
            .formatted(
                Text.count(report.results().size(), "scenario", "scenarios"),
                passed,
                report.results().size() - passed));
  }

  /**
   * What was said, called and refused between the last {@code expect} and the first problem; where
   * nothing was, since the start.
   */
  private static List<Line> since(ScenarioResult result) {
    List<Line> since = after(result, result.looked());
    return since.isEmpty() ? after(result, 0) : since;
  }

  private static List<Line> after(ScenarioResult result, long seq) {
    Narrator narrator = new Narrator();
    List<Line> since = new ArrayList<>();
    for (Entry entry : result.journal()) {
      List<Line> told = narrator.tell(entry);
      if (entry.seq() > seq) {
        told.stream().filter(line -> WHY.contains(line.kind())).forEach(since::add);
      }
    }
    return since;
  }

  private Map<String, Object> json(ScenarioReport report, boolean whole) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("passed", report.passed());
    json.put(
        "scenarios",
        report.results().stream()
            .map(result ->
                Map.of(
                    "scenario",
                    result.name(),
                    "file",
                    result.file(),
                    "passed",
                    result.passed(),
                    "problems",
                    problems(result.problems(), Map.of()).json(),
                    "since",
                    since(result).stream().map(line -> line.label() + ": " + line.text()).toList()))
            .toList());
    if (whole) {
      json.put("neverTaken", report.neverVisited().stream().map(Object::toString).toList());
    }
    return json;
  }
}
