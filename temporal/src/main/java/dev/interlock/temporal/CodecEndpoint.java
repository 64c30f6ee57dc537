package dev.interlock.temporal;

import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.temporal.api.common.v1.Payloads;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Decodes payloads for Temporal's UI, which asks it from the browser: {@code POST /decode} and
 * {@code /encode} of {@code {"payloads": [...]}}. It listens on this machine only, and answers
 * pages of one origin only: whoever may ask it reads everything.
 */
public final class CodecEndpoint implements AutoCloseable {
  /** The largest request, in bytes. */
  private static final int MAX_REQUEST = 16 << 20;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final PayloadCodec codec;
  private final String origin;

  private CodecEndpoint(HttpServer server, PayloadCodec codec, String origin) {
    this.server = server;
    this.codec = codec;
    this.origin = origin;
  }

  /**
   * Listens.
   *
   * @param port 0 means any that is free
   * @param origin of the UI: {@code http://127.0.0.1:8233}
   */
  public static CodecEndpoint open(int port, PayloadCodec codec, String origin) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    CodecEndpoint endpoint = new CodecEndpoint(server, codec, origin);
    server.createContext("/", endpoint::answer);
    server.setExecutor(endpoint.threads);
    server.start();
    return endpoint;
  }

  /** Where it listens, for the UI's settings. */
  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String from = exchange.getRequestHeaders().getFirst("Origin");
      if (!origin.equals(from)) {
        send(exchange, 403, "found the origin " + from + ", expected " + origin);
        return;
      }
      var headers = exchange.getResponseHeaders();
      headers.set("Access-Control-Allow-Origin", origin);
      headers.set("Access-Control-Allow-Methods", "POST");
      headers.set("Access-Control-Allow-Headers", "content-type, x-namespace, authorization");
      headers.set("Vary", "Origin");
      String path = exchange.getRequestURI().getPath();
      if (exchange.getRequestMethod().equals("OPTIONS")) {
        exchange.sendResponseHeaders(204, -1);
      } else if (!exchange.getRequestMethod().equals("POST")
          || !(path.equals("/decode") || path.equals("/encode"))) {
        send(exchange, 404, "found " + path + ", expected POST of /decode or /encode");
      } else {
        coded(exchange, path.equals("/decode"));
      }
    }
  }

  private void coded(HttpExchange exchange, boolean decode) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_REQUEST + 1);
    if (body.length > MAX_REQUEST) {
      send(exchange, 413, "found more than %,d bytes".formatted(MAX_REQUEST));
      return;
    }
    try {
      Payloads.Builder asked = Payloads.newBuilder();
      JsonFormat.parser().merge(new String(body, StandardCharsets.UTF_8), asked);
      var coded =
          decode ? codec.decode(asked.getPayloadsList()) : codec.encode(asked.getPayloadsList());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      send(
          exchange,
          200,
          JsonFormat.printer().print(Payloads.newBuilder().addAllPayloads(coded).build()));
    } catch (IOException | PayloadCodecException e) {
      send(exchange, 400, String.valueOf(e.getMessage()));
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
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
