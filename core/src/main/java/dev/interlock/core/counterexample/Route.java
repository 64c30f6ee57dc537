package dev.interlock.core.counterexample;

import dev.interlock.core.machine.Reason;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a run is to go: state by state, as a check sees it that lets one value stand for many.
 *
 * @param legs one for each state that it comes to, the initial one first
 * @param values all that a field may hold, by name
 * @param arguments by tool, what whoever calls it may give, by name
 */
public record Route(
    List<Leg> legs, Map<String, Wanted> values, Map<String, Map<String, Wanted>> arguments) {
  /** Among the values of a leg, who the caller is. */
  public static final String CALLER_ID = "caller.id";

  /** Among the values of a leg, the roles of the caller. */
  public static final String CALLER_ROLES = "caller.roles";

  /**
   * A state, until it is left.
   *
   * @param calls the tools that are called, in order
   * @param values what fields may hold when it is left, by name
   * @param over the reason to escalate that it is left by; null if it is left otherwise
   */
  public record Leg(
      String state, List<String> calls, Map<String, Wanted> values, @Nullable Reason over) {}

  /**
   * What may be there.
   *
   * @param unset whether it may be that nothing is
   */
  public record Wanted(boolean unset, List<Object> values) {
    /** Of which nothing is known. */
    public static final Wanted ANY = new Wanted(true, List.of());

    boolean has(@Nullable Object value) {
      return value == null ? unset : values.stream().anyMatch(wanted -> covers(value, wanted));
    }

    /** Whether a value is another one, or an object that has all of its members, too. */
    private static boolean covers(Object value, Object wanted) {
      return value.equals(wanted)
          || (value instanceof Map<?, ?> map
              && wanted instanceof Map<?, ?> members
              && !members.isEmpty()
              && members.entrySet().stream()
                  .allMatch(member -> {
                    Object own = map.get(member.getKey());
                    return own != null && covers(own, member.getValue());
                  }));
    }
  }
}
