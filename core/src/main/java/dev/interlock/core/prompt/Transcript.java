package dev.interlock.core.prompt;

import dev.interlock.core.journal.Entry;

/**
 * The conversation of an instance, folded from its journal. Immutable; adding shares what was
 * there. It is kept apart from the instance because it grows.
 */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class Transcript {
  public static final Transcript EMPTY = new Transcript();

  private Transcript() {}

  /** With what an entry added to the conversation. */
  public Transcript plus(Entry entry) {
    throw new UnsupportedOperationException("plus " + entry);
  }
}
