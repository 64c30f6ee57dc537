package dev.interlock.agent;

import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.engine.ToolHost.Progress;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.EffectClass;
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.InitializeResult;
import io.modelcontextprotocol.spec.McpSchema.ListToolsResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities.ToolCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One session with a server: the run of its process, or what an endpoint calls one. Thread-safe.
 */
final class McpSession {
  private static final System.Logger LOG = System.getLogger(McpSession.class.getName());

  /** How long a server may take to start, say who it is and list its tools. */
  static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  /** The most tools of a server. */
  static final int MAX_TOOLS = 1_000;

  /** The most pages in which it may list them. */
  static final int MAX_PAGES = 200;

  /** How old the list of tools may be where the server cannot say that it changed. */
  static final Duration LIST_AGE = Duration.ofSeconds(2);

  /** Waiting is bounded by each call; the SDK's own time-out is never the first. */
  private static final Duration NEVER = Duration.ofDays(365);

  private final String server;
  private final Wire wire;
  private final McpAsyncClient client;
  private final ReentrantLock listing = new ReentrantLock();
  private final AtomicBoolean changed = new AtomicBoolean();
  private final AtomicLong calls = new AtomicLong();
  private volatile Map<String, Offered> tools = Map.of();
  private volatile long listed;

  private McpSession(String server, Function<Runnable, Wire> wire) {
    this.server = server;
    this.wire = wire.apply(() -> changed.set(true));
    String version = getClass().getPackage().getImplementationVersion();
    this.client =
        McpClient.async(this.wire)
            .clientInfo(
                Implementation.builder("interlock", version == null ? "dev" : version).build())
            .requestTimeout(NEVER)
            .initializationTimeout(NEVER)
            .build();
  }

  /**
   * Starts the process or finds the endpoint, and returns once its tools are known.
   *
   * @throws Unavailable if it does not get there in {@link #START_TIMEOUT}
   */
  static McpSession open(String server, ServerConfig config)
      throws Unavailable, InterruptedException {
    McpSession session = new McpSession(server, wire(server, config));
    boolean ready = false;
    try {
      long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
      InitializeResult who = session.await(session.client.initialize(), deadline, "says who it is");
      ToolCapabilities tools = who.capabilities() == null ? null : who.capabilities().tools();
      session.wire.opened(tools != null && Boolean.TRUE.equals(tools.listChanged()));
      session.tools = session.list(deadline);
      ready = true;
      return session;
    } finally {
      if (!ready) {
        session.wire.stop();
      }
    }
  }

  private static Function<Runnable, Wire> wire(String server, ServerConfig config)
      throws Unavailable {
    return switch (config) {
      case ServerConfig.Command command -> {
        try {
          Process process = ServerProcess.start(command);
          yield toolsChanged -> new StdioTransport(server, process, toolsChanged);
        } catch (IOException e) {
          throw new Unavailable(
              "the server `%s` does not start: %s; look at its `command` and `dir`"
                  .formatted(server, e.getMessage()));
        }
      }
      case ServerConfig.Url url -> toolsChanged -> new HttpTransport(url, toolsChanged);
    };
  }

  boolean hasEnded() {
    return wire.hasEnded();
  }

  /**
   * The tools that the server offers, by their name at the server. They are listed again if the
   * server said that they changed, and if the list is old and the server could not say so.
   *
   * @param deadline in {@link System#nanoTime}
   */
  Map<String, Offered> tools(long deadline) throws Unavailable, InterruptedException {
    if (!listing.tryLock(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
      throw new Unavailable(
          "the server `%s` does not list its tools in the time that the call has"
              .formatted(server));
    }
    try {
      if (!wire.hears() && System.nanoTime() - listed > LIST_AGE.toNanos()) {
        changed.set(true);
      }
      while (changed.getAndSet(false)) {
        boolean listed = false;
        try {
          tools = list(deadline);
          listed = true;
        } finally {
          changed.compareAndSet(false, !listed);
        }
      }
      return tools;
    } finally {
      listing.unlock();
    }
  }

  private Map<String, Offered> list(long deadline) throws Unavailable, InterruptedException {
    long begun = System.nanoTime();
    Map<String, Offered> all = new LinkedHashMap<>();
    String cursor = null;
    for (int page = 0; page < MAX_PAGES; page++) {
      ListToolsResult result = await(client.listTools(cursor), deadline, "lists its tools");
      for (Tool tool : result.tools()) {
        if (all.put(tool.name(), offered(tool)) != null) {
          throw unlistable("the tool `%s` twice, expected each once".formatted(tool.name()));
        }
        if (all.size() > MAX_TOOLS) {
          throw unlistable("more than %,d tools (McpSession.MAX_TOOLS)".formatted(MAX_TOOLS));
        }
      }
      cursor = result.nextCursor();
      if (cursor == null || cursor.isEmpty()) {
        listed = begun;
        return Collections.unmodifiableMap(all);
      }
    }
    throw unlistable("more than %,d pages of tools (McpSession.MAX_PAGES)".formatted(MAX_PAGES));
  }

  private Offered offered(Tool tool) throws Unavailable {
    try {
      String description = tool.description() == null ? "" : tool.description();
      Map<String, Object> schema = ExactTree.schema(tool.inputSchema());
      return new Offered(
          server + "." + tool.name(), description, schema, false, hinted(tool.annotations()));
    } catch (JsonException e) {
      throw unlistable("the tool `%s`, whose schema has %s".formatted(tool.name(), e.getMessage()));
    }
  }

  private static @Nullable EffectClass hinted(@Nullable ToolAnnotations hints) {
    if (hints == null) {
      return null;
    }
    if (Boolean.TRUE.equals(hints.readOnlyHint())) {
      return EffectClass.READ;
    }
    if (Boolean.TRUE.equals(hints.idempotentHint())) {
      return EffectClass.IDEMPOTENT;
    }
    boolean writes = hints.readOnlyHint() != null || Boolean.TRUE.equals(hints.destructiveHint());
    return writes ? EffectClass.WRITE : null;
  }

  private Unavailable unlistable(String found) {
    return new Unavailable("the server `%s` lists %s".formatted(server, found));
  }

  private <T> T await(Mono<T> request, long deadline, String does)
      throws Unavailable, InterruptedException {
    Exchange exchange = new Exchange();
    CompletableFuture<T> answer = sent(request, exchange);
    try {
      return answer.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      wire.abandon(exchange);
      throw new Unavailable(
          "the server `%s` is not heard of, expected that it %s".formatted(server, does),
          wire.lastWords());
    } catch (ExecutionException e) {
      Refusal refusal = exchange.refusal();
      if (refusal != null && refusal.mayHaveForgotten()) {
        throw forgotten();
      }
      if (refusal != null) {
        throw new Unavailable(refusal.answer(server), wire.lastWords());
      }
      String exit = wire.exit();
      String why = exit == null ? message(e) : "it ended" + exit;
      throw new Unavailable(
          "the server `%s` failed where it was expected that it %s: %s"
              .formatted(server, does, why),
          wire.lastWords());
    }
  }

  private static <T> CompletableFuture<T> sent(Mono<T> request, Exchange exchange) {
    return request.contextWrite(context -> context.put(Exchange.class, exchange)).toFuture();
  }

  private static String message(ExecutionException e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return Tail.printable(String.valueOf(cause.getMessage()));
  }

  /**
   * Calls a tool and waits for the answer.
   *
   * @param name of the tool at the server
   * @param told what the server tells of its progress; it does not move the deadline
   * @param deadline in {@link System#nanoTime}
   * @throws Unavailable if the server did not take it
   */
  Answer call(String name, ToolCall call, long deadline, Consumer<Progress> told)
      throws Unavailable, InterruptedException {
    String token = "p-" + calls.incrementAndGet();
    Map<String, Object> meta =
        Map.of(
            "progressToken", token,
            "interlock/idempotencyKey", call.key(),
            "interlock/instance", call.instance(),
            "interlock/caller", call.caller().id(),
            "interlock/roles", call.caller().roles());
    Exchange exchange = new Exchange(token, told);
    CompletableFuture<CallToolResult> answer =
        sent(client.callTool(new CallToolRequest(name, call.arguments(), meta)), exchange);
    try {
      long left = Math.max(0, deadline - System.nanoTime());
      return ToolAnswers.of(answer.get(left, TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return given(exchange, "no answer of %s within %s".formatted(call.tool(), call.timeout()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return given(exchange, "the call of %s was abandoned".formatted(call.tool()));
    } catch (ExecutionException e) {
      Refusal refusal = exchange.refusal();
      return refusal == null
          ? failed(exchange, e.getCause() == null ? e : e.getCause())
          : refused(refusal, deadline);
    }
  }

  private Answer refused(Refusal refusal, long deadline) throws Unavailable, InterruptedException {
    if (refusal.mayHaveForgotten() && !refusal.forgot()) {
      try {
        await(client.ping(), deadline, "knows the session");
      } catch (Forgotten e) {
        throw e;
      } catch (Unavailable e) {
        // Nobody knows, and the refusal stands.
      }
    }
    if (refusal.forgot()) {
      throw forgotten();
    }
    LOG.log(Level.WARNING, "server `{0}`: HTTP {1}{2}", server, refusal.status(), wire.lastWords());
    return refusal.answer(server);
  }

  private Forgotten forgotten() {
    wire.forgotten();
    return new Forgotten(server, wire.lastWords());
  }

  /** Nobody waits any more. */
  private Answer given(Exchange exchange, String why) {
    boolean unsent = exchange.drop();
    wire.abandon(exchange);
    if (unsent) {
      return new Answer.Failed(why + "; nothing was sent", true, null);
    }
    LOG.log(Level.WARNING, "server `{0}`: {1}{2}", server, why, wire.lastWords());
    return new Answer.Unknown(why);
  }

  private Answer failed(Exchange exchange, Throwable cause) {
    Skim unread = exchange.unread();
    if (unread != null) {
      return ToolAnswers.unread(unread, String.valueOf(cause.getMessage()));
    }
    if (exchange.hasAnswer() && cause instanceof McpError error) {
      return new Answer.Failed(
          "the tool answered with an error: " + error.getMessage(), false, null);
    }
    if (exchange.hasAnswer()) {
      return ToolAnswers.unreadable(cause);
    }
    String exit = wire.exit();
    String why =
        exit == null
            ? "the server `%s`: %s".formatted(server, cause.getMessage())
            : "the server `%s` ended during the call%s".formatted(server, exit);
    return given(exchange, why);
  }

  /** Whether it has ended and nobody waits for it. */
  boolean isOver() {
    return wire.hasEnded() && wire.isIdle();
  }

  /** Ends it; calls in flight are told. */
  void close() {
    wire.stop();
  }

  /** A server that cannot be used now; the call was not sent. */
  static sealed class Unavailable extends Exception permits Forgotten {
    private static final long serialVersionUID = 1L;
    private final String lastWords;
    private final boolean retryable;
    private final transient @Nullable Duration retryAfter;

    Unavailable(String message) {
      this(message, "");
    }

    /**
     * @param lastWords of the server, for the operator's eyes only
     */
    Unavailable(String message, String lastWords) {
      this(new Answer.Failed(message, true, null), lastWords);
    }

    /**
     * @param why with when it may be tried again
     */
    Unavailable(Answer.Failed why, String lastWords) {
      super(why.why());
      this.lastWords = lastWords;
      this.retryable = why.retryable();
      this.retryAfter = why.retryAfter();
    }

    /** What the call gets. */
    Answer.Failed answer() {
      return new Answer.Failed(why() + "; nothing was sent", retryable, retryAfter);
    }

    String why() {
      return String.valueOf(getMessage());
    }

    String lastWords() {
      return lastWords;
    }

    /** The same, of another thread. */
    Unavailable again() {
      return new Unavailable(new Answer.Failed(why(), retryable, retryAfter), lastWords);
    }
  }

  /**
   * The server does not know its session any more, and did nothing; another one is to be opened.
   */
  static final class Forgotten extends Unavailable {
    private static final long serialVersionUID = 1L;

    Forgotten(String server, String lastWords) {
      super("the server `%s` does not know the session that it gave".formatted(server), lastWords);
    }

    @Override
    Answer.Failed answer() {
      return new Answer.Failed(why() + "; nothing was done", true, null);
    }
  }
}
