package dev.interlock.engine;

import dev.interlock.core.decide.Effect;
import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.prompt.ChatModel;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an engine reaches the world through. The engine closes none of them.
 *
 * @param models at least one; a question that fails after its retries goes to the next
 * @param desks by name; the first is the default, and there is at least one
 * @param clock all time comes from it
 * @param outside machines, by name, whose questions no model is asked: somebody else carries its
 *     part ({@code LocalEngine.reply})
 */
public record Ports(
    List<ChatModel> models,
    ToolHost tools,
    Map<String, Desk> desks,
    Clock clock,
    Set<String> outside) {
  /** Of machines whose questions the model is asked. */
  public Ports(List<ChatModel> models, ToolHost tools, Map<String, Desk> desks, Clock clock) {
    this(models, tools, desks, clock, Set.of());
  }

  public Ports {
    models = List.copyOf(models);
    if (models.isEmpty()) {
      throw new IllegalArgumentException("found no model, expected at least one");
    }
    if (desks.isEmpty()) {
      throw new IllegalArgumentException(
          "found no desk, expected at least one: escalations open tickets there");
    }
    outside = Set.copyOf(outside);
    desks = Collections.unmodifiableMap(new LinkedHashMap<>(desks));
  }

  /** With one model. */
  public Ports(ChatModel model, ToolHost tools, Map<String, Desk> desks, Clock clock) {
    this(List.of(model), tools, desks, clock);
  }

  /** The desk of that name; of none, or one that is not there any more, the first. */
  private Desk desk(String name) {
    Desk named = desks.get(name);
    return named != null ? named : desks.values().iterator().next();
  }

  /**
   * Opens a ticket, once: the desk knows it by its key.
   *
   * @param machine its name
   * @return the ticket's id
   */
  public String open(String instance, String machine, Effect.OpenTicket effect) {
    return desk(effect.desk())
        .open(
            new Desk.Ticket(
                instance + "/t" + effect.escalation(),
                instance,
                machine,
                effect.state(),
                effect.from(),
                effect.reason(),
                effect.detail(),
                effect.bundle()));
  }

  /** Tells a role at the first desk what waits for it, once for each number. */
  public void tell(String instance, Effect.Notify effect) {
    String key = "%s/n%d/%s".formatted(instance, effect.number(), effect.role());
    desk("").notify(new Desk.Notice(key, instance, effect.role(), effect.text()));
  }
}
