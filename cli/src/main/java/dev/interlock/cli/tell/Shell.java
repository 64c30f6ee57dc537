package dev.interlock.cli.tell;

/** Words of a command line. */
final class Shell {
  private Shell() {}

  /** A text as one word that a shell takes as it is. */
  static String word(String text) {
    return text.matches("[A-Za-z0-9_@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
