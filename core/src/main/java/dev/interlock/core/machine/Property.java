package dev.interlock.core.machine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must hold of every run. What happens is a tool's call, a state's entry, or somebody's yes:
 * {@link #yes}.
 */
public sealed interface Property {
  /** How somebody's yes begins, to a call or in an approval state; the role comes after it. */
  String YES = "yes ";

  /** By which it is told in refusals and escalations. */
  String name();

  /** Somebody's yes, as properties name it. */
  static String yes(String role) {
    return YES + role;
  }

  /**
   * One thing must have happened before another may. A tool has happened once it returned, a state
   * once it was entered.
   *
   * @param first a tool, a state, or somebody's yes
   * @param then a tool or a state
   * @param same an argument that both tools have and that must be the same, or null
   * @param when of the second, over the call and the fields of then: only if it is true, or has an
   *     error, the first must have happened; null means always
   */
  record Before(
      String name, String first, String then, @Nullable String same, @Nullable Expression when)
      implements Property {
    /** Of every call or entry. */
    public Before(String name, String first, String then) {
      this(name, first, then, null, null);
    }

    /** Whether a call is refused, or an entry escalates, that would break it. */
    public boolean monitored() {
      return same == null && when == null && !first.startsWith(YES);
    }
  }

  /**
   * For the checker: something never happens. Not monitored.
   *
   * @param what a tool that is not called, or a state that is not entered
   * @param after a tool, a state, or somebody's yes, once it has happened; null means from the
   *     start
   * @param when only if that is true, or has an error; null means always
   */
  record Never(String name, String what, @Nullable String after, @Nullable Expression when)
      implements Property {}

  /**
   * For the checker: something happens so often at most. Not monitored.
   *
   * @param count at least 0; a call counts unless it failed
   * @param of a tool or a state
   */
  record AtMost(String name, long count, String of) implements Property {}

  /**
   * For the checker: every run comes to one of these. Not monitored.
   *
   * @param states those that it may come to
   */
  record Eventually(String name, List<String> states) implements Property {}
}
