package dev.interlock.core.evolve;

import dev.interlock.core.journal.Content;
import dev.interlock.core.machine.Quorum;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
    @Content(hash = true) String hash,
    Instant expires) {
  /** The same, until another time. */
  Parked until(Instant other) {
    return new Parked(call, asks, shows, shown, hash, other);
  }

  /** The most calls of an instance that wait at once; one more is refused. */
  public static final int MAX = 50;

  /**
   * What one role is asked.
   *
   * @param rules the sentences of the rules that ask it
   * @param quorum how many must say yes
   * @param yes the ids of those who have
   * @param answeredBy who said yes, in journals from before {@code people}; null since
   */
  public record Ask(
      String role,
      List<String> rules,
      Quorum quorum,
      List<String> yes,
      @Nullable String answeredBy) {

    /** What was written before {@code people} asks one person. */
    public Ask {
      quorum = Objects.requireNonNullElse(quorum, Quorum.ONE);
      if (yes == null) {
        yes = answeredBy == null || answeredBy.isEmpty() ? List.of() : List.of(answeredBy);
      }
      answeredBy = null;
    }

    /** Of a role that was not asked yet. */
    public Ask(String role, String rule, Quorum quorum) {
      this(role, List.of(rule), quorum, List.of(), null);
    }

    Ask by(String who) {
      return new Ask(
          role,
          rules,
          quorum,
          Stream.concat(yes.stream(), Stream.of(who)).distinct().toList(),
          null);
    }

    /** What one more rule asks of the same role. */
    public Ask with(Ask other) {
      return new Ask(
          role,
          Stream.concat(rules.stream(), other.rules().stream()).distinct().toList(),
          quorum.with(other.quorum()),
          yes,
          null);
    }

    /** Without the yes of those whom it is not asked any more. */
    public Ask only(Predicate<String> who) {
      return new Ask(role, rules, quorum, yes.stream().filter(who).toList(), null);
    }

    public boolean answered() {
      return yes.size() >= quorum.people();
    }

    /** Whom it asks, for people: the role, and how many of it. */
    public String whom() {
      return quorum.people() == 1
          ? role
          : yes.isEmpty()
              ? "%s (%d people)".formatted(role, quorum.people())
              : "%s (%d people, %d said yes)".formatted(role, quorum.people(), yes.size());
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

  /** Those who must still say yes. */
  public String whom() {
    return asks.stream()
        .filter(ask -> !ask.answered())
        .map(Ask::whom)
        .collect(Collectors.joining(" and "));
  }

  public boolean approved() {
    return asks.stream().allMatch(Ask::answered);
  }

  public int number() {
    return call.number();
  }
}
