package dev.interlock.cli.program;

import picocli.CommandLine.Option;

/** The options of every command. */
public final class Common {
  @SuppressWarnings("UnusedVariable") // picocli answers it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(names = "--json", description = "Results as JSON, one value a line.")
  private boolean json;

  @Option(names = "--no-color", description = "No colour, as with NO_COLOR in the environment.")
  private boolean noColour;

  /** Tells the output what was asked for. */
  public void apply(Program program) {
    if (json) {
      program.output().wantJson();
    }
    if (noColour) {
      program.output().forbidColour();
    }
  }
}
