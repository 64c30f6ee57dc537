package dev.interlock.core.desk;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where tickets and notices for people go. Thread-safe. What is asked of it ends in bounded time:
 * it is not asked again before that.
 */
public interface Desk {
  /**
   * Opens a ticket, once for each key: the same key again gives the same id.
   *
   * @return the ticket's id
   * @throws DeskException if it could not be opened now; the engine tries again until it is
   */
  String open(Ticket ticket);

  /**
   * Tells people of something that waits for them. Once for each key.
   *
   * @throws DeskException if it could not be told now
   */
  void notify(Notice notice);

  /**
   * What a person needs to take an instance over.
   *
   * @param key idempotency key
   * @param reason the reason's word
   * @param detail a sentence: what led there
   * @param bundle the fields that the escalation state names, those that are set
   */
  record Ticket(
      String key,
      String instance,
      String machine,
      String state,
      String from,
      String reason,
      String detail,
      Map<String, Object> bundle) {
    /** All but the key, by name, in the order in which people read it. */
    public Map<String, Object> content() {
      Map<String, Object> content = new LinkedHashMap<>();
      content.put("reason", reason);
      content.put("detail", detail);
      content.put("instance", instance);
      content.put("machine", machine);
      content.put("state", state);
      content.put("from", from);
      content.put("bundle", bundle);
      return content;
    }
  }

  /**
   * A question that waits for a person.
   *
   * @param role who is asked
   */
  record Notice(String key, String instance, String role, String text) {
    /** All but the key, by name, in the order in which people read it. */
    public Map<String, Object> content() {
      Map<String, Object> content = new LinkedHashMap<>();
      content.put("role", role);
      content.put("text", text);
      content.put("instance", instance);
      return content;
    }
  }

  /** The desk could not be reached or refused. */
  final class DeskException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param message for the log: nothing of the ticket or notice
     */
    public DeskException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
