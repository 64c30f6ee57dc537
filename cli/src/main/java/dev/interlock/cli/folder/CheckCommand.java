package dev.interlock.cli.folder;

import dev.interlock.Configuration;
import dev.interlock.MachineFolder;
import dev.interlock.agent.ScriptedModel;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.FolderCommand;
import dev.interlock.cli.session.Problems;
import dev.interlock.core.check.Code;
import dev.interlock.core.check.Finding;
import dev.interlock.core.check.MachineCheck;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.Mark;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.scenario.ScenarioRunner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code interlock check}. */
@Command(
    name = "check",
    header = "Show everything that is wrong with the folder.",
    description = {
      "Reads machine.yaml, interlock.yaml and tools.lock, and, if these load, the script of a"
          + " scripted model and the scenarios: names, types, expressions. Then it goes wherever"
          + " the machine lets a model and a user go who may propose anything, and tells what they"
          + " can never do and what they always can: docs/VERIFY.md has each code, what is proven"
          + " and what is not. It starts no server. Warnings, and what is missing to run the"
          + " folder here, are no errors."
    },
    footer = {"", "Examples:", "  interlock check", "  interlock check -C it-access --json"})
public final class CheckCommand extends FolderCommand {
  public CheckCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    MachineFolder.Reading<MachineFolder> reading =
        MachineFolder.read(folder(), program().environment());
    Output output = program().output();
    @Nullable MachineFolder folder = reading.value();
    List<Diagnostic> found = new ArrayList<>(reading.problems());
    Map<String, String> texts = new LinkedHashMap<>(reading.texts());
    List<Diagnostic> warnings = List.of();
    List<Diagnostic> notes = List.of();
    MachineCheck.@Nullable Checked checked = null;
    if (folder != null) {
      beside(folder, found, texts);
      checked = MachineCheck.of(folder.machine());
      found.addAll(diagnostics(folder, checked, Code.Severity.ERROR));
      warnings = diagnostics(folder, checked, Code.Severity.WARNING);
      notes = folder.missing(program().environment());
    }
    Problems problems = problems(found, texts);
    boolean whole = found.isEmpty();
    if (output.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("loads", folder != null);
      if (folder != null) {
        json.put("machine", folder.machine().name());
        json.put("identity", folder.machine().identity());
      }
      json.put("problems", problems.json());
      json.put("warnings", problems(warnings, texts).json());
      json.put("notes", problems(notes, texts).json());
      output.value(json);
    } else {
      if (folder != null && whole) {
        loads(output, folder.machine(), checked);
      }
      problems.print(output);
      problems(warnings, texts).print(output, Problems.Kind.WARNING);
      notes.forEach(it -> aside("Note: ", it));
    }
    return whole ? ExitCode.OK : ExitCode.FAILED;
  }

  /** What stands beside a machine and is read only when it is needed: a script, scenarios. */
  private static void beside(
      MachineFolder folder, List<Diagnostic> found, Map<String, String> texts) {
    for (Configuration.Model model : folder.configuration().models()) {
      if (model instanceof Configuration.Model.Scripted scripted) {
        MachineFolder.Reading<ScriptedModel> script = folder.script(scripted);
        found.addAll(script.problems());
        texts.putAll(script.texts());
      }
      if (model instanceof Configuration.Model.Recorded recorded) {
        found.addAll(folder.recording(recorded).problems());
      }
    }
    folder
        .scenarios()
        .forEach((file, text) -> {
          texts.put(file, text);
          found.addAll(
              ScenarioRunner.check(
                  folder.machine(),
                  new ScenarioRunner.Source(
                      file, text, folder.path().resolve(MachineFolder.SCENARIOS))));
        });
  }

  private static List<Diagnostic> diagnostics(
      MachineFolder folder, MachineCheck.Checked checked, Code.Severity severity) {
    Function<List<String>, Mark> places = folder.places();
    return checked.findings().stream()
        .filter(it -> it.code().severity() == severity)
        .map(it -> diagnostic(it, places.apply(it.at())))
        .sorted(Comparator.comparing(Diagnostic::mark))
        .toList();
  }

  private static Diagnostic diagnostic(Finding finding, Mark mark) {
    return new Diagnostic(
        mark,
        finding.code().id(),
        finding.found(),
        finding.expected(),
        finding.mend(),
        finding.trace());
  }

  private static void loads(
      Output output, Machine machine, MachineCheck.@Nullable Checked checked) {
    output.line(
        "%s version %d loads: %s, %s, %s, %s."
            .formatted(
                machine.name(),
                machine.version(),
                Text.count(machine.states().size(), "state", "states"),
                Text.count(machine.tools().size(), "tool", "tools"),
                Text.count(machine.context().size(), "field", "fields"),
                Text.count(machine.rules().size(), "rule", "rules")));
    output.line(output.paint(Colour.FAINT, "Its identity is " + machine.identity() + "."));
    if (checked != null) {
      output.line(
          output.paint(
              Colour.FAINT,
              checked.whole()
                  ? "All that a run can do was looked at: %s."
                      .formatted(Text.count(checked.places(), "place", "places"))
                  : "It was looked at in part only: it has more than %,d places."
                      .formatted(checked.places())));
    }
  }
}
