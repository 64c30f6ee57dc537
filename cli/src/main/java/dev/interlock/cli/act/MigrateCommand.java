package dev.interlock.cli.act;

import dev.interlock.Configuration;
import dev.interlock.MachineFolder;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.ActingCommand;
import dev.interlock.cli.session.Session;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.Engine.Migration;
import dev.interlock.core.machine.Principal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock migrate}. */
@Command(
    name = "migrate",
    header = "Move an instance to another version of its machine.",
    description = {
      "An instance keeps the machine that it was started with until an operator moves it: between"
          + " two turns, to a version of the same machine. What that version has no place for (its"
          + " state, a filled field, what a rule has counted) rejects it, by name, and nothing"
          + " changes. Parked calls are void, and an approval is asked anew, since the rules may"
          + " be others; times count from where they began.",
      "The owner must know the other version: edit the machine, start `interlock up` again, then"
          + " migrate. `interlock check --against OLD` says beforehand who can be."
    },
    footer = {
      "",
      "Examples:",
      "  interlock migrate device-1 --dry-run",
      "  interlock migrate device-1 --map Act=Serve --wait PT5M"
    })
public final class MigrateCommand extends ActingCommand {
  private static final String PIN = "[0-9a-f]{64}";

  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Option(
      names = "--to",
      paramLabel = "FOLDER|MACHINE",
      description =
          "The folder of the other version; or what an instance that has it is pinned to, 64"
              + " digits, as `list --json` shows it. Default: the machine folder itself.")
  private @Nullable String to;

  @Option(
      names = "--map",
      paramLabel = "OLD=NEW",
      description =
          "What a state that is gone is called there, or where it goes on. May be given"
              + " several times.")
  private List<String> map = new ArrayList<>();

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      description =
          "While a turn is open, try again for so long, an ISO 8601 duration. Default: PT0S.")
  private Duration patience = Duration.ZERO;

  @Option(names = "--dry-run", description = "Only say whether it can be, and what is void then.")
  private boolean tried;

  public MigrateCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() throws Exception {
    Migration migration = new Migration(pin(), Given.pairs("--map", "OLD=NEW", map), tried);
    Configuration configuration = readConfiguration();
    if (!tried) {
      return act(
          configuration, "Migrated", (session, by) -> migrated(session.engine(), by, migration));
    }
    try (Session session = session(configuration)) {
      Engine engine = session.engine();
      return tell(engine.migrate(speaker(configuration, session), instance, migration));
    }
  }

  /** Between two turns it is taken. */
  private Acknowledgement migrated(Engine engine, Principal by, Migration migration) {
    Instant end = Instant.now().plus(patience);
    while (true) {
      Acknowledgement acknowledgement = engine.migrate(by, instance, migration);
      boolean late =
          acknowledgement instanceof Acknowledgement.Rejected rejected
              && rejected.rejection().code() == Rejection.Code.LATE;
      if (!late || !Instant.now().isBefore(end)) {
        return acknowledgement;
      }
      Session.pause();
    }
  }

  private String pin() {
    if (to != null && to.matches(PIN)) {
      return to;
    }
    if (to == null) {
      return readFolder().machine().pin();
    }
    Path folder = program().path(Path.of(to));
    if (!Files.exists(folder.resolve(MachineFolder.MACHINE_FILE))) {
      throw Failure.of(
          "--to %s, which is no folder with a %s in it".formatted(to, MachineFolder.MACHINE_FILE),
          "a machine folder, or the 64 digits of a machine",
          "leave --to out for the folder itself",
          ExitCode.USAGE);
    }
    return MachineFolder.read(folder, program().environment()).orThrow().machine().pin();
  }

  private int tell(Acknowledgement acknowledgement) {
    if (acknowledgement instanceof Acknowledgement.Rejected rejected) {
      return rejected(rejected.rejection());
    }
    String note = acknowledgement instanceof Acknowledgement.Taken taken ? taken.note() : "";
    Output output = program().output();
    if (output.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("instance", instance);
      json.put("can", true);
      json.put("note", note);
      output.value(json);
    } else {
      output.line("%s can be migrated. %s".formatted(instance, note).strip());
    }
    return ExitCode.OK;
  }
}
