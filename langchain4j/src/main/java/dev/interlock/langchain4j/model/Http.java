package dev.interlock.langchain4j.model;

import dev.interlock.core.engine.RetryAfter;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * HTTP as LangChain4j asks for it, on the thread that asks: an interrupt breaks the connection off.
 * What is read is bounded, in bytes and in time, and a failure keeps its {@code Retry-After}, which
 * LangChain4j's own clients do not do. Thread-safe.
 */
final class Http implements HttpClient {
  /** The most bytes of a reply that are read. */
  static final int MAX_REPLY = 8 << 20;

  /** The most bytes of an error that are read. */
  static final int MAX_ERROR = 1 << 16;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  private final java.net.http.HttpClient client;
  private final Duration timeout;

  private Http(Duration timeout) {
    this.timeout = timeout;
    this.client =
        java.net.http.HttpClient.newBuilder()
            .version(java.net.http.HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout.compareTo(CONNECT_TIMEOUT) < 0 ? timeout : CONNECT_TIMEOUT)
            .build();
  }

  /** Makes them with a time-out of ours, whatever LangChain4j would set. */
  record Settings(Duration timeout) implements HttpClientBuilder {
    @Override
    public Duration connectTimeout() {
      return timeout;
    }

    @Override
    public HttpClientBuilder connectTimeout(Duration other) {
      return this;
    }

    @Override
    public Duration readTimeout() {
      return timeout;
    }

    @Override
    public HttpClientBuilder readTimeout(Duration other) {
      return this;
    }

    @Override
    public HttpClient build() {
      return new Http(timeout);
    }
  }

  /** More than is read. It is not worth a retry. */
  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException() {
      super("more than %,d bytes (Http.MAX_REPLY), the most that is read".formatted(MAX_REPLY));
    }
  }

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    try (Exchange exchange = new Exchange(request)) {
      byte[] body = exchange.body.readAllBytes();
      return successful(exchange.response, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    try (Exchange exchange = new Exchange(request)) {
      listener.onOpen(successful(exchange.response, null));
      parser.parse(exchange.body, listener);
      listener.onClose();
    } catch (IOException | RuntimeException e) { // to whoever listens
      listener.onError(e);
    }
  }

  private static SuccessfulHttpResponse successful(
      HttpResponse<?> response, byte @Nullable [] body) {
    return SuccessfulHttpResponse.builder()
        .statusCode(response.statusCode())
        .headers(response.headers().map())
        .body(body)
        .build();
  }

  /** One request, and the success that answers it. */
  private final class Exchange implements AutoCloseable {
    final HttpResponse<InputStream> response;
    final Body body;

    /**
     * Sends it and waits for the headers.
     *
     * @throws Failures.Status if they say anything but success
     */
    Exchange(HttpRequest request) throws IOException {
      long deadline = System.nanoTime() + timeout.toNanos();
      this.response = send(request);
      this.body = new Body(response.body(), deadline);
      if (response.statusCode() / 100 != 2) {
        try (body) {
          String said = new String(body.readNBytes(MAX_ERROR), StandardCharsets.UTF_8);
          throw new Failures.Status(response.statusCode(), said, retryAfter(response.headers()));
        }
      }
    }

    private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
      java.net.http.HttpRequest.Builder sent =
          java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
              .timeout(timeout)
              .method(
                  request.method().name(),
                  request.body() == null
                      ? BodyPublishers.noBody()
                      : BodyPublishers.ofString(request.body()));
      request.headers().forEach((name, values) -> values.forEach(it -> sent.header(name, it)));
      try {
        return client.send(sent.build(), BodyHandlers.ofInputStream());
      } catch (HttpTimeoutException e) {
        throw late(e);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      body.close();
    }
  }

  private IOException late(IOException e) {
    return new IOException("no reply within " + timeout, e);
  }

  /** A reply, of which no more is read than may be, and for no longer. */
  private final class Body extends FilterInputStream {
    private final CompletableFuture<Void> guard;
    private volatile boolean late;
    private int read;

    Body(InputStream in, long deadline) {
      super(in);
      Executor then =
          CompletableFuture.delayedExecutor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      this.guard = CompletableFuture.runAsync(this::breakOff, then);
    }

    private void breakOff() {
      late = true;
      try {
        super.close(); // whoever reads gets an exception
      } catch (IOException e) {
        // it is closed all the same
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      try {
        int got = super.read(into, offset, length);
        read += Math.max(0, got);
        if (read > MAX_REPLY) {
          throw new TooLongException();
        }
        if (got < 0 && late) {
          throw late(new IOException("it was broken off"));
        }
        return got;
      } catch (TooLongException e) {
        throw e;
      } catch (IOException e) {
        throw late ? late(e) : e;
      }
    }

    @Override
    public void close() throws IOException {
      guard.cancel(false);
      super.close();
    }
  }

  static @Nullable Duration retryAfter(HttpHeaders headers) {
    return RetryAfter.of(headers.firstValue("retry-after"), headers.firstValue("date"));
  }
}
