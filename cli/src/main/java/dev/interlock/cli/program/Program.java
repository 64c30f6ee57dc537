package dev.interlock.cli.program;

import dev.interlock.cli.output.Output;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

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

  /** A path of the command line. */
  public Path path(Path given) {
    return here.resolve(given).normalize();
  }
}
