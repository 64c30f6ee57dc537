package dev.interlock.cli.act;

import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.ActingCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock event}. */
@Command(
    name = "event",
    header = "Send an event that the machine declares.",
    footer = {
      "",
      "Examples:",
      "  interlock event device-1 not_needed --as ana@example.com",
      "  interlock event order-3 paid '{\"amount\": 12.50}'"
    })
public final class EventCommand extends ActingCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "The event.")
  private String name = "";

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "JSON",
      description = "Its payload, if it carries one.")
  private @Nullable String payload;

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "The event's id: the same one again changes nothing. Default: made up.")
  private @Nullable String id;

  public EventCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    @Nullable Object carried = payload == null ? null : Given.json("a payload", payload);
    String sent = idOr(id);
    return act(
        readConfiguration(),
        "Sent " + name + " to",
        (session, by) -> session.engine().event(by, instance, sent, name, carried));
  }
}
