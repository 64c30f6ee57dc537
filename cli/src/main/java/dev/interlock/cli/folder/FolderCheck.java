package dev.interlock.cli.folder;

import dev.interlock.Configuration;
import dev.interlock.MachineFolder;
import dev.interlock.agent.ScriptedModel;
import dev.interlock.core.check.Code;
import dev.interlock.core.check.Finding;
import dev.interlock.core.check.MachineCheck;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.Mark;
import dev.interlock.testkit.scenario.ScenarioRunner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All that was found in a machine folder.
 *
 * @param folder null if it does not load
 * @param checked null if it does not load
 * @param notes what is missing to run it here
 * @param texts of the files, by name
 */
record FolderCheck(
    @Nullable MachineFolder folder,
    MachineCheck.@Nullable Checked checked,
    List<Diagnostic> errors,
    List<Diagnostic> warnings,
    List<Diagnostic> notes,
    Map<String, String> texts) {

  /** Looks at a folder. */
  static FolderCheck of(Path path, Map<String, String> environment) {
    MachineFolder.Reading<MachineFolder> reading = MachineFolder.read(path, environment);
    List<Diagnostic> errors = new ArrayList<>(reading.problems());
    Map<String, String> texts = new LinkedHashMap<>(reading.texts());
    @Nullable MachineFolder folder = reading.value();
    if (folder == null) {
      return new FolderCheck(null, null, errors, List.of(), List.of(), texts);
    }
    beside(folder, errors, texts);
    MachineCheck.Checked checked = MachineCheck.of(folder.machine());
    Function<List<String>, Mark> places = folder.places();
    errors.addAll(diagnostics(places, checked, Code.Severity.ERROR));
    return new FolderCheck(
        folder,
        checked,
        errors,
        diagnostics(places, checked, Code.Severity.WARNING),
        folder.missing(environment),
        texts);
  }

  boolean passed() {
    return errors.isEmpty();
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
      Function<List<String>, Mark> places, MachineCheck.Checked checked, Code.Severity severity) {
    return checked.findings().stream()
        .filter(it -> it.code().severity() == severity)
        .map(it -> diagnostic(it, places.apply(it.at())))
        .sorted(Comparator.comparing(Diagnostic::mark))
        .toList();
  }

  private static Diagnostic diagnostic(Finding finding, Mark mark) {
    return new Diagnostic(
        mark, finding.code(), finding.found(), finding.expected(), finding.mend(), finding.trace());
  }
}
