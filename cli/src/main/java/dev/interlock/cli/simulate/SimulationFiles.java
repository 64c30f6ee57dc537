package dev.interlock.cli.simulate;

import dev.interlock.cli.folder.ScenarioFolder;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.simulate.Simulation;
import dev.interlock.testkit.simulate.SimulationReport;
import dev.interlock.testkit.simulate.Surprise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files that a simulation writes. Nothing is written over another file; whether there can be
 * any is found out before the runs, and what fails afterwards is kept until the report is printed.
 */
final class SimulationFiles {
  private final Program program;
  private final @Nullable Path plot;
  private final Optional<ScenarioFolder> scenarios;
  private final Map<Surprise, Path> written = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private SimulationFiles(
      Program program, @Nullable Path plot, Optional<ScenarioFolder> scenarios) {
    this.program = program;
    this.plot = plot;
    this.scenarios = scenarios;
  }

  /**
   * Looks whether they can be written.
   *
   * @param plot the file of the plot, or null
   * @param into the folder of the surprises, or null
   * @throws Failure if they cannot
   */
  static SimulationFiles of(Program program, @Nullable Path plot, @Nullable Path into) {
    @Nullable Path drawn = ScenarioFolder.named(program, "--plot", plot);
    try {
      if (drawn != null) {
        Files.delete(Files.createFile(drawn));
      }
    } catch (IOException e) {
      throw ScenarioFolder.unwritable(drawn, e);
    }
    return new SimulationFiles(program, drawn, ScenarioFolder.of(program, "--surprises", into));
  }

  // ---- once the runs are played

  void surprises(Machine machine, Simulation simulation, SimulationReport report) {
    scenarios.ifPresent(folder ->
        report
            .surprises()
            .forEach(surprise ->
                folder
                    .write(program, machine, simulation.scenario(surprise))
                    .ifPresent(file -> written.put(surprise, file))));
  }

  void plot(String machine, SimulationReport report) {
    if (plot == null) {
      return;
    }
    try {
      SimulationPlot.write(machine, report, plot);
    } catch (IOException e) {
      problems.add(String.valueOf(ScenarioFolder.unwritable(plot, e).getMessage()));
    }
  }

  /** The scenarios that were written. */
  Map<Surprise, Path> written() {
    return written;
  }

  /** What could not be written, for people. */
  List<String> problems() {
    List<String> all = new ArrayList<>(problems);
    scenarios.ifPresent(folder -> all.addAll(folder.problems()));
    return all;
  }
}
