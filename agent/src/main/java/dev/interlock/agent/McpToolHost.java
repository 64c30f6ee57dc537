package dev.interlock.agent;

import dev.interlock.agent.McpSession.Forgotten;
import dev.interlock.agent.McpSession.Unavailable;
import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.json.Json;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Tool;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tools of MCP servers: child processes that speak over stdin and stdout, and endpoints that speak
 * Streamable HTTP.
 *
 * <p>A session with a server is opened by {@link #start}, or when it is first needed, and again
 * after it ended, at most ten times a minute. A process gets {@code PATH} and a few more variables
 * of the engine's, and those of its configuration. With each call goes in {@code _meta} for whom it
 * is: {@code interlock/idempotencyKey}, {@code interlock/instance}, {@code interlock/caller} and
 * {@code interlock/roles}.
 *
 * <p>Structured results are handed over as canonical JSON, numbers exact as the server wrote them;
 * what is not JSON that Interlock reads, such as a null in a list, is left out, and the text says
 * so.
 *
 * <p>A tool's hash is compared with the locked one before each call; tools are listed when a
 * session opens, and again before the next call once the server says that they changed. Where an
 * endpoint cannot say so, the list is never older than two seconds when a call goes out.
 *
 * <p>What a server writes beside its answers may be of anybody's call. It is never part of an
 * answer: operators find it in the log, and in what {@link #offered} throws.
 */
public final class McpToolHost implements ToolHost {
  private static final System.Logger LOG = System.getLogger(McpToolHost.class.getName());

  private final Map<String, McpServer> servers;
  private final Function<String, @Nullable LockedTool> locked;

  /** A host of these servers, by the name that tools have before the dot. */
  public McpToolHost(Map<String, ServerConfig> servers) {
    this(servers, hash -> null);
  }

  /**
   * As the other one.
   *
   * @param locked a locked tool by its hash, or null: with it a drift says what changed
   */
  public McpToolHost(
      Map<String, ServerConfig> servers, Function<String, @Nullable LockedTool> locked) {
    this.servers = new LinkedHashMap<>();
    servers.forEach((name, config) -> this.servers.put(name, new McpServer(name, config)));
    this.locked = locked;
  }

  @Override
  public List<Offered> offered(String server) {
    McpServer known = servers.get(server);
    if (known == null) {
      throw new ToolHostException(unconfigured(server), null);
    }
    long deadline = startDeadline();
    try {
      return new ArrayList<>(use(known, deadline, it -> it.tools(deadline)).values());
    } catch (Unavailable e) {
      throw new ToolHostException(e.why() + e.lastWords(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ToolHostException("asking the server `%s` was abandoned".formatted(server), e);
    }
  }

  /** A second more than a start has, so that it is the start that says why it failed. */
  private static long startDeadline() {
    return System.nanoTime() + McpSession.START_TIMEOUT.plusSeconds(1).toNanos();
  }

  /** Starts all servers, without waiting for them. */
  public void start() {
    servers.values().forEach(McpServer::start);
  }

  /** Whether a tool's server was started and is not ready yet. */
  public boolean starting(String tool) {
    McpServer server = servers.get(Tool.server(tool));
    return server != null && server.starting();
  }

  @Override
  public void ready(String tool) throws InterruptedException {
    McpServer server = servers.get(Tool.server(tool));
    if (server == null) {
      return;
    }
    try {
      var unused = server.session(startDeadline());
    } catch (Unavailable e) {
      // The call says so.
    }
  }

  @Override
  public Answer call(ToolCall call) {
    return call(call, progress -> {});
  }

  @Override
  public Answer call(ToolCall call, Consumer<Progress> told) {
    long deadline = System.nanoTime() + call.timeout().toNanos();
    String server = Tool.server(call.tool());
    String name = call.tool().substring(Math.min(call.tool().length(), server.length() + 1));
    McpServer known = servers.get(server);
    if (known == null) {
      return new Answer.Failed(unconfigured(server), false, null);
    }
    try {
      return use(
          known,
          deadline,
          session -> {
            String drift = drift(call, session.tools(deadline).get(name));
            return drift == null
                ? session.call(name, call, deadline, told)
                : new Answer.Drifted(drift);
          });
    } catch (Unavailable e) {
      LOG.log(Level.WARNING, "{0}{1}", e.why(), e.lastWords());
      return e.answer();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Failed("abandoned before anything was sent", true, null);
    }
  }

  /** What is done in a session. */
  private interface Use<T> {
    T in(McpSession session) throws Unavailable, InterruptedException;
  }

  /** Where the server forgot the session it did nothing, so it is done in another one. */
  private static <T> T use(McpServer server, long deadline, Use<T> use)
      throws Unavailable, InterruptedException {
    try {
      return use.in(server.session(deadline));
    } catch (Forgotten e) {
      return use.in(server.session(deadline));
    }
  }

  private String unconfigured(String server) {
    return "no server `%s`, expected one of %s; add it to `servers` of interlock.yaml"
        .formatted(server, new TreeSet<>(servers.keySet()));
  }

  /** What is no longer as it was locked, or null. */
  private @Nullable String drift(ToolCall call, @Nullable Offered now) {
    if (now == null) {
      return "the server no longer offers " + call.tool();
    }
    String hash = ToolLock.hash(now);
    if (hash.equals(call.lockedHash())) {
      return null;
    }
    LockedTool then = locked.apply(call.lockedHash());
    List<String> changes = new ArrayList<>();
    if (then != null && !then.description().equals(now.description())) {
      changes.add(
          "its description, from \"%s\" to \"%s\""
              .formatted(shown(then.description()), shown(now.description())));
    }
    if (then != null && !then.inputSchema().equals(now.inputSchema())) {
      changes.add(
          "its schema, from %s to %s"
              .formatted(
                  shown(Json.write(then.inputSchema())), shown(Json.write(now.inputSchema()))));
    }
    String what =
        changes.isEmpty() ? "its name, description or schema" : String.join("; ", changes);
    return "%s is not as it was locked: %s (hash %s, locked %s)"
        .formatted(call.tool(), what, shortHash(hash), shortHash(call.lockedHash()));
  }

  private static String shown(String text) {
    int most = 300;
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  private static String shortHash(String hash) {
    return hash.substring(0, Math.min(12, hash.length()));
  }

  /** Ends all servers and what they started; what is in flight becomes unknown. */
  @Override
  public void close() {
    Collection<Thread> closing = new ArrayList<>();
    servers.values().forEach(server -> closing.add(Thread.startVirtualThread(server::close)));
    boolean interrupted = false;
    for (Thread thread : closing) {
      try {
        thread.join(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
