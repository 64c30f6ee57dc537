package dev.interlock.cli.read;

import dev.interlock.Configuration;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.InstanceCommand;
import dev.interlock.cli.tell.ShowScreen;
import dev.interlock.core.engine.Engine.View;
import java.time.ZoneId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code interlock show}. */
@Command(
    name = "show",
    header = "One instance on one screen.",
    description = {
      "Where it is, what it waits for and what to type, what was done, what was refused and why."
    },
    footer = {"", "Examples:", "  interlock show device-1", "  interlock show device-1 --json"})
public final class ShowCommand extends InstanceCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  public ShowCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    Configuration configuration = readConfiguration();
    Output output = program().output();
    return reading(
        configuration,
        reads -> {
          View view = found(reads, instance);
          ShowScreen screen =
              new ShowScreen(
                  view,
                  reads.journal(instance, 0),
                  program().clock().instant(),
                  ZoneId.systemDefault(),
                  typing(configuration));
          if (output.json()) {
            output.value(screen.json());
          } else {
            screen.lines(output).forEach(output::line);
          }
          return ExitCode.OK;
        });
  }
}
