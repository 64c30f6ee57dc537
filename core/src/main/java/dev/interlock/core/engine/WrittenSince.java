package dev.interlock.core.engine;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Inbox;
import dev.interlock.core.evolve.Parked;
import dev.interlock.core.journal.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * What the caller has written since a call was parked, for whoever decides it: it may bear on the
 * answer, and no hash covers it.
 */
public final class WrittenSince {
  /** The most texts, the newest ones. */
  public static final int MAX_TEXTS = 10;

  /** The most characters of each. */
  public static final int MAX_TEXT = 1_000;

  private WrittenSince() {}

  /**
   * The texts, oldest first, the newest {@link #MAX_TEXTS}, each cut at {@link #MAX_TEXT}
   * characters.
   *
   * @param journal of its instance, oldest first
   */
  public static List<String> of(Parked parked, List<Entry> journal) {
    List<String> texts = new ArrayList<>();
    boolean since = false;
    for (Entry entry : journal) {
      for (Outcome outcome : entry.outcomes()) {
        since |=
            outcome instanceof Outcome.CallParked(Parked other)
                && other.number() == parked.number();
        if (since && outcome instanceof Outcome.MessageKept(Inbox.Message message)) {
          String text = message.text();
          texts.add(text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…");
        }
      }
    }
    return List.copyOf(texts.subList(Math.max(0, texts.size() - MAX_TEXTS), texts.size()));
  }
}
