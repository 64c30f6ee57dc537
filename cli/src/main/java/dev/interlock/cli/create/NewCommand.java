package dev.interlock.cli.create;

import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.program.ProgramCommand;
import dev.interlock.cli.tell.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code interlock new}. */
@Command(
    name = "new",
    header = "Make a machine folder to begin with: it passes its tests and runs without a key.",
    description = {
      "A small machine that books meeting rooms, its tool server in one Java file, a scripted model"
          + " and three scenarios. Change it into yours."
    },
    footer = {"", "Examples:", "  interlock new my-machine", "  interlock run -C my-machine"})
public final class NewCommand extends ProgramCommand {
  /** The files by the names they get, each a resource below {@code template/}. */
  static final Map<String, String> FILES = new LinkedHashMap<>();

  static {
    List.of(
            "machine.yaml",
            "interlock.yaml",
            "tools.lock",
            "script.yaml",
            "scenarios/booking.yaml",
            "scenarios/no.yaml",
            "scenarios/silence.yaml",
            "server/Rooms.java")
        .forEach(name -> FILES.put(name, name));
    FILES.put(".gitignore", "gitignore");
  }

  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "Where: a folder that is empty or not there.")
  private Path folder = Path.of("");

  public NewCommand(Program program) {
    super(program);
  }

  @Override
  protected int execute() {
    Path target = program().path(folder);
    try {
      requireEmpty(target);
      for (Map.Entry<String, String> file : FILES.entrySet()) {
        write(target.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new Failure(
          """
          Found:    %s, which cannot be written: %s
          Expected: a folder that you may write to
          To mend:  choose another one, or look at its owner and mode\
          """
              .formatted(target, e),
          e);
    }
    Output output = program().output();
    if (output.json()) {
      output.value(Map.of("folder", target.toString(), "files", List.copyOf(FILES.keySet())));
      return ExitCode.OK;
    }
    output.line("Made " + target + ":");
    FILES.keySet().forEach(name -> output.line("  " + name));
    output.line("");
    output.line("Next:");
    next(output, "test", "its scenarios, in memory");
    next(output, "run", "talk to it; no key needed");
    output.line("Then read machine.yaml: it says what the agent may do.");
    return ExitCode.OK;
  }

  private void next(Output output, String command, String what) {
    String line =
        "  %s %s -C %s".formatted(program().word(), command, Shell.word(folder.toString()));
    output.line(output.paint(Colour.BOLD, line) + "   " + output.paint(Colour.FAINT, what));
  }

  private static void requireEmpty(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      try (Stream<Path> inside = Files.list(target)) {
        if (inside.findAny().isEmpty()) {
          return;
        }
      }
    } else if (!Files.exists(target)) {
      return;
    }
    throw Failure.of(
        target + ", which is not empty",
        "a folder that is empty or not there: nothing is written over",
        "choose another name");
  }

  private static void write(Path target, String resource) throws IOException {
    Files.createDirectories(target.resolveSibling("."));
    try (@Nullable InputStream template =
        NewCommand.class.getResourceAsStream("template/" + resource)) {
      if (template == null) {
        throw new IllegalStateException("the program has no template " + resource);
      }
      Files.copy(template, target);
    }
  }
}
