package dev.interlock.cli.act;

import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Lost;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.ActingCommand;
import dev.interlock.cli.session.Session;
import dev.interlock.core.engine.Engine.View;
import dev.interlock.core.machine.Attachment;
import dev.interlock.core.machine.Principal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
      "  interlock send device-1 --as ana@example.com - < letter.txt",
      "  interlock send claim-1 --fill amount=1250.00 --attach photo=car.png"
    })
public final class SendCommand extends ActingCommand {
  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TEXT",
      description =
          "The message, or - to read it from stdin. May be left out beside --fill and --attach.")
  private String text = "";

  @Option(
      names = "--fill",
      paramLabel = "FIELD=VALUE",
      description = "A value of the state's form: a text, or JSON where the field is no text.")
  private List<String> form = new ArrayList<>();

  @Option(
      names = "--attach",
      paramLabel = "FIELD=PATH",
      description = "A document of the state's form; several for a field that is a list.")
  private List<String> attach = new ArrayList<>();

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
    Map<String, String> fields = Given.pairs("--fill", "FIELD=VALUE", form);
    Map<String, List<Attachment>> documents = Attached.read(attach);
    return act(
        readConfiguration(),
        "Sent to",
        (session, by) ->
            session
                .engine()
                .send(by, instance, sent, message, filled(session, by, fields), documents));
  }

  private Map<String, Object> filled(Session session, Principal by, Map<String, String> fields) {
    Optional<View> view = fields.isEmpty() ? Optional.empty() : session.engine().get(by, instance);
    return view.map(seen -> Given.fields(seen.machine(), fields))
        .orElseGet(() -> new LinkedHashMap<>(fields));
  }

  private static String typed(BufferedReader in) {
    StringWriter read = new StringWriter();
    try (BufferedReader whole = in) {
      whole.transferTo(read);
    } catch (IOException e) { // a folder, say
      throw Failure.of(
          "that stdin cannot be read: " + e.getMessage(),
          "a text",
          "pipe one in, or give the message as a word");
    }
    String text = read.toString().lines().collect(Collectors.joining("\n"));
    Lost.refuse("stdin", text);
    return text;
  }
}
