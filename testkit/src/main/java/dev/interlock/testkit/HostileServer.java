package dev.interlock.testkit;

import dev.interlock.core.json.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An MCP server over stdio that speaks the wire by hand, so that it can misbehave: each tool in its
 * own way, and some ways from the start, by the argument. A program of its own: {@link #main}.
 */
public final class HostileServer {
  /** What a flood writes, in bytes: more than anybody reads of a line. */
  public static final long FLOOD = 100L << 20;

  /** How many lines that are no messages come before an answer of {@code stray}. */
  public static final int STRAY_LINES = 100_000;

  private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

  private HostileServer() {}

  public static void main(String[] args) throws IOException {
    String way = args.length == 0 ? "" : args[0];
    if (way.equals("dies")) {
      System.err.println("no licence found");
      System.exit(7);
    }
    if (way.equals("chatty")) {
      line("Starting up … {not json");
      line("");
      line("{\"level\":\"info\",\"msg\":\"json, but no message\"}");
      line("[1, 2]");
      line("{\"jsonrpc\":\"2.0\",\"id\":\"nobody-asked\",\"result\":{}}");
    }
    if (way.equals("child")) {
      Process child = new ProcessBuilder("sleep", "600").inheritIO().start();
      Files.writeString(Path.of(args[1]), child.pid() + "\n");
    }
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line;
    while ((line = in.readLine()) != null) {
      Map<String, Object> message = Json.parseObject(line);
      Object method = message.getOrDefault("method", "");
      Object id = message.getOrDefault("id", "");
      if (method.equals("initialize")) {
        result(id, initialized());
      } else if (method.equals("tools/list")) {
        list(id, way, args);
      } else if (method.equals("notifications/cancelled")) {
        System.err.println("was told to cancel");
      } else if (method.equals("tools/call")) {
        call(id, line, String.valueOf(Json.at(message, "/params/name")));
      }
    }
    if (way.equals("stubborn") || way.equals("child")) {
      awaitForever();
    }
  }

  private static void awaitForever() {
    while (true) {
      try {
        Thread.sleep(60_000);
      } catch (InterruptedException e) {
        System.err.println("not interested");
      }
    }
  }

  private static Map<String, Object> initialized() {
    return Map.of(
        "protocolVersion", "2025-06-18",
        "capabilities", Map.of("tools", Map.of("listChanged", true)),
        "serverInfo", Map.of("name", "hostile", "version", "1"));
  }

  private static void list(Object id, String way, String... args) throws IOException {
    switch (way) {
      case "endless" -> result(id, page());
      case "flood" -> flood(id, true);
      case "schemas" -> result(id, schemas(args[1]));
      case "deep" ->
          line(
              """
              {"jsonrpc":"2.0","id":%s,"result":{"tools":[{"name":"deep","inputSchema":\
              {"type":"object","properties":{"x":{"enum":%s}}}}]}}\
              """
                  .formatted(Json.write(id), deep(1_000)));
      default -> result(id, tools(way, args));
    }
  }

  /** Tools with schemas that would cost whoever believes them. */
  private static Map<String, Object> schemas(String remote) {
    return Map.of(
        "tools",
        List.of(
            schema("remote", Map.of("$ref", remote)),
            schema("exponential", Map.of("type", "string", "pattern", "^(a+)+\\1$")),
            schema("levels", Map.of("enum", Json.parse(deep(90)))),
            schema("linear", Map.of("type", "string", "pattern", "^(a+)+$"))));
  }

  private static Map<String, Object> schema(String name, Map<String, Object> argument) {
    Map<String, Object> schema = Map.of("type", "object", "properties", Map.of("x", argument));
    return Map.of("name", name, "description", "Hostile.", "inputSchema", schema);
  }

  private static String deep(int levels) {
    return "[".repeat(levels) + "]".repeat(levels);
  }

  private static Map<String, Object> tools(String way, String... args) throws IOException {
    String description = way.equals("drifts") ? Files.readString(Path.of(args[1])) : "Harmless.";
    return Map.of(
        "tools",
        List.of(
                "calm",
                "flood",
                "endless",
                "nonsense",
                "odd",
                "deep",
                "nulls",
                "exact",
                "deaf",
                "hang",
                "works",
                "stray",
                "dies",
                "changed")
            .stream()
            .map(name -> tool(name, description))
            .toList());
  }

  private static Map<String, Object> tool(String name, String description) {
    return Map.of(
        "name", name, "description", description, "inputSchema", Map.of("type", "object"));
  }

  /** One of a list of tools without an end. */
  private static Map<String, Object> page() {
    String name = "tool_" + System.nanoTime();
    return Map.of("tools", List.of(tool(name, "One more.")), "nextCursor", name);
  }

  private static void call(Object id, String request, String tool) {
    switch (tool) {
      case "flood" -> flood(id, true);
      case "endless" -> flood("nobody", false);
      case "nonsense" -> {
        line("{\"jsonrpc\":\"2.0\",\"id\":" + Json.write(id) + "}");
        line("{\"jsonrpc\":\"2.0\",\"id\":" + Json.write(id) + ",\"result\":");
      }
      case "odd" -> result(id, Map.of("content", "not a list", "isError", "perhaps"));
      case "nulls" ->
          line(
              """
              {"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"two"}],\
              "structuredContent":{"list":[1,null]}}}\
              """
                  .formatted(Json.write(id)));
      case "exact" ->
          line(
              """
              {"jsonrpc":"2.0","id":%s,"result":{"content":[],"structuredContent":\
              {"big":9007199254740993,"small":0.1000,"long":12345678901234567890.123456789,\
              "none":null,"request":%s}}}\
              """
                  .formatted(Json.write(id), Json.write(request)));
      case "deaf" -> awaitForever();
      case "deep" ->
          line(
              """
              {"jsonrpc":"2.0","id":%s,"result":{"content":[],"structuredContent":{"x":%s}}}\
              """
                  .formatted(Json.write(id), deep(700)));
      case "hang" -> System.err.println("hangs: " + request);
      case "works" -> {
        Object token = Json.at(Json.parseObject(request), "/params/_meta/progressToken");
        for (int step = 1; step <= 2; step++) {
          line(
              "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":"
                  + Json.write(Map.of("progressToken", token, "progress", (long) step))
                  + "}");
        }
        result(id, text("worked"));
      }
      case "stray" -> {
        for (int i = 0; i < STRAY_LINES; i++) {
          OUT.print(
              i % 2 == 0 ? "took step " + i + "\n" : "{\"level\":\"info\",\"step\":" + i + "}\n");
        }
        result(id, text("after all"));
      }
      case "dies" -> System.exit(7);
      case "changed" -> {
        result(id, text("done"));
        line("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
      }
      default -> result(id, text("calm"));
    }
  }

  private static Map<String, Object> text(String text) {
    return Map.of("content", List.of(Map.of("type", "text", "text", text)));
  }

  private static void flood(Object id, boolean ends) {
    OUT.print("{\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"");
    String chunk = "x".repeat(1 << 16);
    for (long written = 0; written < FLOOD; written += chunk.length()) {
      OUT.print(chunk);
    }
    if (ends) {
      OUT.print("\"}]},\"jsonrpc\":\"2.0\",\"id\":" + Json.write(id) + "}\n");
    }
    OUT.flush();
  }

  private static void result(Object id, Map<String, Object> result) {
    line(Json.write(Map.of("jsonrpc", "2.0", "id", id, "result", result)));
  }

  private static void line(String text) {
    OUT.print(text + "\n");
    OUT.flush();
  }
}
