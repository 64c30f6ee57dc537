package dev.interlock.cli.folder;

import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.core.machine.Machine;
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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A folder that runs are written to as scenarios. Nothing is written over another file; whether
 * there can be any is found out first, and what fails afterwards is kept.
 */
public final class ScenarioFolder {
  private final Path folder;
  private final List<String> problems = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private ScenarioFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Looks whether it can be written to.
   *
   * @param option by which it is given
   * @param given null if it is not
   * @throws Failure if it cannot be written to
   */
  public static Optional<ScenarioFolder> of(Program program, String option, @Nullable Path given) {
    @Nullable Path folder = named(program, option, given);
    if (folder == null) {
      return Optional.empty();
    }
    tryFolder(folder);
    return Optional.of(new ScenarioFolder(folder));
  }

  /**
   * Where something is to be written; null if that is not given.
   *
   * @throws Failure if its name is empty
   */
  public static @Nullable Path named(Program program, String option, @Nullable Path given) {
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
          there + ", which is no folder", "a folder to write scenarios to", "name another one");
    }
    try {
      Files.delete(Files.createTempFile(there, ".interlock", ""));
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  /**
   * Writes a run, plays what was written, and tells if that shows something else.
   *
   * @return its file; nothing if it could not be written
   */
  public Optional<Path> write(Program program, Machine machine, SurprisingScenario scenario) {
    try {
      Path file = scenario.write(folder, free(scenario.file()));
      if (!scenario.play(machine, folder).passed()) {
        program
            .output()
            .note(
                "%s does not show it when it is played: a scenario cannot say all that happened."
                    .formatted(file));
      }
      return Optional.of(file);
    } catch (IOException e) {
      problems.add(String.valueOf(unwritable(folder, e).getMessage()));
      return Optional.empty();
    }
  }

  /**
   * A name that none of the scenarios before has: names may be alike but for what files cannot say.
   */
  private String free(String file) {
    String base = file.replaceAll("\\.yaml$", "");
    String name = file;
    for (int i = 2; !names.add(name); i++) {
      name = "%s-%d.yaml".formatted(base, i);
    }
    return name;
  }

  /** What could not be written, for people. */
  public List<String> problems() {
    return problems;
  }

  /** Why a file cannot be written, for people. */
  public static Failure unwritable(@Nullable Path file, IOException e) {
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
