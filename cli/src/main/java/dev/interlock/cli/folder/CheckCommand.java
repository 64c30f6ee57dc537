package dev.interlock.cli.folder;

import dev.interlock.Configuration;
import dev.interlock.MachineFolder;
import dev.interlock.MachineFolderException;
import dev.interlock.StoreAt;
import dev.interlock.Stores;
import dev.interlock.UnreadableFolderException;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.program.Version;
import dev.interlock.cli.session.FolderCommand;
import dev.interlock.cli.session.MachineDigits;
import dev.interlock.cli.session.Problems;
import dev.interlock.core.bounds.Bounds;
import dev.interlock.core.check.MachineCheck;
import dev.interlock.core.counterexample.Counterexample;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Property;
import dev.interlock.testkit.simulate.SurprisingScenario;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code interlock check}. */
@Command(
    name = "check",
    header = "Show everything that is wrong with the folder.",
    description = {
      "Reads machine.yaml, interlock.yaml and tools.lock, and, if these load, the script of a"
          + " scripted model and the scenarios: names, types, expressions. Then it goes wherever"
          + " the machine lets a model and a user go who may propose anything, and tells what they"
          + " can never do and what they always can: docs/VERIFY.md has each code, what is proven"
          + " and what is not. It starts no server. Warnings, and what is missing to run the"
          + " folder here, are no errors.",
      "With --against it also tells in words what is newly allowed and refused against another"
          + " version of the machine, decides anew what was recorded under that one, and says"
          + " which of its instances `interlock migrate` would move."
    },
    footer = {
      "",
      "Examples:",
      "  interlock check",
      "  interlock check --watch",
      "  interlock check --bounds",
      "  interlock check --counterexamples scenarios",
      "  interlock check -C it-access --json",
      "  interlock check --format sarif > check.sarif",
      "  interlock check --against ../it-access-before"
    })
public final class CheckCommand extends FolderCommand {
  private static final List<String> FORMATS = List.of("text", "json", "sarif");

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "text, which is the standard; json, as --json; or sarif, for editors and code scanning.")
  private String format = "text";

  @Option(
      names = "--against",
      paramLabel = "FOLDER|MACHINE",
      description =
          "Another version of the machine: its folder, or 12 digits or more of its identity, or of"
              + " the pin of an instance in the store.")
  private @Nullable String against;

  @Option(
      names = "--bounds",
      description =
          "Also show the most turns, calls, writes and time that a run may take, and by what:"
              + " docs/VERIFY.md, \"Bounds\".")
  private boolean bounds;

  @Option(
      names = "--counterexamples",
      paramLabel = "DIR",
      description =
          "Write a run against each property that one was found against there, as a scenario."
              + " Nothing is written over.")
  private @Nullable Path counterexamples;

  @Option(
      names = "--watch",
      description = "Check again whenever a file that is read changes, until Ctrl-C.")
  private boolean watch;

  public CheckCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    if (!FORMATS.contains(format)) {
      throw Failure.of(
          "--format " + format,
          "one of " + String.join(", ", FORMATS),
          "give one of them",
          ExitCode.USAGE);
    }
    if (!watch) {
      Looked looked = check();
      boolean sound = looked.check().passed() && looked.unwritten().isEmpty();
      return sound ? ExitCode.OK : ExitCode.FAILED;
    }
    // Ctrl-C is how a watch ends, and no failure: what it wrote is written.
    Thread end = new Thread(() -> Runtime.getRuntime().halt(ExitCode.OK), "end the watch");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      watch();
    } catch (InterruptedException e) {
      // it was told to stop
    } finally {
      Runtime.getRuntime().removeShutdownHook(end);
    }
    return ExitCode.OK;
  }

  private void watch() throws InterruptedException {
    FolderFiles files = FolderFiles.now(folder()).with(folder(), others());
    files = files.with(folder(), check().check().texts().keySet());
    told("Watching %s; Ctrl-C ends it.".formatted(folder()));
    while (true) {
      FolderFiles now = files.changed(folder());
      told(
          "%s  %s changed."
              .formatted(
                  LocalTime.now(program().clock().withZone(ZoneId.systemDefault()))
                      .truncatedTo(ChronoUnit.SECONDS),
                  String.join(", ", now.unlike(files))));
      files = now;
      try {
        files = now.with(folder(), check().check().texts().keySet());
      } catch (UnreadableFolderException | Failure e) {
        told(e.getMessage() + "\nWaiting until it can be read.");
      } catch (MachineFolderException e) { // the other one's: its own are what is checked
        tell(e);
      }
    }
  }

  /** The files of the other version that are read, where it is a folder. */
  private List<String> others() {
    if (against == null || MachineDigits.are(against)) {
      return List.of();
    }
    Path other = program().path(Path.of(against));
    return Stream.of(MachineFolder.MACHINE_FILE, Configuration.FILE, MachineFolder.LOCK_FILE)
        .map(file -> other.resolve(file).toString())
        .toList();
  }

  private void told(String text) {
    Output output = program().output();
    output.note(output.paint(Output.Stream.ERR, Colour.BOLD, text));
  }

  /**
   * What came of one look.
   *
   * @param unwritten what could not be written, for people
   */
  private record Looked(FolderCheck check, List<String> unwritten) {}

  /** Checks once, and shows it. */
  private Looked check() {
    Output output = program().output();
    Optional<ScenarioFolder> into =
        ScenarioFolder.of(program(), "--counterexamples", counterexamples);
    FolderCheck check = FolderCheck.of(folder(), program().environment());
    Map<String, Path> written = into.isEmpty() ? Map.of() : written(into.get(), check);
    @Nullable MachineFolder folder = check.folder();
    @Nullable Against other = against == null || folder == null ? null : against(against, folder);
    if (format.equals("sarif")) {
      output.line(Json.write(Sarif.of(check, other, Version.current())));
    } else if (format.equals("json") || output.json()) {
      Map<String, Object> json = json(check);
      if (into.isPresent()) {
        Map<String, Object> files = new LinkedHashMap<>();
        written.forEach((name, file) -> files.put(name, file.toString()));
        json.put("counterexamples", files);
      }
      if (other != null) {
        json.put("against", other.json());
      }
      output.value(json);
    } else {
      print(output, check);
      written.forEach(
          (name, file) -> output.line(Text.safe("A run against \"%s\": %s".formatted(name, file))));
      if (folder != null && other != null) {
        other.print(output, folder.machine());
      }
    }
    List<String> unwritten = into.map(ScenarioFolder::problems).orElse(List.of());
    unwritten.forEach(it -> output.note(Text.safe(it)));
    return new Looked(check, unwritten);
  }

  /** Writes a run against each property that one was found against. */
  private Map<String, Path> written(ScenarioFolder into, FolderCheck check) {
    Map<String, Path> written = new LinkedHashMap<>();
    if (check.folder() != null && check.checked() != null) {
      Machine machine = check.folder().machine();
      for (Counterexample one : check.checked().violated()) {
        into.write(
                program(),
                machine,
                SurprisingScenario.of(one, told(check.checked(), machine, one.property())))
            .ifPresent(file -> written.put(one.property().name(), file));
      }
    }
    return written;
  }

  /** What is found of a property, and the run. */
  private static String told(MachineCheck.Checked checked, Machine machine, Property property) {
    String at = String.valueOf(machine.properties().indexOf(property));
    return checked.findings().stream()
        .filter(it -> it.at().equals(List.of("properties", at)))
        .map(it -> "%s; %s".formatted(it.found(), String.join(" -> ", it.trace())))
        .findFirst()
        .orElse("");
  }

  private Against against(String word, MachineFolder folder) {
    StoreAt at = folder.configuration().store();
    try (Against.Recorded recorded =
        Against.Recorded.of(Stores.isThere(at) ? Stores.read(at) : null)) {
      Machine old =
          MachineDigits.are(word)
              ? recorded
                  .machine(word, folder.machine().name())
                  .orElseThrow(() ->
                      Failure.notThere(
                          "no machine " + word + " that an instance in the store has",
                          MachineDigits.EXPECTED,
                          "give its folder: --against FOLDER"))
              : otherFolder("--against", word).machine();
      return recorded.against(old, folder.machine(), program().clock().instant());
    }
  }

  private void print(Output output, FolderCheck check) {
    if (check.folder() != null && check.passed()) {
      loads(output, check.folder().machine(), check.checked());
    }
    problems(check.errors(), check.texts()).print(output);
    problems(check.warnings(), check.texts()).print(output, Problems.Kind.WARNING);
    check.notes().forEach(it -> aside("Note: ", it));
    if (bounds && check.folder() != null) {
      BoundsTable.print(Bounds.of(check.folder().machine()), output);
    }
  }

  private Map<String, Object> json(FolderCheck check) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("loads", check.folder() != null);
    if (check.folder() != null) {
      json.put("machine", check.folder().machine().name());
      json.put("identity", check.folder().machine().identity());
    }
    if (check.folder() != null && check.checked() != null) {
      json.put("whole", check.checked().whole());
      json.put("proven", check.checked().proven());
      json.put("provenWithoutOperators", check.checked().provenWithoutOperators());
      json.put("verdicts", verdicts(check.folder().machine(), check.checked()));
      json.put("unknown", check.checked().unknown());
    }
    if (bounds && check.folder() != null) {
      json.put("bounds", BoundsTable.json(Bounds.of(check.folder().machine())));
    }
    json.put("problems", problems(check.errors(), check.texts()).json());
    json.put("warnings", problems(check.warnings(), check.texts()).json());
    json.put("notes", problems(check.notes(), check.texts()).json());
    return json;
  }

  /** The verdict of each property, by its name; docs/VERIFY.md has what they say. */
  private static Map<String, Object> verdicts(Machine machine, MachineCheck.Checked checked) {
    Map<String, Object> verdicts = new LinkedHashMap<>();
    machine
        .properties()
        .forEach(property -> verdicts.put(property.name(), verdict(property, checked)));
    return verdicts;
  }

  private static String verdict(Property property, MachineCheck.Checked checked) {
    if (checked.proven().contains(property.name())) {
      return "proven";
    }
    if (checked.provenWithoutOperators().contains(property.name())) {
      return "proven-without-operators";
    }
    return checked.violated().stream()
        .filter(it -> it.property().equals(property))
        .map(it -> it.stopped() ? "enforced" : "violated")
        .findFirst()
        .orElse("unknown");
  }

  private static void loads(
      Output output, Machine machine, MachineCheck.@Nullable Checked checked) {
    output.line(
        "%s version %d loads: %s, %s, %s, %s."
            .formatted(
                machine.name(),
                machine.version(),
                Text.count(machine.states().size(), "state", "states"),
                Text.count(machine.tools().size(), "tool", "tools"),
                Text.count(machine.context().size(), "field", "fields"),
                Text.count(machine.rules().size(), "rule", "rules")));
    output.line(output.paint(Colour.FAINT, "Its identity is " + machine.identity() + "."));
    if (checked != null) {
      checked.proven().forEach(name -> output.line("Proven: " + name + "."));
      checked
          .provenWithoutOperators()
          .forEach(name -> output.line("Proven, what operators do aside: " + name + "."));
      checked.unknown().forEach(it -> output.line("Not known: " + it + "."));
      output.line(
          output.paint(
              Colour.FAINT,
              checked.whole()
                  ? "All that a run can do was looked at: %s."
                      .formatted(Text.count(checked.places(), "place", "places"))
                  : "It was looked at in part only: it has more than %,d places."
                      .formatted(checked.places())));
    }
  }
}
