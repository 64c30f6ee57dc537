package dev.interlock.core.engine;

import dev.interlock.core.journal.Entry;

/**
 * Who watches an engine. What takes long is missed rather than waited for: at most 1,000 entries
 * wait for one watcher.
 */
@FunctionalInterface
public interface Watcher {
  /** An entry that was committed. */
  void entry(Entry entry);

  /**
   * What a model writes, while it writes it. It is nowhere recorded, and counts for nothing: what
   * counts is the reply, whose entry comes after it. Told only to whom nothing of the instance is
   * hidden, and left out when it is not taken fast enough.
   */
  default void writing(Writing writing) {}

  /** How far a call is, while it runs: told on the same terms. */
  default void working(Working working) {}

  /** Either of the two; engines call this one. */
  default void passing(Passing passing) {
    switch (passing) {
      case Writing writing -> writing(writing);
      case Working working -> working(working);
    }
  }

  /** What is told while something is under way, and stands nowhere. */
  sealed interface Passing {
    String instance();
  }

  /**
   * The newest of how far a call is.
   *
   * @param call its number in the instance
   */
  record Working(String instance, int call, ToolHost.Progress progress) implements Passing {}

  /**
   * A piece of a reply that is not there yet.
   *
   * @param question its number in the instance
   * @param attempt from 1, over all retries and models
   * @param offset where the text stands in what this attempt wrote, in characters; at 0, everything
   *     that was told of the question before is void. Where it is not the end of what was told,
   *     something is missing
   * @param text empty if nothing takes the place of what is void
   */
  record Writing(String instance, long question, int attempt, long offset, String text)
      implements Passing {}
}
