package dev.interlock.core.load;

import java.util.regex.Pattern;

/** How tools are named in the machine, and spelled to the model. */
final class ToolNames {
  /** For a message. */
  static final String FORM =
      "SERVER.TOOL, letters, digits, _ and -, at most 64 characters with the dot counted twice";

  /** What providers allow. */
  static final int MAX_LENGTH = 64;

  private static final Pattern NAME =
      Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_-]*\\.[a-zA-Z0-9_.-]+");

  private ToolNames() {}

  static boolean valid(String name) {
    return NAME.matcher(name).matches() && spelled(name).length() <= MAX_LENGTH;
  }

  /** As providers allow it: {@code it.find_user} is {@code it__find_user}. */
  static String spelled(String name) {
    return name.replace(".", "__");
  }
}
