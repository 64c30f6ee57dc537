package dev.interlock.cli.output;

/** What a piece of text means, as a terminal shows it. */
public enum Colour {
  BOLD("1"),
  FAINT("2"),
  /** Errors, refusals. */
  RED("31"),
  /** What went well. */
  GREEN("32"),
  /** What waits, warnings. */
  YELLOW("33"),
  /** States. */
  CYAN("36");

  private final String number;

  Colour(String number) {
    this.number = number;
  }

  String code() {
    return "\033[" + number + "m";
  }
}
