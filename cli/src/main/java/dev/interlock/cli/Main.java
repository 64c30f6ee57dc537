package dev.interlock.cli;

import dev.interlock.cli.output.Output;
import dev.interlock.cli.output.Output.Stream;
import dev.interlock.cli.program.Program;
import dev.interlock.cli.program.Version;
import dev.interlock.cli.tell.Shell;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Entry point of the {@code interlock} program. */
public final class Main {
  /** Which streams are terminals, as the launcher saw them: {@code in,out,err}. */
  private static final String TERMINALS = "interlock.terminals";

  /** The terminal's columns, as the launcher saw them. */
  private static final String COLUMNS = "interlock.columns";

  /** What was typed to start it, as the launcher saw it. */
  private static final String WORD = "interlock.word";

  private Main() {}

  /**
   * Runs one command and exits with its code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    // Answered before picocli is loaded: a version takes the time of a bare JVM.
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      System.out.println("interlock " + Version.current());
      return;
    }
    Map<String, String> environment = System.getenv();
    @Nullable Integer columns = Integer.getInteger(COLUMNS);
    Program program =
        new Program(
            Output.ofProcess(terminals(), columns, environment),
            environment,
            Path.of("").toAbsolutePath(),
            System.getProperty("user.name"),
            Clock.systemUTC(),
            Shell.word(System.getProperty(WORD, "interlock")));
    System.exit(CommandTree.run(program, args));
  }

  /** Java cannot tell the streams apart; without the launcher none of them is a terminal. */
  private static Set<Stream> terminals() {
    List<String> seen = List.of(System.getProperty(TERMINALS, "").split(",", -1));
    Set<Stream> terminals = EnumSet.noneOf(Stream.class);
    for (Stream stream : Stream.values()) {
      if (seen.contains(stream.name().toLowerCase(Locale.ROOT))) {
        terminals.add(stream);
      }
    }
    return terminals;
  }
}
