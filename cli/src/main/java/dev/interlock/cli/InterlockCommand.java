package dev.interlock.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The root of all commands; by itself it shows how to use them. */
@Command(
    name = "interlock",
    description = "Runs LLM agents inside durable, verified state machines.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.Provider.class)
final class InterlockCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
