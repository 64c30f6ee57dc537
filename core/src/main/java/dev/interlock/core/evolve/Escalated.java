package dev.interlock.core.evolve;

import dev.interlock.core.journal.Content;
import dev.interlock.core.machine.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Why an instance is, or was last, escalated.
 *
 * @param number of the escalation within the instance, from 1
 * @param name what led there: a budget, a rule, an event, a timer
 * @param from the state it came from
 * @param ticket the desk's id, or null until there is one
 */
public record Escalated(
    int number,
    Reason reason,
    String name,
    String from,
    @Content String detail,
    @Nullable String ticket) {
  Escalated with(String id) {
    return new Escalated(number, reason, name, from, detail, id);
  }
}
