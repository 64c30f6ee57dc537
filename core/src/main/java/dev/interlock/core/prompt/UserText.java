package dev.interlock.core.prompt;

/**
 * How texts are told apart in a prompt: the machine's notices bear a mark that users cannot write.
 */
final class UserText {
  /** What the machine's own texts begin with. */
  static final String MARK = "[interlock] ";

  private UserText() {}

  /** What a user wrote, with no mark in it. */
  static String of(String text) {
    return text.replace("[interlock]", "(interlock)");
  }

  static String notice(String text) {
    return MARK + text;
  }
}
