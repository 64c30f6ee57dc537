package dev.interlock.anthropic;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** An endpoint that answers every request the same, and keeps what it was sent. */
final class Stub implements AutoCloseable {
  /** What it was sent. */
  record Request(String line, Map<String, List<String>> headers, String body) {}

  /** How it answers. */
  interface Answer {
    void to(HttpExchange exchange) throws IOException;
  }

  final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
  private final HttpServer server;

  Stub(Answer answer) {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          requests.add(
              new Request(
                  exchange.getRequestMethod() + " " + exchange.getRequestURI(),
                  Map.copyOf(exchange.getRequestHeaders()),
                  body));
          answer.to(exchange);
        });
    server.start();
  }

  /** One that answers with a JSON text and headers (names and values in turn). */
  static Stub answering(int status, String json, String... headers) {
    return new Stub(exchange -> send(exchange, status, json, headers));
  }

  static void send(HttpExchange exchange, int status, String text, String... headers)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "application/json");
    for (int i = 0; i < headers.length; i += 2) {
      exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
    }
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  AnthropicModel.Builder model() {
    return AnthropicModel.builder()
        .model("claude-test-1")
        .key("sk-ant-api03-test")
        .url(url())
        .streaming(false);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
