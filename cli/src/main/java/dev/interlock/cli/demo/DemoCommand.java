package dev.interlock.cli.demo;

import dev.interlock.cli.program.Program;
import dev.interlock.cli.program.ProgramCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code interlock demo}. */
@Command(
    name = "demo",
    header = "Watch agents work inside a machine: three cases, one crash, one attack.",
    description = {
      "Runs the example examples/it-access on real parts: a tool server in a process of its own,"
          + " a database file, an engine that is killed in the middle of a write and started again."
          + " It needs no key and no network, and takes less than a minute."
    },
    footer = {
      "",
      "Examples:",
      "  interlock demo",
      "  interlock demo --engine temporal",
      "  ANTHROPIC_API_KEY=… interlock demo --live"
    })
public final class DemoCommand extends ProgramCommand {
  @Option(
      names = "--live",
      description = "Ask a real model, with the key in ANTHROPIC_API_KEY, instead of the script.")
  private boolean live;

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description =
          "local, or temporal: on the server at TEMPORAL_ADDRESS, or at 127.0.0.1:7233."
              + " Default: ${DEFAULT-VALUE}.")
  private EngineKind engine = EngineKind.local;

  /** What carries the cases. */
  enum EngineKind {
    local,
    temporal
  }

  public DemoCommand(Program program) {
    super(program);
  }

  @Override
  protected int execute() throws Exception {
    return Demo.run(program(), live, engine == EngineKind.temporal);
  }
}
