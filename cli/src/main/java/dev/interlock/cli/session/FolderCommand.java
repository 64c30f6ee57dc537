package dev.interlock.cli.session;

import dev.interlock.Configuration;
import dev.interlock.MachineFolder;
import dev.interlock.MachineFolderException;
import dev.interlock.StoreAt;
import dev.interlock.Stores;
import dev.interlock.UnreadableFolderException;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.program.ProgramCommand;
import dev.interlock.cli.tell.Shell;
import dev.interlock.core.journal.Store.StoreException;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.Mark;
import dev.interlock.local.SocketClient.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A command about a machine folder. */
public abstract class FolderCommand extends ProgramCommand {
  @Option(
      names = "-C",
      paramLabel = "DIR",
      description = "The machine folder. Default: the current one.")
  private Path folder = Path.of("");

  private MachineFolder.@Nullable Reading<MachineFolder> read;

  protected FolderCommand(Program program) {
    super(program);
  }

  /** The machine folder that was given. */
  protected final Path folder() {
    return program().path(folder);
  }

  /** The folder, where it is given without {@code -C}. */
  protected final void inFolder(Path given) {
    if (!folder.toString().isEmpty()) {
      throw Failure.of(
          "-C %s and %s".formatted(folder, given), "one folder", "leave one out", ExitCode.USAGE);
    }
    folder = given;
  }

  /** What stands after {@code interlock COMMAND} to mean the same folder again. */
  protected final String sameFolder() {
    return folder.toString().isEmpty() ? "" : " -C " + Shell.word(folder.toString());
  }

  /** A command in the same folder, ready to be typed. */
  protected final String typed(String command) {
    return program().word() + " " + command + sameFolder();
  }

  /** What is wrong with files, with commands to be typed as the program was. */
  protected final Problems problems(List<Diagnostic> found, Map<String, String> texts) {
    return new Problems(
        found.stream()
            .map(it ->
                new Diagnostic(
                    it.mark(),
                    it.code(),
                    it.found(),
                    it.expected(),
                    it.hint() == null ? null : program().worded(it.hint()),
                    it.run()))
            .toList(),
        texts);
  }

  /** Something on stderr that is no error. */
  protected final void aside(String kind, Diagnostic it) {
    Output output = program().output();
    output.note(
        output.paint(Stream.ERR, Colour.YELLOW, kind)
            + Text.oneLine(
                "%s: %s; expected %s [%s]"
                    .formatted(it.mark(), it.found(), it.expected(), it.code().id())));
  }

  /** The folder, which must have no errors. */
  protected final MachineFolder readFolder() {
    return reading().orThrow();
  }

  /** What is in the folder, read once. */
  protected final MachineFolder.Reading<MachineFolder> reading() {
    MachineFolder.Reading<MachineFolder> once =
        read == null ? MachineFolder.read(folder(), program().environment()) : read;
    read = once;
    return once;
  }

  /**
   * Another machine folder, which must have no errors; those it has are told with its path.
   *
   * @param option that names it
   */
  protected final MachineFolder otherFolder(String option, String word) {
    if (word.isEmpty()) {
      throw Failure.of(
          option + " with an empty name",
          MachineDigits.EXPECTED,
          "give one; the current folder is " + option + " .",
          ExitCode.USAGE);
    }
    Path other = program().path(Path.of(word));
    if (!Files.exists(other.resolve(MachineFolder.MACHINE_FILE))) {
      throw Failure.notThere(
          "%s %s, which is no folder with a %s in it"
              .formatted(option, word, MachineFolder.MACHINE_FILE),
          MachineDigits.EXPECTED,
          "name another one, or leave %s out".formatted(option));
    }
    MachineFolder.Reading<MachineFolder> read = MachineFolder.read(other, program().environment());
    UnaryOperator<String> named = file -> Path.of(word).resolve(file).toString();
    Map<String, String> texts = new HashMap<>();
    read.texts().forEach((file, text) -> texts.put(named.apply(file), text));
    List<Diagnostic> problems = read.problems().stream().map(it -> in(named, it)).toList();
    return new MachineFolder.Reading<>(read.value(), problems, texts).orThrow();
  }

  private static Diagnostic in(UnaryOperator<String> named, Diagnostic it) {
    Mark mark = new Mark(named.apply(it.mark().file()), it.mark().line(), it.mark().column());
    return new Diagnostic(mark, it.code(), it.found(), it.expected(), it.hint(), it.run());
  }

  /** Only its configuration. */
  protected final Configuration readConfiguration() {
    return MachineFolder.readConfiguration(folder(), program().environment()).orThrow();
  }

  /** Where the store of a machine is that was run. */
  protected final StoreAt storeOfRuns() {
    StoreAt at = readConfiguration().store();
    if (!Stores.isThere(at)) {
      throw Failure.of("no " + at, "the file of a machine that was run", typed("run"));
    }
    return at;
  }

  @Override
  protected final int execute() throws Exception {
    try {
      return inFolder();
    } catch (MachineFolderException e) {
      if (e.problems().isEmpty()) {
        throw new Failure(String.valueOf(e.getMessage()), e);
      }
      tell(e);
      return ExitCode.FAILED;
    } catch (UnreadableFolderException e) {
      throw new Failure(
          String.valueOf(e.getMessage()), e.there() ? ExitCode.FAILED : ExitCode.USAGE);
    } catch (StoreException | SocketException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  /** Tells what is wrong with a folder. */
  protected final void tell(MachineFolderException e) {
    Problems problems = problems(e.problems(), e.texts());
    if (program().output().json()) {
      program().output().value(Map.of("problems", problems.json()));
    } else {
      problems.print(program().output());
    }
  }

  /**
   * Does what the command is for.
   *
   * @return an {@link ExitCode}
   */
  protected abstract int inFolder() throws Exception;
}
