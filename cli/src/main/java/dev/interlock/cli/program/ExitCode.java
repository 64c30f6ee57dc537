package dev.interlock.cli.program;

/** What the program's exit code means. */
public final class ExitCode {
  /** Done. */
  public static final int OK = 0;

  /** Not done: rejected, failed, or errors were found. The message says which. */
  public static final int FAILED = 1;

  /** The command line could not be understood, or names a folder or a file that is not there. */
  public static final int USAGE = 2;

  /** Another process owns the file and does not answer. */
  public static final int BUSY = 3;

  /** A mistake of the program itself. */
  public static final int BUG = 70;

  /** Ended by Ctrl-C. */
  public static final int INTERRUPTED = 130;

  private ExitCode() {}
}
