package dev.interlock.cli.act;

import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.ActingCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock fork}. */
@Command(
    name = "fork",
    header = "Start a new instance with what was recorded of another.",
    description = {
      "The new instance takes over everything up to an entry at which the other only waited, and"
          + " goes on from there by itself: nothing that was done is done again, its timers run on"
          + " from where they were, and what is parked waits for answers of its own. The other"
          + " stays as it is. What the new one does from then on is real."
    },
    footer = {
      "",
      "Examples:",
      "  interlock fork device-1",
      "  interlock fork device-1 --at 12 --id what-if"
    })
public final class ForkCommand extends ActingCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Option(
      names = "--at",
      paramLabel = "SEQ",
      description =
          "The last entry to take over, one after which the other only waited and had not ended;"
              + " `journal` shows them. Default: the newest.")
  private long seq;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "The new instance's id. Default: made up.")
  private @Nullable String id;

  public ForkCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    String fork = id == null ? instance + "-" + idOr(null).substring(0, MADE_UP_DIGITS) : id;
    return act(
        readConfiguration(),
        "Forked as",
        (session, by) -> session.engine().fork(by, instance, seq, fork));
  }
}
