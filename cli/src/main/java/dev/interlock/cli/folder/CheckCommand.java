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
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.Mark;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Ways;
import dev.interlock.testkit.scenario.ScenarioRunner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code interlock check}. */
@Command(
    name = "check",
    header = "Load the folder and show everything that is wrong with it.",
    description = {
      "Reads machine.yaml, interlock.yaml and tools.lock, and, if these load, the script of a"
          + " scripted model and the scenarios: names, types, expressions. It starts no server. It"
          + " does not verify anything beyond that yet: that a rule or an approval cannot be got"
          + " around is not proven by it. Unreachable states are warnings; what is missing to run"
          + " the folder here is noted. Neither is an error."
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
    if (folder != null) {
      beside(folder, found, texts);
      warnings = unreachable(folder);
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
        loads(output, folder.machine());
      }
      problems.print(output);
      warnings.forEach(it -> aside("Warning: ", it));
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

  private static List<Diagnostic> unreachable(MachineFolder folder) {
    Function<String, Mark> places = folder.places("states");
    return Ways.unreachable(folder.machine()).stream()
        .map(state ->
            new Diagnostic(
                places.apply(state),
                "unreachable",
                "the state %s, which no way leads to".formatted(state),
                "a way from the initial state",
                "let one lead there, or take it out"))
        .toList();
  }

  private static void loads(Output output, Machine machine) {
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
    output.line(
        output.paint(Colour.FAINT, "That is all that was checked: verification is not built yet."));
  }
}
