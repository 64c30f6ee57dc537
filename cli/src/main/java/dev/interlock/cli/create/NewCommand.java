package dev.interlock.cli.create;

import dev.interlock.MachineFolderException;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Progress;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.program.ProgramCommand;
import dev.interlock.cli.tell.Shell;
import dev.interlock.core.engine.ToolHost.ToolHostException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code interlock new}. */
@Command(
    name = "new",
    header = "Make a machine folder to begin with: it passes its tests and runs without a key.",
    description = {
      "A small machine that books meeting rooms, its tool server in one Java file, a scripted model"
          + " and three scenarios. Change it into yours.",
      "With --from, a machine for the tools of an MCP server that is there already: the effect of"
          + " each is what the server hints, and write, the safe one, where it hints at nothing."
          + " Whatever is not a read asks the person first."
    },
    footer = {
      "",
      "Examples:",
      "  interlock new my-machine",
      "  interlock run -C my-machine",
      "  interlock new tickets --from jira -- npx -y some-jira-server",
      // picocli fills variables of a footer in twice: four dollars are one
      "  interlock new tickets --from jira --url https://jira.example.com/mcp"
          + " --header 'Authorization: Bearer $$$${JIRA_TOKEN}'"
    })
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

  @Option(
      names = "--from",
      paramLabel = "NAME",
      description =
          "What the server is to be called; the command that starts it comes behind --, or --url.")
  private @Nullable String server;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "With --from, instead of a command: where the server speaks Streamable HTTP.")
  private @Nullable String url;

  @Option(
      names = "--header",
      paramLabel = "'NAME: VALUE'",
      description =
          "With --url: what goes with each request. Write $${NAME} for a variable: what is written"
              + " here is written to interlock.yaml.")
  private List<String> headers = List.of();

  @Parameters(index = "1..*", paramLabel = "COMMAND", description = "With --from: the command.")
  private List<String> command = List.of();

  public NewCommand(Program program) {
    super(program);
  }

  @Override
  protected int execute() {
    Path target = program().path(folder);
    List<String> made;
    try {
      requireEmpty(target);
      made = server == null ? template(target) : from(target, server);
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
      output.value(Map.of("folder", target.toString(), "files", made));
      return ExitCode.OK;
    }
    output.line("Made " + target + ":");
    made.forEach(name -> output.line("  " + name));
    output.line("");
    output.line("Next:");
    next(output, "test", "its scenarios, in memory");
    next(
        output, "run", server == null ? "talk to it; no key needed" : "its scripted model answers");
    output.line("Then read machine.yaml: it says what the agent may do.");
    return ExitCode.OK;
  }

  private List<String> template(Path target) throws IOException {
    if (!command.isEmpty() || url != null || !headers.isEmpty()) {
      throw Failure.of(
          "a server without --from",
          "--from NAME, or none of its options",
          program().word() + " new --help has an example",
          ExitCode.USAGE);
    }
    for (Map.Entry<String, String> file : FILES.entrySet()) {
      write(target.resolve(file.getKey()), file.getValue());
    }
    return List.copyOf(FILES.keySet());
  }

  private List<String> from(Path target, String name) throws IOException {
    if (!name.matches("[A-Za-z0-9_-]+")) {
      throw unclear("--from " + name, "a name of letters, digits, _ and -");
    }
    if (command.isEmpty() == (url == null) || (url == null && !headers.isEmpty())) {
      throw unclear(
          "--from %s, and not one way to the server".formatted(name),
          "--from NAME -- COMMAND, or --from NAME --url URL [--header 'NAME: VALUE']");
    }
    Path dir = program().path(Path.of(""));
    String address =
        url == null ? ServerFolder.address(command, dir) : ServerFolder.address(url, headers());
    Map<String, String> files;
    try (Progress progress = program().output().progress()) {
      progress.show("asking the server " + name, Duration.ZERO);
      files =
          ServerFolder.files(
              String.valueOf(target.getFileName()), name, address, dir, program().environment());
    } catch (MachineFolderException | ToolHostException e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = target.resolve(file.getKey());
      Files.createDirectories(path.resolveSibling("."));
      Files.writeString(path, file.getValue());
    }
    return List.copyOf(files.keySet());
  }

  private Map<String, String> headers() {
    Map<String, String> named = new LinkedHashMap<>();
    for (String header : headers) {
      int colon = header.indexOf(':');
      String name = header.substring(0, Math.max(0, colon)).strip();
      if (name.isEmpty() || named.put(name, header.substring(colon + 1).strip()) != null) {
        throw unclear(
            name.isEmpty() ? "--header without a name" : "--header %s twice".formatted(name),
            "--header 'NAME: VALUE', each name once");
      }
    }
    return named;
  }

  private Failure unclear(String found, String expected) {
    return Failure.of(
        found, expected, program().word() + " new --help has an example", ExitCode.USAGE);
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
