package dev.interlock.agent;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The wire to an endpoint that speaks MCP's Streamable HTTP: a POST a message, whose response is
 * the answer or a stream of messages with the answer among them, and a GET for what the server says
 * of its own accord.
 *
 * <p>Unlike the SDK's own, it keeps no long answer in memory and still knows whose it is, keeps
 * numbers exact, knows of every request whether a byte of it left, tells what the HTTP status
 * means, gives an answer up as soon as none can come, and leaves it to its user to open another
 * session. A stream that breaks off is asked for the rest, if the server numbers its events. No
 * redirect is followed, and nothing is decompressed.
 */
final class HttpTransport implements Wire {
  /** The most requests that wait for their answers. */
  static final int MAX_IN_FLIGHT = 1_000;

  /** The most other messages that are under way; what comes on top is dropped. */
  static final int MAX_ASIDE = 16;

  /** How long a message that has no answer may take. */
  private static final Duration ASIDE = Duration.ofSeconds(10);

  /** How long the end of a session may take. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  /** How long after an answer the rest of its response is read, so that the connection is kept. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final Endpoint endpoint;
  private final Runnable toolsChanged;
  private final Tail tail;
  private final Inbox inbox;
  private final Map<Exchange, Thread> inFlight = new ConcurrentHashMap<>();
  private final Semaphore asides = new Semaphore(MAX_ASIDE);
  private volatile boolean tells;
  private volatile boolean listening;
  private volatile boolean forgotten;
  private volatile boolean stopped;
  private volatile @Nullable Thread listener;

  /**
   * @param toolsChanged told when the server says that its list of tools changed, or may have said
   *     so to nobody
   */
  HttpTransport(ServerConfig.Url config, Runnable toolsChanged) {
    this.endpoint = new Endpoint(config);
    this.toolsChanged = toolsChanged;
    this.tail = new Tail(config.headers().values());
    this.inbox = new Inbox("http", tail, toolsChanged);
  }

  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> inbound) {
    return Mono.fromRunnable(() -> inbox.deliverTo(inbound));
  }

  @Override
  public boolean hasEnded() {
    return forgotten || stopped;
  }

  @Override
  public void forgotten() {
    forgotten = true;
  }

  @Override
  public boolean isIdle() {
    return inbox.isIdle();
  }

  @Override
  public @Nullable String exit() {
    return null;
  }

  @Override
  public String lastWords() {
    return tail.asClause();
  }

  @Override
  public void opened(boolean tellsOfChanges) {
    tells = tellsOfChanges;
  }

  @Override
  public boolean hears() {
    return listening && tells;
  }

  // Requests

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.deferContextual(context -> {
      if (context.hasKey(McpAsyncClient.NEGOTIATED_PROTOCOL_VERSION)) {
        endpoint.speaks(context.get(McpAsyncClient.NEGOTIATED_PROTOCOL_VERSION));
      }
      if (!(message instanceof JSONRPCRequest request)) {
        return Mono.fromFuture(aside(message));
      }
      Exchange exchange =
          context.hasKey(Exchange.class) ? context.get(Exchange.class) : new Exchange();
      try {
        String body = Inbox.encode(message);
        if (stopped) {
          throw new IOException("the servers were closed");
        }
        if (inFlight.size() >= MAX_IN_FLIGHT) {
          throw new IOException(
              "%,d requests wait for its answers, the most that may (HttpTransport.MAX_IN_FLIGHT)"
                  .formatted(MAX_IN_FLIGHT));
        }
        inbox.expect(request, exchange);
        Thread thread = Thread.ofVirtual().unstarted(() -> converse(request, body, exchange));
        inFlight.put(exchange, thread);
        thread.start();
        return Mono.empty();
      } catch (IOException e) {
        return Mono.error(e);
      }
    });
  }

  private void converse(JSONRPCRequest request, String body, Exchange exchange) {
    String why = "it gave no answer";
    HttpClient client = endpoint.client();
    try {
      boolean inSession = endpoint.inSession();
      HttpResponse<InputStream> response = endpoint.post(new Letter(body, exchange));
      try (InputStream in = response.body()) {
        if (response.statusCode() / 100 != 2) {
          why = "it answered with HTTP " + response.statusCode();
          exchange.refused(Refusal.of(response, inSession));
          noteBody(response.statusCode(), in);
        } else {
          if (request.method().equals(McpSchema.METHOD_INITIALIZE)) {
            endpoint.opened(response);
          }
          why += " before its response ended";
          hear(response, in, exchange);
        }
      }
    } catch (IOException e) {
      if (inbox.expects(exchange)) {
        note("" + e);
      }
      if (exchange.drop()) {
        why = Endpoint.unreached(e);
      } else {
        endpoint.broke(client);
        why = Endpoint.BROKEN;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody waits any more
    } finally {
      inFlight.remove(exchange);
      inbox.giveUp(exchange, why);
    }
  }

  /** For operators. */
  private void note(String what) {
    tail.add("http: %s%n".formatted(tail.shown(what)));
  }

  /** What stands beside a status; it is not waited for. */
  private void noteBody(int status, InputStream in) {
    endSoon(Thread.currentThread());
    try {
      String said = new String(in.readNBytes(Tail.MAX_CHARACTERS), UTF_8);
      tail.add("http %d: %s%n".formatted(status, tail.shown(said)));
    } catch (IOException e) {
      tail.add("http %d%n".formatted(status));
    }
  }

  private void hear(HttpResponse<InputStream> response, InputStream in, Exchange exchange)
      throws IOException, InterruptedException {
    if (Endpoint.is(response, Endpoint.EVENTS)) {
      EventInput events = new EventInput(in, inbox);
      try {
        hear(events, exchange);
      } catch (IOException e) {
        if (events.lastId() == null) {
          throw e;
        }
      }
      hearRest(events, exchange);
    } else if (Endpoint.is(response, Endpoint.JSON)) {
      inbox.take(in);
    } else {
      note("a response that is no message: " + response.headers().map());
    }
  }

  private void hear(EventInput events, Exchange exchange) throws IOException {
    boolean expected = true;
    while (events.next()) {
      if (expected && !inbox.expects(exchange)) {
        expected = false;
        endSoon(Thread.currentThread());
      }
    }
  }

  /** A server may end a response early, or a connection break: it is asked to go on. */
  private void hearRest(EventInput begun, Exchange exchange)
      throws IOException, InterruptedException {
    EventInput events = begun;
    while (inbox.expects(exchange) && events.lastId() != null) {
      Thread.sleep(events.retry());
      HttpResponse<InputStream> response = endpoint.get(events.lastId());
      try (InputStream in = response.body()) {
        if (!Endpoint.is(response, Endpoint.EVENTS)) {
          return;
        }
        events = new EventInput(in, inbox, events);
        hear(events, exchange);
      } catch (IOException e) {
        note("" + e);
      }
    }
  }

  private static void endSoon(Thread thread) {
    CompletableFuture.delayedExecutor(LINGER.toMillis(), TimeUnit.MILLISECONDS)
        .execute(thread::interrupt);
  }

  @Override
  public void abandon(Exchange exchange) {
    Object id = exchange.id();
    Thread thread = inFlight.get(exchange);
    if (!inbox.giveUp(exchange, "abandoned") || id == null || thread == null) {
      return;
    }
    if (exchange.drop() || !endpoint.speaks()) { // the first request is never cancelled
      thread.interrupt();
    } else {
      var unused = aside(Inbox.cancelled(id)).whenComplete((done, failure) -> endSoon(thread));
    }
  }

  // What has no answer

  /** Ends when the server has taken it. */
  private CompletableFuture<Void> aside(JSONRPCMessage message) {
    if (!asides.tryAcquire()) {
      return CompletableFuture.failedFuture(
          new IOException(
              "%d messages are under way, the most that may be (HttpTransport.MAX_ASIDE)"
                  .formatted(MAX_ASIDE)));
    }
    CompletableFuture<Void> taken = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        int status = endpoint.post(BodyPublishers.ofString(Inbox.encode(message)), ASIDE);
        if (status / 100 != 2) {
          throw new IOException("it answered with HTTP " + status);
        }
        if (message instanceof JSONRPCNotification it
            && it.method().equals(McpSchema.METHOD_NOTIFICATION_INITIALIZED)) {
          listener = Thread.startVirtualThread(this::listen);
        }
        taken.complete(null);
      } catch (IOException | InterruptedException | RuntimeException e) {
        taken.completeExceptionally(e); // to whoever cares
      } finally {
        asides.release();
      }
    });
    return taken;
  }

  // What the server says of its own accord

  /** Listens for as long as the session lives, unless the server offers nothing to listen to. */
  private void listen() {
    Duration wait = EventInput.RETRY;
    EventInput events = null;
    try {
      while (!hasEnded()) {
        try {
          String last = events == null ? null : events.lastId();
          HttpResponse<InputStream> response = endpoint.get(last);
          try (InputStream in = response.body()) {
            Refusal refusal = Refusal.of(response, false);
            if (refusal != null && refusal.status() != 429) {
              return; // it offers no such stream, or forgot the session: a request will show
            }
            if (Endpoint.is(response, Endpoint.EVENTS)) {
              events =
                  events == null ? new EventInput(in, inbox) : new EventInput(in, inbox, events);
              wait = events.retry();
              listening = true;
              toolsChanged.run(); // what was said before was said to nobody
              while (events.next()) {
                wait = events.retry();
              }
            }
          }
        } catch (IOException e) {
          note("" + e);
        }
        listening = false;
        Thread.sleep(wait);
        Duration twice = wait.multipliedBy(2);
        wait = twice.compareTo(EventInput.MAX_RETRY) < 0 ? twice : EventInput.MAX_RETRY;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it was closed
    } finally {
      listening = false;
    }
  }

  // End

  @Override
  public void stop() {
    stopped = true;
    inbox.giveUpAll("the servers were closed");
    Thread ears = listener;
    if (ears != null) {
      ears.interrupt();
    }
    if (endpoint.inSession() && !forgotten) {
      try {
        var unused = endpoint.delete(FAREWELL);
      } catch (IOException e) {
        note("" + e); // it will be forgotten all the same
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    endpoint.close();
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(this::stop);
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return Inbox.convert(data, type);
  }
}
