package dev.interlock.cli.run;

import dev.interlock.MachineFolder;
import dev.interlock.cli.act.Given;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.InstanceCommand;
import dev.interlock.cli.session.Session;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.machine.Principal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code interlock run}. */
@Command(
    name = "run",
    header = "Start an instance and talk to it here.",
    description = {
      "What you type goes to the agent. You see what it says, where the machine goes, what was"
          + " called, what was refused by which rule, and what it waits for. What the machine asks"
          + " you to allow you answer with y or n. End of input (Ctrl-D) leaves; the instance stays"
          + " as it is. Piped, each line of stdin is one message.",
      "While it runs, other commands talk to it: approve, event, show …"
    },
    footer = {
      "",
      "Examples:",
      "  interlock run",
      "  interlock run --as ana@example.com --id laptop-1",
      "  printf 'a room for six\\nyes\\ny\\n' | interlock run"
    })
public final class RunCommand extends InstanceCommand {
  @Option(
      names = "--id",
      paramLabel = "ID",
      description =
          "The instance's id; one that was started before is gone on with. Default: made up.")
  private @Nullable String id;

  @Option(
      names = "--input",
      paramLabel = "FIELD=VALUE",
      description = "A field of source input: a text, or JSON where the field is no text.")
  private Map<String, String> input = new LinkedHashMap<>();

  public RunCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    MachineFolder folder = readFolder();
    Output output = program().output();
    try (Session session = session(folder.configuration())) {
      Principal by = speaker(folder.configuration(), session);
      Map<String, Object> values = Given.fields(folder.machine(), input);
      String instance =
          switch (session.engine().start(by, folder.machine().name(), id, null, values)) {
            case Acknowledgement.Taken taken -> taken.instance();
            case Acknowledgement.Again(String again) -> again;
            case Acknowledgement.Rejected(Rejection rejection) ->
                throw new Failure("Rejected: " + rejection.message());
          };
      if (output.terminal(Stream.OUT) && !output.json()) {
        output.line(
            output.paint(
                Colour.FAINT, "Write to it; /help says what else there is. Leave with Ctrl-D."));
      }
      try (Conversation conversation =
          new Conversation(output, session, by, instance, typing(folder.configuration()))) {
        conversation.talk();
      }
      return ExitCode.OK;
    }
  }
}
