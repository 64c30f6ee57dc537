package dev.interlock.cli.act;

import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.ActingCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code interlock cancel}. */
@Command(
    name = "cancel",
    header = "End an instance: what it is doing is stopped, a write in flight is awaited.",
    footer = {"", "Examples:", "  interlock cancel device-1 \"no longer needed\""})
public final class CancelCommand extends ActingCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "WHY",
      description = "A sentence for the journal.")
  private String why = "";

  public CancelCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    return act(
        readConfiguration(),
        "Cancelled",
        (session, by) -> session.engine().cancel(by, instance, why));
  }
}
