package dev.interlock.cli.run;

import dev.interlock.Configuration;
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
import dev.interlock.cli.tell.Shell;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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
      names = "--record",
      paramLabel = "FILE",
      description = {
        "Writes what the model replies to a file, so that it can be played back:",
        "model: {recorded: FILE} in interlock.yaml."
      })
  private @Nullable Path record;

  @Option(
      names = "--input",
      paramLabel = "FIELD=VALUE",
      description = "A field of source input: a text, or JSON where the field is no text.")
  private Map<String, String> input = new LinkedHashMap<>();

  @Option(
      names = "--despite-errors",
      description =
          "Start it also if check finds errors in the machine; the journal keeps that. Only for"
              + " operators.")
  private boolean despiteErrors;

  public RunCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    Configuration configuration = readConfiguration();
    Output output = program().output();
    try (Session session = session(configuration, () -> recorded(readFolder()))) {
      if (record != null && !session.owner()) {
        throw Failure.of(
            "another process that owns %s and asks the model".formatted(configuration.store()),
            "none while replies are recorded",
            "stop that one, and try again",
            ExitCode.BUSY);
      }
      session.startServers();
      Principal speaker = speaker(configuration, session);
      Optional<Instance> there = there(session, speaker);
      Principal by =
          there.map(instance -> asItsCaller(instance, configuration, session)).orElse(speaker);
      String instance;
      if (there.isPresent()) {
        instance = there.get().id();
      } else {
        switch (start(session, speaker)) {
          case Acknowledgement.Taken taken -> instance = taken.instance();
          case Acknowledgement.Again(String again) -> instance = again;
          case Acknowledgement.Rejected(Rejection rejection) -> {
            return rejected(rejection);
          }
        }
      }
      session.whenStopped(() ->
          output.farewell(
              "Stopping; %s goes on where it was with: %s"
                  .formatted(instance, typed("run --id " + Shell.word(instance)))));
      if (output.terminal(Stream.OUT) && !output.json()) {
        output.line(
            output.paint(
                Colour.FAINT, "Write to it; /help says what else there is. Leave with Ctrl-D."));
      }
      try (Conversation conversation =
          new Conversation(output, session, by, instance, typing(configuration))) {
        return conversation.talk() ? ExitCode.OK : ExitCode.FAILED;
      }
    }
  }

  private MachineFolder recorded(MachineFolder folder) {
    return record == null
        ? folder
        : folder.with(folder.configuration().recordedTo(folder().resolve(record).normalize()));
  }

  /** The instance that was started before and is gone on with, unless it is to be compared. */
  private Optional<Instance> there(Session session, Principal speaker) {
    @Nullable String named = id;
    if (named == null || !input.isEmpty()) {
      return Optional.empty();
    }
    return session
        .engine()
        .get(speaker, named)
        .or(() -> session.engine().get(session.self(), named))
        .map(Engine.View::instance);
  }

  /** Whoever speaks without saying as whom speaks as its caller; the engine says who may. */
  private Principal asItsCaller(Instance instance, Configuration configuration, Session session) {
    Principal caller = instance.caller();
    String user = program().user();
    String own = configuration.person(user).map(Principal::id).orElse(user);
    return speaksAs()
        ? speaker(configuration, session)
        : caller.id().equals(own)
            ? session.self()
            : new Principal(caller.id(), caller.roles(), user);
  }

  private Acknowledgement start(Session session, Principal by) {
    Machine machine = startable(session);
    Map<String, Object> values = Given.fields(machine, input);
    return session
        .engine()
        .start(by, new Engine.Start(machine.name(), id, null, values, despiteErrors));
  }
}
