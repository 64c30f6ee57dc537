package dev.interlock.cli;

import dev.interlock.cli.program.Program;
import dev.interlock.cli.program.ProgramCommand;
import dev.interlock.cli.program.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The root of all commands; by itself it shows how to use them. */
@Command(
    name = "interlock",
    header = "Runs LLM agents inside durable state machines.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.Provider.class,
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes of every command:%n",
    exitCodeList = {
      "0:done",
      "1:not done: rejected, failed, or errors were found",
      "2:the command line could not be understood, or names what is not there",
      "3:another process owns the file and does not answer",
      "70:a mistake of Interlock itself",
      "130:ended by Ctrl-C"
    },
    footer = {
      "",
      "Examples:",
      "  interlock demo              watch it work",
      "  interlock new my-machine    a machine of your own, then:",
      "  interlock run -C my-machine",
      "  interlock help approve      a command's options, with examples"
    })
final class InterlockCommand extends ProgramCommand {
  @Spec private CommandSpec spec;

  @SuppressWarnings("UnusedVariable") // picocli answers it
  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit.")
  private boolean version;

  InterlockCommand(Program program) {
    super(program);
  }

  @Override
  protected int execute() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return 0;
  }
}
