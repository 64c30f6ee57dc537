package dev.interlock.core.machine;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A named condition on calls.
 *
 * @param sentence its name
 * @param tools the tools it is for, expanded
 * @param in the states it holds in; empty means all
 * @param say what the model is told when it refuses; null means the sentence
 */
public record Rule(
    String sentence,
    Set<String> tools,
    Set<String> in,
    @Nullable String say,
    @Nullable Expression when,
    @Nullable AtMost atMost,
    @Nullable Ask ask) {

  /**
   * A bound on the dispatched calls of all the rule's tools together.
   *
   * @param per counted for each value of these arguments apart; empty means all together
   */
  public record AtMost(long count, List<ArgRef> per) {}

  /**
   * A person must say yes first.
   *
   * @param role who is asked; {@link #USER} is the caller
   * @param shows fields shown beside the call
   * @param unless true excuses the call; an error in it asks
   * @param people how many must agree; null means one
   * @param notFrom who is not asked though they have the role: {@link Quorum}
   */
  public record Ask(
      String role,
      List<String> shows,
      Duration expires,
      @Nullable Expression unless,
      @Nullable Expression people,
      List<String> notFrom) {
    public static final String USER = "user";
    public static final Duration DEFAULT_EXPIRES = Duration.ofDays(7);

    /** One person, as {@code notFrom} is by default. */
    public Ask(String role, List<String> shows, Duration expires, @Nullable Expression unless) {
      this(role, shows, expires, unless, null, Quorum.notFrom(role));
    }
  }

  public boolean appliesTo(String tool, String state) {
    return tools.contains(tool) && (in.isEmpty() || in.contains(state));
  }
}
