package dev.interlock.agent;

/** The end of what a server wrote beside its answers, for error messages. Thread-safe. */
final class Tail {
  /** The most characters that are kept. */
  static final int MAX_CHARACTERS = 2_000;

  private final StringBuilder kept = new StringBuilder();

  synchronized void add(String text) {
    kept.append(text, Math.max(0, text.length() - MAX_CHARACTERS), text.length());
    if (kept.length() > MAX_CHARACTERS) {
      kept.delete(0, kept.length() - MAX_CHARACTERS);
    }
  }

  /** A clause to end a sentence with; empty if nothing was written. */
  synchronized String asClause() {
    String text = kept.toString().strip();
    return text.isEmpty() ? "" : "; the last that the server wrote: " + text;
  }
}
