package dev.interlock.core.prompt;

import java.util.regex.Pattern;

/**
 * How texts are told apart in a prompt: the machine's own begin with a mark that nobody else can
 * write.
 */
public final class UserText {
  private static final String MARK = "[interlock]";

  /** What is not seen, or hardly. */
  private static final String GAP = "[\\s\\p{Z}\\p{C}]*";

  /** The mark in any case and however it is spaced. */
  private static final Pattern FORGED =
      Pattern.compile("\\[ i n t e r l o c k ]".replace(" ", GAP), Pattern.CASE_INSENSITIVE);

  private UserText() {}

  /** What users, tools and people at desks wrote, with no mark in it. */
  static String foreign(String text) {
    return text.indexOf('[') < 0 ? text : FORGED.matcher(text).replaceAll("(interlock)");
  }

  /** Whether a text has the mark in it, in any case and spacing. */
  public static boolean forged(String text) {
    return FORGED.matcher(text).find();
  }

  /** What the machine wrote, without its mark; empty if a text is not the machine's. */
  static String noticed(String text) {
    return text.startsWith(MARK) ? text.substring(MARK.length()).strip() : "";
  }

  /** A text of the machine, which may quote others. */
  static String notice(String text) {
    return MARK + " " + foreign(text);
  }
}
