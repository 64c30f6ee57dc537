package dev.interlock.cli.act;

import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.ActingCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock send}. */
@Command(
    name = "send",
    header = "Write to an instance, as its caller.",
    footer = {
      "",
      "Examples:",
      "  interlock send device-1 \"Twelve people, please\"",
      "  interlock send device-1 --as ana@example.com - < letter.txt"
    })
public final class SendCommand extends ActingCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Parameters(
      index = "1",
      paramLabel = "TEXT",
      description = "The message, or - to read it from stdin.")
  private String text = "";

  @Option(
      names = "--id",
      paramLabel = "ID",
      description = "The message's id: the same one again changes nothing. Default: made up.")
  private @Nullable String id;

  public SendCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    String message = text.equals("-") ? typed(program().output().in()) : text;
    String sent = idOr(id);
    return act(
        readConfiguration(),
        "Sent to",
        (session, by) -> session.engine().send(by, instance, sent, message));
  }

  private static String typed(BufferedReader in) throws IOException {
    try (BufferedReader whole = in) {
      return whole.lines().collect(Collectors.joining("\n"));
    }
  }
}
