package dev.interlock.core.evolve;

import dev.interlock.core.journal.Content;
import java.time.Instant;
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
}
