package dev.interlock.temporal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/** Answers HTTP on this machine only. */
public final class Loopback implements AutoCloseable {
  private static final Pattern HERE =
      Pattern.compile("(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d+)?");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private Loopback(HttpServer server) {
    this.server = server;
  }

  /**
   * Listens.
   *
   * @param port 0 means any that is free
   * @param handler of every path; what it is given is closed after it
   * @throws java.net.BindException if somebody else listens there
   */
  public static Loopback open(int port, HttpHandler handler) throws IOException {
    Loopback opened =
        new Loopback(
            HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
    opened.server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String host = exchange.getRequestHeaders().getFirst("Host");
            if (host != null && HERE.matcher(host).matches()) {
              handler.handle(exchange);
            } else { // a page whose name was made to mean this machine
              send(exchange, 403, "expected a request to 127.0.0.1");
            }
          }
        });
    opened.server.setExecutor(opened.threads);
    opened.server.start();
    return opened;
  }

  /** Where it listens. */
  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers with a text, in UTF-8. */
  public static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
