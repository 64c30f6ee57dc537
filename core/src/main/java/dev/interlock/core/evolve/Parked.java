package dev.interlock.core.evolve;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.journal.Content;
import dev.interlock.core.journal.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A call that waits for people to say yes.
 *
 * @param call at stage {@code PARKED}, with all its arguments
 * @param asks one for each role
 * @param shows the fields to be shown beside it
 * @param shown the fields shown beside it, those that were set
 * @param hash of tool, arguments and shown fields: what an answer must carry
 * @param expires the earliest of the rules'
 */
public record Parked(
    Call call,
    List<Ask> asks,
    List<String> shows,
    @Content Map<String, Object> shown,
    String hash,
    Instant expires) {
  /** The most calls of an instance that wait at once; one more is refused. */
  public static final int MAX = 50;

  /** The most texts of {@link #writtenSince}, the newest ones. */
  public static final int MAX_TEXTS = 10;

  /** The most characters of each. */
  public static final int MAX_TEXT = 1_000;

  /**
   * What one role is asked.
   *
   * @param rules the sentences of the rules that ask it
   * @param answeredBy who said yes; empty if nobody has
   */
  public record Ask(String role, List<String> rules, String answeredBy) {
    Ask by(String who) {
      return new Ask(role, rules, who);
    }

    /** What one more rule asks of the same role. */
    public Ask with(Ask other) {
      return new Ask(
          role, Stream.concat(rules.stream(), other.rules().stream()).toList(), answeredBy);
    }

    public boolean answered() {
      return !answeredBy.isEmpty();
    }
  }

  Parked answered(String role, String by) {
    return new Parked(
        call,
        Evolve.map(asks, ask -> ask.role().equals(role) ? ask.by(by) : ask),
        shows,
        shown,
        hash,
        expires);
  }

  public boolean approved() {
    return asks.stream().allMatch(Ask::answered);
  }

  public int number() {
    return call.number();
  }

  /**
   * What the caller has written since the call was parked, for whoever decides it: it may bear on
   * the answer, and no hash covers it.
   *
   * @param journal of its instance, oldest first
   * @return oldest first, the newest {@link #MAX_TEXTS}, each cut at {@link #MAX_TEXT} characters
   */
  public List<String> writtenSince(List<Entry> journal) {
    List<String> texts = new ArrayList<>();
    boolean since = false;
    for (Entry entry : journal) {
      for (Outcome outcome : entry.outcomes()) {
        since |=
            outcome instanceof Outcome.CallParked(Parked parked) && parked.number() == number();
        if (since && outcome instanceof Outcome.MessageKept(Inbox.Message message)) {
          String text = message.text();
          texts.add(text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…");
        }
      }
    }
    return List.copyOf(texts.subList(Math.max(0, texts.size() - MAX_TEXTS), texts.size()));
  }
}
