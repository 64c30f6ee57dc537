package dev.interlock.cli.program;

/**
 * Characters that could not be read. Java puts U+FFFD in the place of bytes that are no text in the
 * encoding of the process; nobody meant that, and a machine would take it for what was said.
 */
public final class Lost {
  private static final char IN_ITS_PLACE = '\uFFFD';

  private Lost() {}

  /**
   * Refuses a text that has one.
   *
   * @param where it was found: {@code stdin}
   * @throws Failure if there is one
   */
  public static void refuse(String where, String text) {
    int at = text.indexOf(IN_ITS_PLACE);
    if (at < 0) {
      return;
    }
    String before = text.substring(0, at);
    throw Failure.of(
        "U+FFFD in %s, which stands for bytes that are no text (line %d, column %d)"
            .formatted(
                where,
                1 + before.chars().filter(c -> c == '\n').count(),
                1 + before.codePointCount(before.lastIndexOf('\n') + 1, at)),
        "text in UTF-8 without it",
        "send it as UTF-8, with LC_ALL=C.UTF-8 where the shell's encoding is another; if the text"
            + " has that character itself, take it out",
        ExitCode.USAGE);
  }
}
