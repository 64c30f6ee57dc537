package dev.interlock.cli.folder;

import dev.interlock.MachineFolder;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.FolderCommand;
import dev.interlock.cli.session.Problems;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.machine.Machine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code interlock check}. */
@Command(
    name = "check",
    header = "Load the folder and show everything that is wrong with it.",
    description = {
      "Reads machine.yaml, interlock.yaml and tools.lock: names, types, expressions. It starts no"
          + " server. It does not verify anything beyond loading yet: that a rule or an approval"
          + " cannot be got around is not proven by it."
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
    Problems problems = new Problems(reading.problems(), reading.texts());
    List<Diagnostic> unset = folder == null ? List.of() : folder.configuration().unset();
    if (output.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("loads", folder != null);
      if (folder != null) {
        json.put("machine", folder.machine().name());
        json.put("identity", folder.machine().identity());
      }
      json.put("problems", problems.json());
      json.put("unset", new Problems(unset, reading.texts()).json());
      output.value(json);
    } else if (folder == null) {
      problems.print(output);
    } else {
      loads(output, folder.machine());
      unset.forEach(missing ->
          output.note(
              output.paint(Stream.ERR, Colour.YELLOW, "Note: ")
                  + "%s: %s; whoever runs this folder needs it"
                      .formatted(missing.mark(), missing.found())));
    }
    return folder == null ? ExitCode.FAILED : ExitCode.OK;
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
