package dev.interlock.temporal;

import com.google.protobuf.util.JsonFormat;
import com.sun.net.httpserver.HttpExchange;
import io.temporal.api.common.v1.Payloads;
import io.temporal.payload.codec.PayloadCodec;
import io.temporal.payload.codec.PayloadCodecException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Decodes payloads for Temporal's UI, which asks it from the browser: {@code POST /decode} and
 * {@code /encode} of {@code {"payloads": [...]}}. It listens on this machine only, and answers
 * pages of one origin only: whoever may ask it reads everything.
 */
public final class CodecEndpoint implements AutoCloseable {
  /** The largest request, in bytes. */
  private static final int MAX_REQUEST = 16 << 20;

  private final PayloadCodec codec;
  private final String origin;
  private final Loopback loopback;

  private CodecEndpoint(int port, PayloadCodec codec, String origin) throws IOException {
    this.codec = codec;
    this.origin = origin;
    this.loopback = Loopback.open(port, this::answer);
  }

  /**
   * Listens.
   *
   * @param port 0 means any that is free
   * @param origin of the UI: {@code http://127.0.0.1:8233}
   */
  public static CodecEndpoint open(int port, PayloadCodec codec, String origin) throws IOException {
    return new CodecEndpoint(port, codec, origin);
  }

  /** Where it listens, for the UI's settings. */
  public String address() {
    return loopback.address();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String from = exchange.getRequestHeaders().getFirst("Origin");
    if (!origin.equals(from)) {
      Loopback.send(exchange, 403, "found the origin " + from + ", expected " + origin);
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
      Loopback.send(exchange, 404, "found " + path + ", expected POST of /decode or /encode");
    } else {
      coded(exchange, path.equals("/decode"));
    }
  }

  private void coded(HttpExchange exchange, boolean decode) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_REQUEST + 1);
    if (body.length > MAX_REQUEST) {
      Loopback.send(exchange, 413, "found more than %,d bytes".formatted(MAX_REQUEST));
      return;
    }
    try {
      Payloads.Builder asked = Payloads.newBuilder();
      JsonFormat.parser().merge(new String(body, StandardCharsets.UTF_8), asked);
      var coded =
          decode ? codec.decode(asked.getPayloadsList()) : codec.encode(asked.getPayloadsList());
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      Loopback.send(
          exchange,
          200,
          JsonFormat.printer().print(Payloads.newBuilder().addAllPayloads(coded).build()));
    } catch (IOException | PayloadCodecException e) {
      Loopback.send(exchange, 400, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    loopback.close();
  }
}
