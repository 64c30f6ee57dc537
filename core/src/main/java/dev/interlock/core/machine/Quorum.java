package dev.interlock.core.machine;

import dev.interlock.core.json.Json;
import java.util.List;
import java.util.stream.Stream;

/**
 * How many different persons must give the same answer, and who is not among them.
 *
 * @param people at least 1, at most {@link #MAX_PEOPLE}
 * @param notFrom words: {@link #CALLER}; a field of source {@code human}, for whoever filled it
 *     last; a role that is asked about the same call, for whoever has said yes for it
 */
public record Quorum(int people, List<String> notFrom) {
  public static final int MAX_PEOPLE = 20;

  /** The caller of the instance. */
  public static final String CALLER = "caller";

  /** Anybody who has the role, but the caller. */
  public static final Quorum ONE = new Quorum(1, List.of(CALLER));

  /** Who is not asked where the machine does not say. */
  public static List<String> notFrom(String role) {
    return role.equals(Rule.Ask.USER) ? List.of() : ONE.notFrom();
  }

  /** What two questions to the same role are together. */
  public Quorum with(Quorum other) {
    return new Quorum(
        Math.max(people, other.people),
        Stream.concat(notFrom.stream(), other.notFrom.stream()).distinct().toList());
  }

  /** What a number of people came to. */
  public sealed interface Count {
    record Of(int people) implements Count {}

    /** It could not be evaluated, or is out of bounds. */
    record Wrong(String why) implements Count {}
  }

  /** How many people an expression asks for; one if there is none. */
  public static Count count(@org.jspecify.annotations.Nullable Expression people, Scope scope) {
    if (people == null) {
      return new Count.Of(1);
    }
    return switch (people.evaluate(scope)) {
      case Expression.Evaluation.Value(Long number) when number >= 1 && number <= MAX_PEOPLE ->
          new Count.Of(number.intValue());
      case Expression.Evaluation.Value(Object value) ->
          new Count.Wrong(
              "people is %s, expected 1 to %d".formatted(Json.write(value), MAX_PEOPLE));
      case Expression.Evaluation.Unset(List<String> fields) ->
          new Count.Wrong("not known yet: " + String.join(", ", fields));
      case Expression.Evaluation.Failed(String why) -> new Count.Wrong(why);
    };
  }
}
