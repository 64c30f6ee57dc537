package dev.interlock.cli;

import picocli.CommandLine;

/** Entry point of the {@code interlock} program. */
public final class Main {
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
    System.exit(new CommandLine(new InterlockCommand()).execute(args));
  }
}
