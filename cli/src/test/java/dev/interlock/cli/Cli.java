package dev.interlock.cli;

import dev.interlock.cli.output.Output;
import dev.interlock.cli.program.Program;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** Runs commands in this process, on buffers. */
record Cli(Path folder, boolean terminal, Map<String, String> environment, Reader input) {

  static Cli in(Path folder) {
    return new Cli(folder, false, Map.of(), new StringReader(""));
  }

  Cli onTerminal() {
    return new Cli(folder, true, environment, input);
  }

  Cli typing(String text) {
    return typing(new StringReader(text));
  }

  Cli typing(Reader reader) {
    return new Cli(folder, terminal, environment, reader);
  }

  /** What a command wrote, and how it ended. */
  record Run(int code, String out, String err) {}

  Run run(String... args) {
    Output.Buffers buffers = Output.buffers(terminal, input);
    Program program =
        new Program(
            buffers.output(),
            environment,
            folder,
            System.getProperty("user.name"),
            Clock.systemUTC());
    int code = CommandTree.run(program, args);
    return new Run(code, buffers.out(), buffers.err());
  }
}
