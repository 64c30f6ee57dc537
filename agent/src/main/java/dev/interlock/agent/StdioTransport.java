package dev.interlock.agent;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.json.Json;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The wire to a server process: a message a line over its stdin and stdout.
 *
 * <p>Unlike the SDK's own, it survives lines that are no messages, never keeps a line beyond {@link
 * #MAX_LINE}, keeps numbers exact, knows of every request whether its first byte left, and tells
 * when the process ends. Of notifications it passes on that the list of tools changed, to whoever
 * asked; the others are dropped.
 */
final class StdioTransport implements McpClientTransport {
  /** The longest line that is read, in bytes. */
  static final int MAX_LINE = 4 * ToolHost.MAX_RESULT;

  /** The deepest nesting of a line that is read. */
  static final int MAX_DEPTH = 500;

  /** The most messages that wait to be written. */
  static final int MAX_QUEUED = 1_000;

  /** How long after a process ended its last output is waited for. */
  private static final Duration DRAIN = Duration.ofMillis(500);

  /** What of a line that is no message is kept for error messages, in characters. */
  private static final int STRAY_SHOWN = 200;

  /** The error code of what is delivered in place of an answer; only {@link Exchange} counts. */
  private static final int NO_ANSWER = -32_000;

  private static final McpJsonMapper MAPPER =
      new JacksonMcpJsonMapper(
          JsonMapper.builder(
                  JsonFactory.builder()
                      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                      .streamReadConstraints(
                          StreamReadConstraints.builder()
                              .maxStringLength(MAX_LINE)
                              .maxNestingDepth(MAX_DEPTH)
                              .build())
                      .build())
              .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
              .build());

  /** What the writer does next. */
  private sealed interface Outgoing {}

  private record Line(String text, Exchange exchange) implements Outgoing {}

  private record Close() implements Outgoing {}

  private final String server;
  private final Process process;
  private final Runnable toolsChanged;
  private final Tail tail = new Tail();
  private final BlockingQueue<Outgoing> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
  private final Map<Object, Exchange> pending = new ConcurrentHashMap<>();
  private final CompletableFuture<Boolean> outputEnded = new CompletableFuture<>();
  private volatile boolean ended;
  private volatile @Nullable Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler;

  /**
   * @param toolsChanged told when the server says that its list of tools changed
   */
  StdioTransport(String server, Process process, Runnable toolsChanged) {
    this.server = server;
    this.process = process;
    this.toolsChanged = toolsChanged;
  }

  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> inbound) {
    return Mono.fromRunnable(() -> {
      handler = inbound;
      pump("stdin", this::write);
      Thread errors = pump("stderr", this::readErrors);
      Thread output = pump("stdout", this::read);
      pump("end", () -> awaitEnd(output, errors));
    });
  }

  /** These block for as long as the server lives, so they are threads of their own. */
  private Thread pump(String what, Runnable work) {
    return Thread.ofPlatform().daemon().name("mcp-" + server + "-" + what).start(work);
  }

  /** A server has ended when its process has, or when it closed its stdout. */
  private void awaitEnd(Thread output, Thread errors) {
    try {
      CompletableFuture.anyOf(process.onExit(), outputEnded).join();
      output.join(DRAIN);
      errors.join(DRAIN);
      process.onExit().completeOnTimeout(process, DRAIN.toMillis(), MILLISECONDS).join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end();
    ServerProcess.end(process);
  }

  /** Tells whoever waits for an answer that none comes. */
  private void end() {
    ended = true;
    closeInput();
    for (Object id : List.copyOf(pending.keySet())) {
      if (pending.remove(id) != null) {
        deliver(JSONRPCResponse.error(id, new JSONRPCError(NO_ANSWER, "ended", null)));
      }
    }
  }

  boolean hasEnded() {
    return ended;
  }

  /** What became of the process, as the end of a sentence. */
  String exit() {
    return process.isAlive() ? "" : " (exit code " + process.exitValue() + ")";
  }

  /**
   * What the process wrote last, as the end of a sentence. It may be about anybody's call, so it is
   * for operators only.
   */
  String lastWords() {
    return tail.asClause();
  }

  // Out

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.deferContextual(context -> {
      Exchange exchange =
          message instanceof JSONRPCRequest && context.hasKey(Exchange.class)
              ? context.get(Exchange.class)
              : new Exchange();
      if (message instanceof JSONRPCRequest request) {
        exchange.id(request.id());
        pending.put(request.id(), exchange);
      }
      return enqueue(message, exchange).doOnError(e -> forget(exchange));
    });
  }

  private void forget(Exchange exchange) {
    Object id = exchange.id();
    if (id != null) {
      pending.remove(id);
    }
  }

  private Mono<Void> enqueue(JSONRPCMessage message, Exchange exchange) {
    try {
      String line = encode(message) + "\n";
      if (ended) {
        return Mono.error(new IOException("the server has ended" + exit()));
      }
      if (!queue.offer(new Line(line, exchange))) {
        return Mono.error(
            new IOException(
                "%,d messages wait for the server to read them, the most that may (MAX_QUEUED)"
                    .formatted(MAX_QUEUED)));
      }
      return Mono.empty();
    } catch (IOException e) {
      return Mono.error(e);
    }
  }

  /** Calls of tools in canonical form, so that what is sent is what was hashed. */
  private static String encode(JSONRPCMessage message) throws IOException {
    if (message instanceof JSONRPCRequest request
        && request.params() instanceof CallToolRequest call) {
      Map<String, Object> params =
          Map.of("name", call.name(), "arguments", call.arguments(), "_meta", call.meta());
      return Json.write(
          Map.of(
              "jsonrpc", request.jsonrpc(),
              "id", request.id(),
              "method", request.method(),
              "params", params));
    }
    return MAPPER.writeValueAsString(message);
  }

  private void write() {
    try (OutputStream out = process.getOutputStream()) {
      while (queue.take() instanceof Line line) {
        if (line.exchange().send()) {
          out.write(line.text().getBytes(StandardCharsets.UTF_8));
          out.flush();
        }
      }
    } catch (IOException e) {
      tail.add("stdin: " + e.getMessage() + "\n"); // its end is noticed on stdout
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops waiting for an answer, and tells the server if it got the request. */
  void abandon(Exchange exchange) {
    Object id = exchange.id();
    if (id == null || pending.remove(id) == null) {
      return;
    }
    deliver(JSONRPCResponse.error(id, new JSONRPCError(NO_ANSWER, "abandoned", null)));
    if (!exchange.drop()) {
      Map<String, Object> params = Map.of("requestId", id, "reason", "no longer waited for");
      JSONRPCMessage cancel = new JSONRPCNotification("notifications/cancelled", params);
      enqueue(cancel, new Exchange()).onErrorComplete().subscribe();
    }
  }

  // In

  private void read() {
    LineInput lines = new LineInput(process.getInputStream(), MAX_LINE);
    try {
      LineInput.Line line;
      while ((line = lines.next()) != null) {
        switch (line) {
          case LineInput.Whole whole -> take(whole.text());
          case LineInput.TooLong tooLong -> {
            Skim skim = Skim.of(tooLong.bytes());
            takeUnread(
                skim,
                "it is %,d bytes long, at most %,d are read (StdioTransport.MAX_LINE)"
                    .formatted(skim.bytes(), MAX_LINE),
                "a long line");
          }
        }
      }
    } catch (IOException e) {
      tail.add("stdout: " + e + "\n");
    } finally {
      outputEnded.complete(true); // also where memory ran out: a deaf server must not stay
    }
  }

  private void take(String line) throws IOException {
    if (line.isBlank()) {
      return;
    }
    if (!line.stripLeading().startsWith("{")) { // cheap, as such lines may be many
      tail.add("stdout: %s%n".formatted(shown(line)));
      return;
    }
    try {
      take(McpSchema.deserializeJsonRpcMessage(MAPPER, line));
    } catch (IOException | RuntimeException e) {
      // A server that logs to stdout, or an answer that cannot be read.
      Skim skim = Skim.of(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)));
      String why =
          skim.deepest() > MAX_DEPTH
              ? "it is nested %,d deep, at most %,d levels are read (StdioTransport.MAX_DEPTH)"
                  .formatted(skim.deepest(), MAX_DEPTH)
              : "it is not the JSON that was expected";
      takeUnread(skim, why, shown(line));
    }
  }

  private static String shown(String line) {
    return line.substring(0, Math.min(line.length(), STRAY_SHOWN));
  }

  private void take(JSONRPCMessage message) {
    switch (message) {
      case JSONRPCResponse response -> {
        Exchange exchange = pending.remove(response.id());
        if (exchange != null) {
          exchange.answered();
          deliver(response);
        }
      }
      case JSONRPCNotification notification -> {
        if (notification.method().equals(McpSchema.METHOD_NOTIFICATION_TOOLS_LIST_CHANGED)) {
          toolsChanged.run();
        }
      }
      default -> deliver(message);
    }
  }

  private void takeUnread(Skim skim, String why, String shown) {
    Exchange exchange = skim.id() == null ? null : pending.remove(skim.id());
    if (exchange == null) {
      tail.add("stdout, not a message (%s): %s%n".formatted(why, shown));
    } else {
      exchange.answered();
      exchange.unread(skim);
      deliver(JSONRPCResponse.error(skim.id(), new JSONRPCError(NO_ANSWER, why, null)));
    }
  }

  private void deliver(JSONRPCMessage message) {
    Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> inbound = handler;
    if (inbound != null) {
      inbound.apply(Mono.just(message)).subscribe();
    }
  }

  private void readErrors() {
    try (InputStream errors = process.getErrorStream()) {
      byte[] chunk = new byte[1 << 12];
      int count;
      while ((count = errors.read(chunk)) >= 0) {
        tail.add(new String(chunk, 0, count, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // The process is gone, and what it wrote before is kept.
    }
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return MAPPER.convertValue(data, type);
  }

  // End

  /** Closes the server's stdin, ends it and its children, and waits until they are gone. */
  void stop() {
    closeInput();
    ServerProcess.end(process);
    end();
  }

  /** What waits to be written never will be. */
  private void closeInput() {
    boolean closing = false;
    while (!closing) {
      queue.clear();
      closing = queue.offer(new Close());
    }
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(this::stop);
  }
}
