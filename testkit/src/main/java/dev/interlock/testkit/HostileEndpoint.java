package dev.interlock.testkit;

import dev.interlock.core.json.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An MCP endpoint that speaks HTTP by hand, so that it can misbehave. It offers the tools {@code
 * calm}, which answers, and {@code odd}, and does for each JSON-RPC method (GET and DELETE by their
 * names) what it was told, else what is right.
 */
public final class HostileEndpoint implements AutoCloseable {
  /** What is done with a request. */
  @FunctionalInterface
  public interface Way {
    void take(Request request, OutputStream out) throws IOException, InterruptedException;
  }

  /**
   * A request as it came.
   *
   * @param what the JSON-RPC method, or GET or DELETE, or {@code response}
   * @param headers by their names in lower case
   */
  public record Request(String what, String path, Map<String, String> headers, String body) {
    /** Of the JSON-RPC message. */
    public Object id() {
      return Json.parseObject(body).getOrDefault("id", "");
    }

    /** Which tool is called. */
    public String tool() {
      return String.valueOf(Json.at(Json.parseObject(body), "/params/name"));
    }
  }

  private final List<Request> seen = new CopyOnWriteArrayList<>();
  private final ServerSocket listening;
  private final Map<String, Way> ways = new ConcurrentHashMap<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile String description = "Harmless.";

  /** Opened on a free port of this machine. */
  public HostileEndpoint() throws IOException {
    this(0);
  }

  /** Opened on a port of this machine, as one that was there before. */
  public HostileEndpoint(int port) throws IOException {
    listening = new ServerSocket();
    listening.setReuseAddress(true);
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
    on(
        "initialize",
        (request, out) -> json(out, "Mcp-Session-Id: s-1", initialized(request, true)));
    on("GET", (request, out) -> status(out, 405, ""));
    on("DELETE", (request, out) -> status(out, 200, ""));
    on("tools/list", (request, out) -> json(out, "", list(request)));
    on("ping", (request, out) -> json(out, "", result(request, "{}")));
    on("tools/call", (request, out) -> json(out, "", text(request, "calm")));
    Thread.startVirtualThread(this::accept);
  }

  /** The requests so far. */
  public List<Request> seen() {
    return List.copyOf(seen);
  }

  /** From now on all tools are described so; "Harmless." before. */
  public void describe(String text) {
    description = text;
  }

  /** Where it listens. */
  public URI url() {
    return URI.create("http://127.0.0.1:%d/mcp".formatted(listening.getLocalPort()));
  }

  /** From now on that is done with such a request. */
  public void on(String what, Way way) {
    ways.put(what, way);
  }

  /** What is done with a call of {@code odd}; {@code calm} stays calm. */
  public void odd(Way way) {
    on(
        "tools/call",
        (request, out) -> {
          if (request.tool().equals("odd")) {
            way.take(request, out);
          } else {
            json(out, "", text(request, "calm"));
          }
        });
  }

  /** How many of these came. */
  public long count(String what) {
    return seen.stream().filter(request -> request.what().equals(what)).count();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        open.add(socket);
        Thread.startVirtualThread(() -> serve(socket));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        Request request = read(in);
        seen.add(request);
        Way accepted = (it, out) -> status(out, 202, "");
        ways.getOrDefault(request.what(), accepted).take(request, socket.getOutputStream());
      }
    } catch (IOException | InterruptedException e) {
      // The client hung up, or this way ends in a broken connection.
    } finally {
      open.remove(socket);
    }
  }

  private static Request read(InputStream in) throws IOException {
    String[] first = line(in).split(" ", -1);
    Map<String, String> headers = new TreeMap<>();
    String line = line(in);
    while (!line.isEmpty()) {
      String[] header = line.split(": ", 2);
      headers.put(header[0].toLowerCase(Locale.ROOT), header[1]);
      line = line(in);
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    String what = first[0];
    if (what.equals("POST")) {
      what = String.valueOf(Json.parseObject(body).getOrDefault("method", "response"));
    }
    return new Request(what, first[1], headers, body);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next;
    while ((next = in.read()) != '\n') {
      if (next < 0) {
        throw new IOException("the end");
      }
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  // What it writes

  /** As it is. */
  public static void raw(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** A whole response. */
  public static void status(OutputStream out, int status, String body, String... headers)
      throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 %d Odd\r\n".formatted(status));
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    raw(out, head + "Content-Length: " + length + "\r\n\r\n" + body);
  }

  /** A whole response of JSON. */
  public static void json(OutputStream out, String header, String body) throws IOException {
    status(out, 200, body, "Content-Type: application/json", header.isEmpty() ? "X-A: b" : header);
  }

  /** Begins a stream of events that ends with the connection. */
  public static void events(OutputStream out) throws IOException {
    raw(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
  }

  /** An answer. */
  public static String result(Request request, String result) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}"
        .formatted(Json.write(request.id()), result);
  }

  /** The answer of a tool. */
  public static String text(Request request, String text) {
    return result(
        request, Json.write(Map.of("content", List.of(Map.of("type", "text", "text", text)))));
  }

  /** The answer of the first request; {@code tells} if changes of the tools are told. */
  public static String initialized(Request request, boolean tells) {
    return result(
        request,
        Json.write(
            Map.of(
                "protocolVersion", "2025-06-18",
                "capabilities", Map.of("tools", Map.of("listChanged", tells)),
                "serverInfo", Map.of("name", "hostile", "version", "1"))));
  }

  /** The answer with the list of tools. */
  public String list(Request request) {
    return result(request, Json.write(Map.of("tools", List.of(offered("calm"), offered("odd")))));
  }

  private Map<String, Object> offered(String name) {
    return Map.of(
        "name", name, "description", description, "inputSchema", Map.of("type", "object"));
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
