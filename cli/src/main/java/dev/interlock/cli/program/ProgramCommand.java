package dev.interlock.cli.program;

import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command: given the program, with the options that every command has. */
public abstract class ProgramCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  private final Program program;

  protected ProgramCommand(Program program) {
    this.program = program;
  }

  protected final Program program() {
    return program;
  }

  @Override
  public final Integer call() throws Exception {
    common.apply(program);
    return execute();
  }

  /**
   * Does what the command is for.
   *
   * @return an {@link ExitCode}
   * @throws Failure if it could not, for a reason that is not a bug
   */
  protected abstract int execute() throws Exception;
}
