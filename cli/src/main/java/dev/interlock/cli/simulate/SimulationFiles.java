package dev.interlock.cli.simulate;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.testkit.simulate.SimulationReport;
import dev.interlock.testkit.simulate.Surprise;
import dev.interlock.testkit.simulate.SurprisingScenario;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
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
  private final @Nullable Path plot;
  private final @Nullable Path into;
  private final Map<Surprise, Path> written = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private SimulationFiles(@Nullable Path plot, @Nullable Path into) {
    this.plot = plot;
    this.into = into;
  }

  /**
   * Looks whether they can be written.
   *
   * @param plot the file of the plot, or null
   * @param into the folder of the surprises, or null
   * @throws Failure if they cannot
   */
  static SimulationFiles of(Program program, @Nullable Path plot, @Nullable Path into) {
    SimulationFiles files =
        new SimulationFiles(named(program, "--plot", plot), named(program, "--surprises", into));
    try {
      if (files.plot != null) {
        Files.delete(Files.createFile(files.plot));
      }
    } catch (IOException e) {
      throw unwritable(files.plot, e);
    }
    if (files.into != null) {
      tryFolder(files.into);
    }
    return files;
  }

  private static @Nullable Path named(Program program, String option, @Nullable Path given) {
    if (given != null && given.toString().isEmpty()) {
      throw Failure.of(
          option + " with an empty name",
          "the name of what is to be written",
          "give one, or leave %s out".formatted(option),
          ExitCode.USAGE);
    }
    return given == null ? null : program.path(given);
  }

  /** It is made when there is something to write: until then its nearest folder stands for it. */
  private static void tryFolder(Path folder) {
    Path there = folder;
    while (!Files.exists(there, LinkOption.NOFOLLOW_LINKS) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      throw Failure.of(
          there + ", which is no folder", "a folder to write surprises to", "name another one");
    }
    try {
      Files.delete(Files.createTempFile(there, ".interlock", ""));
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  // ---- once the runs are played

  /** Whether surprises are written. */
  boolean takeSurprises() {
    return into != null;
  }

  /** The folder of a scenario that was written; nothing if it could not be. */
  Optional<Path> write(Surprise surprise, SurprisingScenario scenario) {
    if (into == null) {
      return Optional.empty();
    }
    try {
      written.put(surprise, scenario.write(into));
      return Optional.of(into);
    } catch (IOException e) {
      problems.add(String.valueOf(unwritable(into, e).getMessage()));
      return Optional.empty();
    }
  }

  void plot(String machine, SimulationReport report) {
    if (plot == null) {
      return;
    }
    try {
      SimulationPlot.write(machine, report, plot);
    } catch (IOException e) {
      problems.add(String.valueOf(unwritable(plot, e).getMessage()));
    }
  }

  /** The scenarios that were written. */
  Map<Surprise, Path> written() {
    return written;
  }

  /** What could not be written, for people. */
  List<String> problems() {
    return problems;
  }

  private static Failure unwritable(Path file, IOException e) {
    return e instanceof FileAlreadyExistsException
        ? Failure.of(
            e.getMessage() + ", which is there already",
            "a name that is free",
            "name another one, or move it away: nothing is written over")
        : Failure.of(
            "%s cannot be written: %s".formatted(file, why(e)),
            "a folder that is there and can be written to, on a disk with room",
            "look at its path, its rights and its disk, or name another place");
  }

  private static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException n -> "its folder is not there";
      case AccessDeniedException a -> "this user may not";
      case FileSystemException f when f.getReason() != null -> f.getReason();
      default -> "the disk does not take it";
    };
  }
}
