package dev.interlock.core.machine;

import java.util.List;

/** What must hold of every run. */
public sealed interface Property {
  /** By which it is told in refusals and escalations. */
  String name();

  /**
   * Monitored: one thing must have happened before another may. A tool has happened once it
   * returned, a state once it was entered.
   *
   * @param first a tool or a state
   * @param then a tool, whose call is refused, or a state, whose entry escalates
   */
  record Before(String name, String first, String then) implements Property {}

  /**
   * For the checker: every run comes to one of these. Not monitored.
   *
   * @param states those that it may come to
   */
  record Eventually(String name, List<String> states) implements Property {}
}
