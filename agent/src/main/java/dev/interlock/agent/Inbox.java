package dev.interlock.agent;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.engine.ToolHost.Progress;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
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
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a server writes, over whichever wire: each answer goes to whom it belongs, also one that
 * cannot be read; what is no message is kept for operators. Numbers are exact. Thread-safe.
 */
final class Inbox {
  /** The longest message that is read, in bytes. */
  static final int MAX_MESSAGE = 4 * ToolHost.MAX_RESULT;

  /** The deepest nesting of a message that is read. */
  static final int MAX_DEPTH = 500;

  /** The error code of what is delivered in place of an answer; only {@link Exchange} counts. */
  private static final int NO_ANSWER = -32_000;

  private static final McpJsonMapper MAPPER =
      new JacksonMcpJsonMapper(
          JsonMapper.builder(
                  JsonFactory.builder()
                      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                      .streamReadConstraints(
                          StreamReadConstraints.builder()
                              .maxStringLength(MAX_MESSAGE)
                              .maxNestingDepth(MAX_DEPTH)
                              .build())
                      .build())
              .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
              .build());

  private final String source;
  private final Tail tail;
  private final Runnable toolsChanged;
  private final Map<Object, Exchange> pending = new ConcurrentHashMap<>();
  private volatile @Nullable Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler;

  /**
   * @param source where texts come from, for operators
   * @param tail keeps what is no message
   * @param toolsChanged told when the server says that its list of tools changed
   */
  Inbox(String source, Tail tail, Runnable toolsChanged) {
    this.source = source;
    this.tail = tail;
    this.toolsChanged = toolsChanged;
  }

  void deliverTo(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> inbound) {
    handler = inbound;
  }

  // Whose answers are expected

  void expect(JSONRPCRequest request, Exchange exchange) {
    exchange.id(request.id());
    pending.put(request.id(), exchange);
  }

  boolean expects(Exchange exchange) {
    Object id = exchange.id();
    return id != null && pending.containsKey(id);
  }

  void forget(Exchange exchange) {
    Object id = exchange.id();
    if (id != null) {
      pending.remove(id);
    }
  }

  /** Tells whoever waits for this answer that none comes; false if nobody does. */
  boolean giveUp(Exchange exchange, String why) {
    Object id = exchange.id();
    if (id == null || pending.remove(id) == null) {
      return false;
    }
    deliver(noAnswer(id, why));
    return true;
  }

  void giveUpAll(String why) {
    List.copyOf(pending.values()).forEach(exchange -> giveUp(exchange, why));
  }

  boolean isIdle() {
    return pending.isEmpty();
  }

  // What comes

  /** One message, however long. */
  void take(InputStream message) throws IOException {
    byte[] head = message.readNBytes(MAX_MESSAGE + 1);
    if (head.length <= MAX_MESSAGE) {
      take(new String(head, StandardCharsets.UTF_8));
    } else {
      takeLong(Skim.of(new SequenceInputStream(new ByteArrayInputStream(head), message)));
    }
  }

  /** One message that is longer than what is read. */
  void takeLong(Skim skim) {
    takeUnread(
        skim,
        "it is %,d bytes long, at most %,d are read (Inbox.MAX_MESSAGE)"
            .formatted(skim.bytes(), MAX_MESSAGE),
        "a long message");
  }

  /** One message, or a text that is none. */
  void take(String text) throws IOException {
    if (text.isBlank()) {
      return;
    }
    if (!text.stripLeading().startsWith("{")) { // cheap, as such lines may be many
      tail.add("%s: %s%n".formatted(source, tail.shown(text)));
      return;
    }
    try {
      take(McpSchema.deserializeJsonRpcMessage(MAPPER, text));
    } catch (IOException | RuntimeException e) {
      // A log line, or an answer that cannot be read.
      Skim skim = Skim.of(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
      String why =
          skim.deepest() > MAX_DEPTH
              ? "it is nested %,d deep, at most %,d levels are read (Inbox.MAX_DEPTH)"
                  .formatted(skim.deepest(), MAX_DEPTH)
              : "it is not the JSON that was expected";
      takeUnread(skim, why, tail.shown(text));
    }
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
        switch (notification.method()) {
          case McpSchema.METHOD_NOTIFICATION_TOOLS_LIST_CHANGED -> toolsChanged.run();
          case McpSchema.METHOD_NOTIFICATION_PROGRESS -> progress(notification.params());
          default -> {}
        }
      }
      default -> deliver(message);
    }
  }

  /** Of a call that is waited for; what is malformed is nothing. */
  private void progress(@Nullable Object params) {
    if (params instanceof Map<?, ?> told
        && told.get("progressToken") instanceof String token
        && !token.isEmpty()) {
      Decimal done = number(told.get("progress"));
      String message = told.get("message") instanceof String text ? text : "";
      if (done != null) {
        Progress progress = new Progress(done, number(told.get("total")), message);
        pending.values().stream()
            .filter(exchange -> exchange.token().equals(token))
            .forEach(exchange -> exchange.tell(progress));
      }
    }
  }

  private static @Nullable Decimal number(@Nullable Object found) {
    if (!(found instanceof Number number)) {
      return null;
    }
    try {
      return ExactTree.result(found) instanceof Decimal exact
          ? exact
          : Decimal.of(number.longValue());
    } catch (JsonException e) {
      return null; // more digits than are read
    }
  }

  private void takeUnread(Skim skim, String why, String shown) {
    String id = skim.id();
    Exchange exchange = id == null ? null : pending.remove(id);
    if (id == null || exchange == null) {
      tail.add("%s, not a message (%s): %s%n".formatted(source, why, shown));
    } else {
      exchange.answered();
      exchange.unread(skim);
      deliver(noAnswer(id, why));
    }
  }

  private static JSONRPCMessage noAnswer(Object id, String why) {
    return JSONRPCResponse.error(id, new JSONRPCError(NO_ANSWER, why, null));
  }

  private void deliver(JSONRPCMessage message) {
    Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> inbound = handler;
    if (inbound != null) {
      inbound.apply(Mono.just(message)).subscribe();
    }
  }

  // What goes

  /** Calls of tools in canonical form, so that what is sent is what was hashed. */
  static String encode(JSONRPCMessage message) throws IOException {
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

  /** Says that nobody waits for an answer any more. */
  static JSONRPCMessage cancelled(Object id) {
    return new JSONRPCNotification(
        "notifications/cancelled", Map.of("requestId", id, "reason", "no longer waited for"));
  }

  static <T> T convert(Object data, TypeRef<T> type) {
    return MAPPER.convertValue(data, type);
  }
}
