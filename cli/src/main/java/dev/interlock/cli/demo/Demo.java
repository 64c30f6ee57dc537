package dev.interlock.cli.demo;

import dev.interlock.cli.program.Failure;
import dev.interlock.cli.program.Program;

/** The demonstration itself. */
@SuppressWarnings("DoNotCallSuggester")
public final class Demo {
  private Demo() {}

  /**
   * Tells the story on the program's output.
   *
   * @param live whether a real model is asked
   * @return an exit code: 0 only if everything that the story claims was true
   */
  public static int run(Program program, boolean live) {
    throw new Failure(
        "The demonstration is not part of this build"
            + (live ? ", nor is its live form." : ".")
            + " To see a machine at work: interlock new my-machine");
  }
}
