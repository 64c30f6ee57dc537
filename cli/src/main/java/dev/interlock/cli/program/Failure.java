package dev.interlock.cli.program;

/**
 * A command could not do what it was asked, for a reason that is not a bug: the message is for
 * people, in three parts where it can.
 */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int exitCode;

  public Failure(String message) {
    this(message, ExitCode.FAILED);
  }

  public Failure(String message, int exitCode) {
    super(message);
    this.exitCode = exitCode;
  }

  public Failure(String message, Throwable cause) {
    super(message, cause);
    this.exitCode = ExitCode.FAILED;
  }

  public int exitCode() {
    return exitCode;
  }

  /** What was found, what was expected, and how to mend it. */
  public static Failure of(String found, String expected, String mend) {
    return of(found, expected, mend, ExitCode.FAILED);
  }

  /** What the command line names is not there. */
  public static Failure notThere(String found, String expected, String mend) {
    return of(found, expected, mend, ExitCode.USAGE);
  }

  /** As {@link #of(String, String, String)}, with an exit code of its own. */
  public static Failure of(String found, String expected, String mend, int exitCode) {
    return new Failure(
        "Found:    %s\nExpected: %s\nTo mend:  %s".formatted(found, expected, mend), exitCode);
  }
}
