package dev.interlock.local;

import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.prompt.ChatModel;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an engine reaches the world through. The engine closes none of them.
 *
 * @param desks by name; the first is the default, and there is at least one
 * @param clock all time comes from it
 */
public record Ports(ChatModel model, ToolHost tools, Map<String, Desk> desks, Clock clock) {
  public Ports {
    if (desks.isEmpty()) {
      throw new IllegalArgumentException(
          "found no desk, expected at least one: escalations open tickets there");
    }
    desks = Collections.unmodifiableMap(new LinkedHashMap<>(desks));
  }

  /** The desk of that name; of none, or one that is not there any more, the first. */
  Desk desk(String name) {
    Desk named = desks.get(name);
    return named != null ? named : desks.values().iterator().next();
  }
}
