package dev.interlock.cli.program;

import dev.interlock.cli.output.Output;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a command is given of the world outside.
 *
 * @param here the folder that relative paths start from
 * @param user the name of the operating system's user
 * @param word what the program was started by: {@code ../interlock}
 */
public record Program(
    Output output,
    Map<String, String> environment,
    Path here,
    String user,
    Clock clock,
    String word) {
  private static final Pattern COMMAND = Pattern.compile("(?<![\\w./-])interlock (?=[a-z])");

  /** A text that names commands as {@code interlock COMMAND}, with the word that was typed. */
  public String worded(String text) {
    return COMMAND.matcher(text).replaceAll(Matcher.quoteReplacement(word + " "));
  }

  /** The same, started by another word. */
  public Program withWord(String other) {
    return new Program(output, environment, here, user, clock, other);
  }

  /** A path of the command line. */
  public Path path(Path given) {
    return here.resolve(given).normalize();
  }
}
