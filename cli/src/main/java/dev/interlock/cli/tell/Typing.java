package dev.interlock.cli.tell;

import java.util.Optional;
import java.util.function.Function;

/**
 * What a suggested command must say here.
 *
 * @param word what starts the program
 * @param folder what means the same machine folder again, such as {@code -C DIR}; empty if nothing
 *     need be said
 * @param somebodyWith a person who has a role, if the configuration names one
 */
public record Typing(String word, String folder, Function<String, Optional<String>> somebodyWith) {
  /** In the current folder, with nobody known. */
  public static final Typing PLAIN = new Typing("interlock", "", role -> Optional.empty());

  /** The program and what follows, ready to be typed. */
  public String command(String rest) {
    return word + " " + rest + folder;
  }

  /** {@code --as} somebody with that role. */
  String as(String role) {
    return " --as "
        + somebodyWith.apply(role).map(Shell::word).orElse("PERSON:" + Shell.word(role));
  }
}
