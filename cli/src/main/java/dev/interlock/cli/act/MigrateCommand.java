package dev.interlock.cli.act;

import dev.interlock.Configuration;
import dev.interlock.MachineFolder;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.ActingCommand;
import dev.interlock.cli.session.MachineDigits;
import dev.interlock.cli.session.Session;
import dev.interlock.core.decide.Rejection;
import dev.interlock.core.engine.Engine;
import dev.interlock.core.engine.Engine.Acknowledgement;
import dev.interlock.core.engine.Engine.Migration;
import dev.interlock.core.journal.Store;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
  private static final int PIN_DIGITS = 64;

  private static final Store.Filter ANY =
      new Store.Filter(null, null, null, null, null, Integer.MAX_VALUE);

  @Parameters(index = "0", paramLabel = "ID", description = "The instance.")
  private String instance = "";

  @Option(
      names = "--to",
      paramLabel = "FOLDER|MACHINE",
      description =
          "The folder of the other version, or 12 digits or more of its identity or its pin, if"
              + " the folder or an instance has it. Default: the machine folder itself.")
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
    if (patience.isNegative()) {
      throw Failure.of(
          "--wait " + patience, "no less than PT0S", "give a time such as PT5M", ExitCode.USAGE);
    }
    Map<String, String> states = Given.pairs("--map", "OLD=NEW", map);
    @Nullable String digits = to != null && MachineDigits.are(to) ? to : null;
    @Nullable Machine folder =
        digits != null ? null : (to == null ? readFolder() : otherFolder("--to", to)).machine();
    Act act =
        (session, by) -> {
          @Nullable Machine other =
              folder != null ? folder : digited(session, by, Objects.requireNonNull(digits));
          String pin = other == null ? Objects.requireNonNull(digits) : other.pin();
          Migration migration = new Migration(pin, states, tried);
          return named(migrated(session.engine(), by, migration), other);
        };
    Configuration configuration = readConfiguration();
    if (!tried) {
      return act(configuration, "Migrated", act);
    }
    try (Session session = session(configuration)) {
      return tell(act.act(session, speaker(configuration, session)));
    }
  }

  /** Between two turns it is taken. */
  private Acknowledgement migrated(Engine engine, Principal by, Migration migration) {
    Instant end = Instant.now().plus(patience);
    while (true) {
      Acknowledgement acknowledgement = engine.migrate(by, instance, migration);
      boolean late =
          !tried
              && acknowledgement instanceof Acknowledgement.Rejected rejected
              && rejected.rejection().code() == Rejection.Code.LATE;
      if (!late || !Instant.now().isBefore(end)) {
        return acknowledgement;
      }
      Session.pause();
    }
  }

  /** The machine that digits name; null if they may be a pin that only the engine knows. */
  private @Nullable Machine digited(Session session, Principal by, String digits) {
    Map<String, Machine> known = new LinkedHashMap<>();
    @Nullable MachineFolder own = reading().value();
    if (own != null) {
      known.put(own.machine().pin(), own.machine());
    }
    Engine engine = session.engine();
    for (Store.Row row : engine.list(by, ANY)) {
      if (!known.containsKey(row.machine())) {
        engine
            .get(by, row.instance())
            .ifPresent(view -> known.put(view.machine().pin(), view.machine()));
      }
    }
    Optional<Machine> named = MachineDigits.among("--to", digits, known.values(), Machine::pin);
    if (named.isEmpty() && digits.length() < PIN_DIGITS) {
      throw Failure.notThere(
          "--to %s, which no version that the folder or an instance has begins with"
              .formatted(digits),
          MachineDigits.EXPECTED,
          "give its folder, or all digits of its pin");
    }
    return named.orElse(null);
  }

  /** Whom the engine may never have seen is told by name too. */
  private Acknowledgement named(Acknowledgement acknowledgement, @Nullable Machine other) {
    if (other == null
        || !(acknowledgement instanceof Acknowledgement.Rejected(Rejection rejection))
        || !rejection.message().contains(other.pin())) {
      return acknowledgement;
    }
    String name = "%s (%s version %d)".formatted(other.pin(), other.name(), other.version());
    @Nullable MachineFolder own = MachineFolder.read(folder(), program().environment()).value();
    String message =
        own == null || own.machine().name().equals(other.name())
            ? rejection.message().replace(other.pin(), name)
            : "found the machine %s, expected a version of %s: an instance goes to no other machine"
                .formatted(name, own.machine().name());
    return new Acknowledgement.Rejected(rejection.worded(message));
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
