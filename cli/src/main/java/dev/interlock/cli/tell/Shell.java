package dev.interlock.cli.tell;

/** Words of a command line. */
public final class Shell {
  private Shell() {}

  /** A text as one word that a shell takes as it is. */
  public static String word(String text) {
    return text.matches("[A-Za-z0-9_@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
