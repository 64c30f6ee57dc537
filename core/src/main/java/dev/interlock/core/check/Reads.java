package dev.interlock.core.check;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What an expression reads.
 *
 * @param fixed whether any of it is not the model's choice
 * @param lookedUp fields that are facts about something that the model chose
 * @param chosen fields that are whatever the model says
 */
record Reads(boolean fixed, Set<String> lookedUp, Set<String> chosen) {
  /** All that is the model's choice. */
  Set<String> influenced() {
    Set<String> all = new LinkedHashSet<>(lookedUp);
    all.addAll(chosen);
    return all;
  }

  /** What both read. */
  Reads and(Reads other) {
    Set<String> facts = new LinkedHashSet<>(lookedUp);
    facts.addAll(other.lookedUp);
    Set<String> words = new LinkedHashSet<>(chosen);
    words.addAll(other.chosen);
    return new Reads(fixed || other.fixed, facts, words);
  }

  /** The same where some facts were compared with something that is not the model's choice. */
  Reads vetted(Collection<String> fields) {
    Set<String> rest = new LinkedHashSet<>(lookedUp);
    boolean any = rest.removeAll(fields);
    return new Reads(fixed || any, rest, chosen);
  }
}
