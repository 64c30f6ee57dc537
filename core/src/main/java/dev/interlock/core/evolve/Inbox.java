package dev.interlock.core.evolve;

import dev.interlock.core.journal.Content;
import dev.interlock.core.machine.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived and was not yet dealt with.
 *
 * @param messages of the caller, for the next question
 * @param events by arrival
 * @param timers ids of timers that fired during a turn
 * @param notices of the machine, for the next question
 * @param cancel who cancelled during a turn, or null
 */
public record Inbox(
    List<Message> messages,
    List<Event> events,
    List<Timer> timers,
    List<Notice> notices,
    @Nullable Principal cancel) {

  /** The most messages that wait; one more is rejected. */
  public static final int MAX_MESSAGES = 100;

  /** The most events that wait during a turn; one more is rejected. */
  public static final int MAX_EVENTS = 100;

  /** The newest kept events of each name; an older one is recorded as not taken. */
  public static final int MAX_KEPT = 100;

  public static final Inbox EMPTY = new Inbox(List.of(), List.of(), List.of(), List.of(), null);

  Inbox withMessages(List<Message> others) {
    return new Inbox(others, events, timers, notices, cancel);
  }

  Inbox withEvents(List<Event> others) {
    return new Inbox(messages, others, timers, notices, cancel);
  }

  Inbox withoutEvent(String id) {
    return withEvents(events.stream().filter(event -> !event.id().equals(id)).toList());
  }

  Inbox withTimers(List<Timer> others) {
    return new Inbox(messages, events, others, notices, cancel);
  }

  Inbox withNotices(List<Notice> others) {
    return new Inbox(messages, events, timers, others, cancel);
  }

  Inbox withCancel(Principal by) {
    return new Inbox(messages, events, timers, notices, by);
  }

  /**
   * A message that waits.
   *
   * @param text empty if it is a form alone
   * @param form what the caller filled in, by field; null if nothing
   * @param documents that came with it, by field, a list each; null if none
   */
  public record Message(
      String id,
      @Content String text,
      @Content @Nullable Map<String, Object> form,
      @Content @Nullable Map<String, Object> documents) {
    /** Without documents. */
    public Message(String id, String text, @Nullable Map<String, Object> form) {
      this(id, text, form, null);
    }
  }

  /** An event that waits. */
  public record Event(
      String id, String name, @Content @Nullable Object payload, String by, boolean operator) {}

  /**
   * A notice that waits.
   *
   * @param starts whether it is reason enough to ask the model
   */
  public record Notice(@Content String text, boolean starts) {}
}
