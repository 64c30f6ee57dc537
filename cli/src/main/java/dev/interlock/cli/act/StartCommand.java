package dev.interlock.cli.act;

import dev.interlock.Configuration;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.ActingCommand;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock start}. */
@Command(
    name = "start",
    header = "Start an instance, and say something if you like.",
    description = {
      "Starts an instance of the folder's machine. Its caller is whoever speaks, or whom an"
          + " operator names with --for. The same --id with the same input is acknowledged again."
          + " A machine in which check finds errors is not started, unless an operator says"
          + " --despite-errors; the journal keeps who did, and the codes."
    },
    footer = {
      "",
      "Examples:",
      "  interlock start",
      "  interlock start --as ana@example.com \"I need a laptop\"",
      "  interlock start --id case-7 --input order=A-17 --input amount=12.50"
    })
public final class StartCommand extends ActingCommand {
  @Parameters(arity = "0..1", paramLabel = "TEXT", description = "The caller's first message.")
  private @Nullable String text;

  @Option(names = "--id", paramLabel = "ID", description = "The instance's id. Default: made up.")
  private @Nullable String id;

  @Option(
      names = "--for",
      paramLabel = "PERSON",
      description = "Whom the instance acts for, if it is not who speaks. Only for operators.")
  private @Nullable String caller;

  @Option(
      names = "--input",
      paramLabel = "FIELD=VALUE",
      description = "A field of source input: a text, or JSON where the field is no text.")
  private List<String> input = new ArrayList<>();

  @Option(
      names = "--despite-errors",
      description = "Start it also if check finds errors in the machine. Only for operators.")
  private boolean despiteErrors;

  public StartCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    Configuration configuration = readConfiguration();
    if (caller != null && text != null) {
      throw Failure.of(
          "--for and a message",
          "one of them: only " + caller + " can speak as " + caller,
          "start with --as " + caller,
          ExitCode.USAGE);
    }
    @Nullable Principal whom = caller == null ? null : person(configuration, caller);
    Map<String, String> fields = Given.pairs("--input", "FIELD=VALUE", input);
    String digits = idOr(null).substring(0, MADE_UP_DIGITS);
    // The same command again says the same message again, which is taken once.
    String first = text == null ? "" : "start-" + Json.sha256(text).substring(0, MADE_UP_DIGITS);
    return act(
        configuration,
        "Started",
        (session, by) -> {
          Engine engine = session.engine();
          Machine machine = startable(session);
          String instance = id == null ? machine.name() + "-" + digits : id;
          Map<String, Object> values = Given.fields(machine, fields);
          Acknowledgement started =
              engine.start(
                  by, new Engine.Start(machine.name(), instance, whom, values, despiteErrors));
          if (text == null || started instanceof Acknowledgement.Rejected) {
            return started;
          }
          Acknowledgement sent = engine.send(by, instance, first, text);
          if (sent instanceof Acknowledgement.Rejected(Rejection rejection)) {
            String message = instance + " was started, but: " + rejection.message();
            return new Acknowledgement.Rejected(rejection.worded(message));
          }
          // What was said is followed from where it was started.
          return started instanceof Acknowledgement.Taken ? started : sent;
        });
  }

  private static Principal person(Configuration configuration, String word) {
    Principal named = person(configuration, word, "");
    return new Principal(named.id(), named.roles());
  }
}
