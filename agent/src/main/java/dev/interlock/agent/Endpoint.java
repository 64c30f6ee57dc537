package dev.interlock.agent;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** HTTP requests of one session with a server. Thread-safe. */
final class Endpoint {
  static final String JSON = "application/json";
  static final String EVENTS = "text/event-stream";
  static final String BROKEN = "the connection broke";

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final String SESSION = "mcp-session-id";

  private final ServerConfig.Url config;
  private volatile HttpClient client;
  private @Nullable HttpClient before;
  private boolean closed;
  private volatile @Nullable String session;
  private volatile @Nullable String version;

  Endpoint(ServerConfig.Url config) {
    this.config = config;
    this.client = made();
  }

  private static HttpClient made() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1) // a request has its connection for itself
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(CONNECT)
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .build();
  }

  /** From now on requests are of the session that this response opens, if it does. */
  void opened(HttpResponse<?> response) {
    session = response.headers().firstValue(SESSION).orElse(null);
  }

  boolean inSession() {
    return session != null;
  }

  /** From now on requests name this version of the protocol. */
  void speaks(String negotiated) {
    version = negotiated;
  }

  /** Whether it is known which version of the protocol is spoken. */
  boolean speaks() {
    return version != null;
  }

  HttpResponse<InputStream> post(BodyPublisher message) throws IOException, InterruptedException {
    return send(to(JSON + ", " + EVENTS).POST(message));
  }

  /** The status alone. */
  int post(BodyPublisher message, Duration most) throws IOException, InterruptedException {
    return status(to(JSON + ", " + EVENTS).timeout(most).POST(message));
  }

  /** A stream of what the server says, from behind an event on if one is given. */
  HttpResponse<InputStream> get(@Nullable String lastEvent)
      throws IOException, InterruptedException {
    HttpRequest.Builder get = to(EVENTS).GET();
    if (lastEvent != null) {
      get.header("last-event-id", lastEvent);
    }
    return send(get);
  }

  /** Ends the session. */
  int delete(Duration most) throws IOException, InterruptedException {
    return status(to(JSON).timeout(most).DELETE());
  }

  /** By what it is spoken to now. */
  HttpClient client() {
    return client;
  }

  /**
   * A connection broke: those that are kept to the same end may be as dead, and are not used again.
   * What is under way on others goes on.
   *
   * @param by what it was made by
   */
  synchronized void broke(HttpClient by) {
    if (!closed && by.equals(client)) {
      if (before != null) {
        before.shutdown();
      }
      before = client;
      client = made();
    }
  }

  /** What is under way breaks off. */
  synchronized void close() {
    closed = true;
    client.shutdownNow();
    if (before != null) {
      before.shutdownNow();
    }
  }

  private HttpRequest.Builder to(String accept) {
    HttpRequest.Builder request = HttpRequest.newBuilder(config.url());
    config.headers().forEach(request::header);
    request.header("accept", accept).header("content-type", JSON);
    String known = session;
    if (known != null) {
      request.header(SESSION, known);
    }
    String spoken = version;
    if (spoken != null) {
      request.header("mcp-protocol-version", spoken);
    }
    return request;
  }

  private HttpResponse<InputStream> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofInputStream());
  }

  private int status(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response = send(request);
    response.body().close();
    return response.statusCode();
  }

  /** Whether a response is good and of that type, as it is: nothing is decompressed. */
  static boolean is(HttpResponse<?> response, String type) {
    String found = response.headers().firstValue("content-type").orElse("");
    return response.statusCode() / 100 == 2
        && found.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(type)
        && response.headers().firstValue("content-encoding").isEmpty();
  }

  /** What a failure before anything was sent is called where users may see it. */
  static String unreached(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case UnresolvedAddressException unknown -> {
          return "its name is not known";
        }
        case SSLException insecure -> {
          return "no secure connection";
        }
        case HttpConnectTimeoutException slow -> {
          return "no connection within %d s".formatted(CONNECT.toSeconds());
        }
        default -> {}
      }
    }
    return e instanceof ConnectException ? "no connection" : BROKEN;
  }
}
