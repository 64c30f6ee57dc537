package dev.interlock.cli.folder;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.FolderCommand;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code interlock draw}. */
@Command(
    name = "draw",
    header = "Draw the machine as a Mermaid state diagram.",
    description = {
      "Prints the diagram's text: between ```mermaid and ``` a Markdown file shows it, on GitHub"
          + " and in many editors. It has every state and every way that the machine declares;"
          + " long conditions are cut."
    },
    footer = {"", "Examples:", "  interlock draw", "  interlock draw -C it-access > it-access.mmd"})
public final class DrawCommand extends FolderCommand {
  public DrawCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    String diagram = Mermaid.of(readFolder().machine());
    if (program().output().json()) {
      program().output().value(Map.of("mermaid", diagram));
    } else {
      program().output().line(diagram.stripTrailing());
    }
    return ExitCode.OK;
  }
}
