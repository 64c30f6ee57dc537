package dev.interlock.cli;

import dev.interlock.cli.act.AnswerCommand;
import dev.interlock.cli.act.CancelCommand;
import dev.interlock.cli.act.EventCommand;
import dev.interlock.cli.act.ForkCommand;
import dev.interlock.cli.act.MigrateCommand;
import dev.interlock.cli.act.ResetCommand;
import dev.interlock.cli.act.ResolveCommand;
import dev.interlock.cli.act.ResumeCommand;
import dev.interlock.cli.act.SendCommand;
import dev.interlock.cli.act.StartCommand;
import dev.interlock.cli.create.NewCommand;
import dev.interlock.cli.demo.DemoCommand;
import dev.interlock.cli.folder.CheckCommand;
import dev.interlock.cli.folder.DrawCommand;
import dev.interlock.cli.folder.LockCommand;
import dev.interlock.cli.folder.TestCommand;
import dev.interlock.cli.keep.BackupCommand;
import dev.interlock.cli.keep.EraseCommand;
import dev.interlock.cli.keep.PurgeCommand;
import dev.interlock.cli.keep.RestoreCommand;
import dev.interlock.cli.output.Colour;
import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.output.Text;
import dev.interlock.cli.program.ExitCode;
import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Lost;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.read.DocumentCommand;
import dev.interlock.cli.read.JournalCommand;
import dev.interlock.cli.read.ListCommand;
import dev.interlock.cli.read.ReplayCommand;
import dev.interlock.cli.read.ShowCommand;
import dev.interlock.cli.read.VerifyJournalCommand;
import dev.interlock.cli.read.WatchCommand;
import dev.interlock.cli.run.RunCommand;
import dev.interlock.cli.run.UpCommand;
import dev.interlock.cli.run.WorkerCommand;
import dev.interlock.cli.simulate.SimulateCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** All commands, and how they end. */
final class CommandTree {
  private static final Map<String, Function<Program, Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("demo", DemoCommand::new);
    COMMANDS.put("new", NewCommand::new);
    COMMANDS.put("check", CheckCommand::new);
    COMMANDS.put("draw", DrawCommand::new);
    COMMANDS.put("lock", LockCommand::new);
    COMMANDS.put("test", TestCommand::new);
    COMMANDS.put("simulate", SimulateCommand::new);
    COMMANDS.put("run", RunCommand::new);
    COMMANDS.put("up", UpCommand::new);
    COMMANDS.put("worker", WorkerCommand::new);
    COMMANDS.put("start", StartCommand::new);
    COMMANDS.put("send", SendCommand::new);
    COMMANDS.put("event", EventCommand::new);
    COMMANDS.put("approve", AnswerCommand.Approve::new);
    COMMANDS.put("reject", AnswerCommand.Reject::new);
    COMMANDS.put("resolve", ResolveCommand::new);
    COMMANDS.put("resume", ResumeCommand::new);
    COMMANDS.put("cancel", CancelCommand::new);
    COMMANDS.put("fork", ForkCommand::new);
    COMMANDS.put("migrate", MigrateCommand::new);
    COMMANDS.put("reset", ResetCommand::new);
    COMMANDS.put("show", ShowCommand::new);
    COMMANDS.put("document", DocumentCommand::new);
    COMMANDS.put("list", ListCommand::new);
    COMMANDS.put("watch", WatchCommand::new);
    COMMANDS.put("journal", JournalCommand::new);
    COMMANDS.put("replay", ReplayCommand::new);
    COMMANDS.put("verify-journal", VerifyJournalCommand::new);
    COMMANDS.put("backup", BackupCommand::new);
    COMMANDS.put("restore", RestoreCommand::new);
    COMMANDS.put("purge", PurgeCommand::new);
    COMMANDS.put("erase", EraseCommand::new);
  }

  /** Narrower than this picocli lays nothing out. */
  private static final int LEAST_HELP_WIDTH = 55;

  private CommandTree() {}

  /** Their names, in the order of the usage. */
  static Set<String> names() {
    return Collections.unmodifiableSet(COMMANDS.keySet());
  }

  /**
   * Runs one command.
   *
   * @return its exit code
   */
  static int run(Program program, String... given) {
    String[] args = helped(given);
    Output output = program.output();
    CommandLine line = new CommandLine(new InterlockCommand(program));
    // A command that is named is the only one that is built: the others would cost start-up.
    boolean named = args.length > 0 && COMMANDS.containsKey(args[0]);
    COMMANDS.forEach((name, make) -> {
      if (!named || name.equals(args[0])) {
        line.addSubcommand(name, make.apply(program));
      }
    });
    line.setCommandName(program.word());
    line.registerConverter(Duration.class, CommandTree::duration);
    line.setExpandAtFiles(false); // a message may begin with an @
    worded(program, line);
    line.setOut(output.out());
    line.setErr(output.err());
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            output.terminal(Stream.OUT) && !output.paint(Colour.BOLD, "x").equals("x")
                ? Ansi.ON
                : Ansi.OFF));
    line.setUsageHelpWidth(Math.clamp(output.width(), LEAST_HELP_WIDTH, 120));
    line.setParameterExceptionHandler((e, words) -> misused(program, e, words));
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(program, e));
    int code = readable(program, args) ? line.execute(args) : ExitCode.USAGE;
    output.out().flush();
    output.err().flush();
    return code;
  }

  private static Duration duration(String word) {
    try {
      return Duration.parse(word);
    } catch (DateTimeParseException e) {
      String meant =
          word.matches("[0-9]{1,9}")
              ? "PT%sS, if seconds are meant".formatted(word)
              : "such as PT5S or PT2M";
      throw new TypeConversionException(
          "'%s' is no ISO 8601 duration: write %s".formatted(word, meant));
    }
  }

  /** Complains if a word of the command line could not be read. */
  private static boolean readable(Program program, String... args) {
    try {
      for (String word : args) {
        Lost.refuse("a word of the command line", word);
      }
      return true;
    } catch (Failure e) {
      wantJson(program, List.of(args));
      var unused = failed(program, e);
      return false;
    }
  }

  /** What was not parsed was not applied. */
  private static void wantJson(Program program, List<String> words) {
    if (words.contains("--json")) {
      program.output().wantJson();
    }
  }

  /** Help is to be typed as the program was. */
  private static void worded(Program program, CommandLine line) {
    CommandLine.Model.UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    usage.description(worded(program, usage.description()));
    usage.footer(worded(program, usage.footer()));
    line.getSubcommands().values().forEach(command -> worded(program, command));
  }

  private static String[] worded(Program program, String... lines) {
    // What stands there is a format.
    Program formatted = program.withWord(program.word().replace("%", "%%"));
    return Arrays.stream(lines).map(formatted::worded).toArray(String[]::new);
  }

  /** {@code help COMMAND} is {@code COMMAND --help}. */
  private static String[] helped(String[] given) {
    if (given.length == 0 || !given[0].equals("help")) {
      return given;
    }
    if (given.length == 1) {
      return new String[] {"--help"};
    }
    return COMMANDS.containsKey(given[1])
        ? new String[] {given[1], "--help"}
        : new String[] {given[1]};
  }

  private static int misused(Program program, ParameterException e, String... words) {
    wantJson(program, List.of(words));
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    String help = name + " --help";
    List<String> nearest =
        e instanceof UnmatchedArgumentException unmatched ? nearest(unmatched) : List.of();
    return complain(
        program,
        """
        Found:    %s
        Expected: %s
        To mend:  %s%s shows every option.\
        """
            .formatted(
                found(e),
                command.getHelp().synopsis(name.length() + 1).strip(),
                nearest.isEmpty() ? "" : "did you mean " + String.join(" or ", nearest) + "? ",
                help),
        ExitCode.USAGE);
  }

  private static List<String> nearest(UnmatchedArgumentException e) {
    return e.getUnmatched().getFirst().equals("version")
        ? List.of("--version")
        : e.getSuggestions();
  }

  /** What was wrong, in our words where picocli speaks of its own workings. */
  private static String found(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return String.valueOf(e.getMessage());
    }
    String word = unmatched.getUnmatched().getFirst();
    if (unmatched.isUnknownOption()) {
      return "no option \"" + word + "\"";
    }
    boolean root = e.getCommandLine().getParent() == null;
    return (root ? "no command \"" : "one word too many, \"") + word + "\"";
  }

  private static int failed(Program program, Exception e) {
    if (e instanceof Failure failure) {
      return complain(program, String.valueOf(failure.getMessage()), failure.exitCode());
    }
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    return complain(
        program,
        """
        Found:    a mistake of Interlock itself: %s
        Expected: every failure to have a message of its own.
        To mend:  report it, with the command and what follows.
        %s\
        """
            .formatted(e, trace),
        ExitCode.BUG);
  }

  /** With {@code --json} every failure is an object on stdout, else a text on stderr. */
  private static int complain(Program program, String message, int code) {
    Output output = program.output();
    String worded = program.worded(message);
    if (output.json()) {
      output.value(Map.of("error", worded));
    } else {
      output.note(Text.safe(worded)); // it may have words of a server or a file
    }
    return code;
  }
}
