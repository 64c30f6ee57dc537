package dev.interlock.cli.simulate;

import dev.interlock.Configuration;
import dev.interlock.Configuration.Model;
import dev.interlock.MachineFolder;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Progress;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.session.FolderCommand;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.prompt.Price;
import dev.interlock.testkit.simulate.Profile;
import dev.interlock.testkit.simulate.Simulation;
import dev.interlock.testkit.simulate.SimulationReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock simulate}. */
@Command(
    name = "simulate",
    header = "Play the machine many times, in virtual time, and tell what comes of it.",
    description = {
      "Users, models and tools are modelled: no server is started, no model is asked, and months"
          + " take milliseconds. It tells how runs end, what is refused, what people are asked,"
          + " which states, ways and rules no run comes to, and every surprise: a property that"
          + " did not hold, a guard that failed, a promise of the engine that was broken."
          + " docs/VERIFY.md says what each profile does. The same seed gives the same report."
          + " With surprises it ends with 1."
    },
    footer = {
      "",
      "Examples:",
      "  interlock simulate",
      "  interlock simulate it-access --runs 100000 --seed 7 --json",
      "  interlock simulate --profile greedy,injected --surprises scenarios/found"
    })
public final class SimulateCommand extends FolderCommand {
  private static final List<String> FORMATS = List.of("text", "json");
  private static final String ALL = "all";

  @Parameters(arity = "0..1", paramLabel = "DIR", description = "The machine folder, as with -C.")
  private @Nullable Path given;

  @Option(names = "--runs", paramLabel = "N", description = "How many runs. Default: 1000.")
  private int runs = Simulation.RUNS;

  @Option(names = "--seed", paramLabel = "S", description = "Of all that is drawn. Default: 1.")
  private long seed = 1;

  @Option(
      names = "--profile",
      split = ",",
      paramLabel = "PROFILE",
      description =
          "Who plays: honest, random, greedy, injected, slow, failing, or all, which is the"
              + " standard. Several play in turn.")
  private List<String> profiles = List.of(ALL);

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "text, which is the standard, or json, as --json.")
  private String format = "text";

  @Option(
      names = "--plot",
      paramLabel = "FILE",
      description =
          "Draw how long runs take, and what they cost, into an SVG file, which must not be there.")
  private @Nullable Path plot;

  @Option(
      names = "--surprises",
      paramLabel = "DIR",
      description =
          "Write the shortest run of each surprise there, as a scenario. Nothing is written"
              + " over.")
  private @Nullable Path into;

  public SimulateCommand(Program program) {
    super(program);
  }

  @Override
  protected int inFolder() {
    if (given != null) {
      inFolder(given);
    }
    List<Profile> chosen = chosen();
    if (!FORMATS.contains(format)) {
      throw misused("--format " + format, "one of " + String.join(", ", FORMATS));
    }
    if (runs < 1 || runs > Simulation.MAX_RUNS) {
      throw misused("--runs " + runs, "1 to %,d".formatted(Simulation.MAX_RUNS));
    }
    SimulationFiles files = SimulationFiles.of(program(), plot, into);
    MachineFolder folder = readFolder();
    Simulation simulation =
        Simulation.of(folder.machine(), seed)
            .runs(runs)
            .profiles(chosen.toArray(Profile[]::new))
            .price(price(folder.configuration()));
    SimulationReport report = played(simulation);
    files.plot(folder.machine().name(), report);
    files.surprises(folder.machine(), simulation, report);
    print(files, report, folder.machine());
    boolean sound = report.surprises().isEmpty() && files.problems().isEmpty();
    return sound ? ExitCode.OK : ExitCode.FAILED;
  }

  private void print(SimulationFiles files, SimulationReport report, Machine machine) {
    Output output = program().output();
    if (format.equals("json") || output.json()) {
      Map<String, Object> json = SimulationJson.of(machine, report, files.written());
      if (!files.problems().isEmpty()) {
        json.put("error", String.join("\n", files.problems()));
      }
      output.value(json);
    } else {
      new SimulationScreen(output, machine, report).print(files.written());
    }
    if (!output.json()) {
      files.problems().forEach(it -> output.note(Text.safe(it)));
    }
    if (into == null && !report.surprises().isEmpty()) {
      output.note("--surprises DIR writes each surprise as a scenario.");
    }
  }

  private static Failure misused(String found, String expected) {
    return Failure.of(found, expected, "give one of them", ExitCode.USAGE);
  }

  private List<Profile> chosen() {
    List<Profile> chosen = new ArrayList<>();
    for (String word : profiles) {
      if (word.equals(ALL)) {
        return List.of(Profile.values());
      }
      Profile profile =
          Arrays.stream(Profile.values())
              .filter(it -> it.word().equals(word))
              .findFirst()
              .orElseThrow(() ->
                  misused(
                      "--profile " + word,
                      "one of "
                          + String.join(
                              ", ",
                              Stream.concat(
                                      Arrays.stream(Profile.values()).map(Profile::word),
                                      Stream.of(ALL))
                                  .toList())));
      if (!chosen.contains(profile)) {
        chosen.add(profile);
      }
    }
    return chosen;
  }

  /** What the first model costs that has a price. */
  private static Price price(Configuration configuration) {
    return configuration.models().stream()
        .flatMap(model ->
            switch (model) {
              case Model.Anthropic(var service) -> Stream.of(service.model());
              case Model.OpenAi(var service, var sees) -> Stream.of(service.model());
              default -> Stream.<String>of();
            })
        .map(configuration.prices()::get)
        .filter(java.util.Objects::nonNull)
        .findFirst()
        .orElse(Price.NONE);
  }

  private SimulationReport played(Simulation simulation) {
    Output output = program().output();
    long began = System.nanoTime();
    SimulationReport report;
    try (Progress progress = output.progress()) {
      progress.show("playing " + Text.count(runs, "run", "runs"), Duration.ZERO);
      report = simulation.play();
    }
    double seconds = Math.max(1, (System.nanoTime() - began) / 1_000_000L) / 1_000.0;
    output.note(
        "Played in %.1f s: %,d turns a second."
            .formatted(seconds, (long) (report.turns() / seconds)));
    return report;
  }
}
