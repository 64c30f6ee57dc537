package dev.interlock.agent;

import dev.interlock.core.desk.Desk;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.engine.ToolHost.ToolHostException;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Principal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A desk that is a tool of a server: one call for each ticket, with the ticket's idempotency key.
 * Of what a ticket has (reason, detail, instance, machine, state, from, bundle, key), the tool gets
 * the arguments that it declares.
 *
 * <p>The ticket's id is the text {@code id} of a result that is a JSON object, else the result's
 * text. The same ticket again is the same call with the same key: the tool must take it once.
 */
public final class ToolDesk implements Desk {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int MAX_TICKET = 200;
  private static final Principal SENDER = new Principal("interlock");

  private final ToolHost host;
  private final String tickets;
  private final @Nullable String notices;

  /**
   * @param host where the tools are
   * @param tickets {@code SERVER.TOOL} that opens a ticket
   * @param notices that tells people what waits for them (role, text, instance, key), or null: then
   *     they find it in lists only
   */
  public ToolDesk(ToolHost host, String tickets, @Nullable String notices) {
    this.host = host;
    this.tickets = tickets;
    this.notices = notices;
  }

  @Override
  public String open(Ticket ticket) {
    Map<String, Object> content = ticket.content();
    content.put("key", ticket.key());
    Answer.Returned answer = call(tickets, content, ticket.key(), ticket.instance());
    String id = id(answer);
    if (id.isBlank() || id.length() > MAX_TICKET) {
      throw new DeskException(
          "%s answered with %d characters, expected the ticket's id: `id`, or a text of 1 to %d"
              .formatted(tickets, id.length(), MAX_TICKET),
          null);
    }
    return id;
  }

  @Override
  public void notify(Notice notice) {
    if (notices != null) {
      Map<String, Object> content = notice.content();
      content.put("key", notice.key());
      call(notices, content, notice.key(), notice.instance());
    }
  }

  private Answer.Returned call(
      String tool, Map<String, Object> content, String key, String instance) {
    Offered offered = offered(tool);
    Map<String, Object> arguments = new LinkedHashMap<>(content);
    if (offered.inputSchema().get("properties") instanceof Map<?, ?> declared) {
      arguments.keySet().retainAll(declared.keySet());
    }
    ToolLock.Read locked = ToolLock.lock(tool, List.of(offered));
    if (!locked.diagnostics().isEmpty()) {
      throw new DeskException(Diagnostic.format(locked.diagnostics()), null);
    }
    String hash = Objects.requireNonNull(locked.lock().tools().get(tool)).hash();
    return switch (host.call(new ToolCall(tool, arguments, key, instance, SENDER, TIMEOUT, hash))) {
      case Answer.Returned returned -> returned;
      case Answer.Failed(String why, boolean retryable, var after) -> throw failed(tool, why);
      case Answer.Unknown(String why) -> throw failed(tool, why);
      case Answer.Drifted(String what) -> throw failed(tool, what);
    };
  }

  private Offered offered(String tool) {
    try {
      return host.offered(tool.substring(0, tool.indexOf('.'))).stream()
          .filter(it -> it.name().equals(tool))
          .findFirst()
          .orElseThrow(() -> failed(tool, "its server does not offer it"));
    } catch (ToolHostException e) {
      throw new DeskException("the desk %s: %s".formatted(tool, e.getMessage()), e);
    }
  }

  private static DeskException failed(String tool, String why) {
    return new DeskException("the desk %s: %s".formatted(tool, why), null);
  }

  private static String id(Answer.Returned answer) {
    String json = answer.structured() == null ? answer.text() : answer.structured();
    try {
      if (Json.parseObject(json).get("id") instanceof String id) {
        return id;
      }
    } catch (JsonException e) {
      // a text
    }
    return answer.text().strip();
  }
}
