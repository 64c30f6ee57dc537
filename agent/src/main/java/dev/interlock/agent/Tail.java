package dev.interlock.agent;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** The end of what a server wrote beside its answers, for error messages. Thread-safe. */
final class Tail {
  /** The most characters that are kept. */
  static final int MAX_CHARACTERS = 2_000;

  /** The most characters that are kept of one text. */
  static final int MAX_SHOWN = 200;

  /** The shortest word that is taken for a secret. */
  private static final int MIN_SECRET = 6;

  private final StringBuilder kept = new StringBuilder();
  private final List<String> secrets;

  Tail() {
    this(List.of());
  }

  /**
   * @param secrets words of these are not kept where a server gives them back
   */
  Tail(Collection<String> secrets) {
    this.secrets =
        secrets.stream()
            .flatMap(text -> Arrays.stream(text.split("\\s+", -1)))
            .filter(word -> word.length() >= MIN_SECRET)
            .toList();
  }

  /** The beginning of a text, to be kept. */
  String shown(String text) {
    String beginning = text.substring(0, Math.min(text.length(), 2 * MAX_CHARACTERS));
    for (String secret : secrets) {
      beginning = beginning.replace(secret, "…");
    }
    return beginning.substring(0, Math.min(beginning.length(), MAX_SHOWN));
  }

  synchronized void add(String text) {
    kept.append(text, Math.max(0, text.length() - MAX_CHARACTERS), text.length());
    if (kept.length() > MAX_CHARACTERS) {
      kept.delete(0, kept.length() - MAX_CHARACTERS);
    }
  }

  /** A clause to end a sentence with; empty if nothing was written. */
  synchronized String asClause() {
    String text = kept.toString().strip();
    return text.isEmpty() ? "" : "; the last that the server wrote: " + printable(text);
  }

  /**
   * What a server wrote, for a terminal or a log: nothing in it steers one, and its lines but the
   * first are indented, so that none looks like somebody else's.
   */
  static String printable(String text) {
    return text.replaceAll("\\R", "\n  ").replaceAll("[\\p{Cc}\\p{Cf}&&[^\\n\\t]]", "\uFFFD");
  }
}
