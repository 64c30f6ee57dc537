import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A small MCP server: JSON-RPC, one message a line, over stdin and stdout. It needs nothing but Java,
 * and runs from this file: java server/Rooms.java. Logs go to stderr; stdout belongs to the protocol.
 */
public class Rooms {
  static final Path BOOKINGS = Path.of("bookings.txt");
  static final Map<String, Object> SEATS = ordered("oak", 8, "elm", 4, "ash", 12);

  static final String TOOLS =
      """
      {"tools":[
       {"name":"free","description":"The rooms that are free, and how many seats they have.",
        "inputSchema":{"type":"object","properties":{},"additionalProperties":false}},
       {"name":"book","description":"Books a room for a person.",
        "inputSchema":{"type":"object","properties":{
          "room":{"type":"string","description":"The room's name."},
          "person":{"type":"string","description":"Who it is booked for."}},
         "required":["room","person"],"additionalProperties":false}}]}
      """;

  public static void main(String[] args) throws IOException {
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.isBlank()) {
        continue;
      }
      Map<String, Object> request = object(new Json(line).value());
      if (request.containsKey("id")) { // what has no id is a notification, and gets no answer
        String id = "\"jsonrpc\":\"2.0\",\"id\":" + Json.write(request.get("id"));
        out.println("{" + id + "," + answer(request).replace("\n", "") + "}");
      }
    }
  }

  static String answer(Map<String, Object> request) throws IOException {
    Map<String, Object> params = object(request.getOrDefault("params", Map.of()));
    return switch (String.valueOf(request.get("method"))) {
      case "initialize" ->
          "\"result\":{\"protocolVersion\":"
              + Json.write(params.getOrDefault("protocolVersion", "2025-06-18"))
              + ",\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"rooms\",\"version\":\"1\"}}";
      case "ping" -> "\"result\":{}";
      case "tools/list" -> "\"result\":" + TOOLS;
      case "tools/call" -> "\"result\":" + call(params);
      default -> "\"error\":{\"code\":-32601,\"message\":\"no such method\"}";
    };
  }

  static String call(Map<String, Object> params) throws IOException {
    Map<String, Object> args = object(params.getOrDefault("arguments", Map.of()));
    return switch (String.valueOf(params.get("name"))) {
      case "free" -> {
        List<Object> rooms = new ArrayList<>();
        SEATS.forEach((room, seats) -> rooms.add(ordered("room", room, "seats", seats)));
        yield result(Map.of("rooms", rooms), false);
      }
      case "book" -> book(String.valueOf(args.get("room")), String.valueOf(args.get("person")));
      default -> result(Map.of("error", "no such tool"), true);
    };
  }

  static String book(String room, String person) throws IOException {
    if (!SEATS.containsKey(room)) {
      return result(Map.of("error", "there is no room " + room), true);
    }
    Files.writeString(
        BOOKINGS, room + " for " + person + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return result(ordered("room", room, "number", Files.readAllLines(BOOKINGS).size()), false);
  }

  static String result(Map<String, Object> value, boolean error) {
    String json = Json.write(value);
    String text = "\"content\":[{\"type\":\"text\",\"text\":" + Json.write(json) + "}]";
    return "{" + text + ",\"structuredContent\":" + json + ",\"isError\":" + error + "}";
  }

  /** Names and values in turn; they are written in this order. */
  static Map<String, Object> ordered(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(String.valueOf(pairs[i]), pairs[i + 1]);
    }
    return map;
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(Object value) {
    return value instanceof Map<?, ?> ? (Map<String, Object>) value : Map.of();
  }

  /** As much of JSON as a server needs. */
  static class Json {
    final String text;
    int at;

    Json(String text) {
      this.text = text;
    }

    Object value() {
      char c = next();
      switch (c) {
        case '{' -> {
          Map<String, Object> map = new LinkedHashMap<>();
          for (char n = next(); n != '}'; n = next()) {
            if (n == ',') {
              continue;
            }
            String key = string();
            next(); // the colon
            map.put(key, value());
          }
          return map;
        }
        case '[' -> {
          List<Object> list = new ArrayList<>();
          for (char n = next(); n != ']'; n = next()) {
            if (n != ',') {
              at--;
              list.add(value());
            }
          }
          return list;
        }
        case '"' -> {
          return string();
        }
        default -> {
          int start = at - 1;
          while (at < text.length() && ",]} \t".indexOf(text.charAt(at)) < 0) {
            at++;
          }
          String word = text.substring(start, at);
          return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> "";
            default -> word.matches("-?[0-9]{1,18}") ? (Object) Long.valueOf(word) : (Object) Double.valueOf(word);
          };
        }
      }
    }

    /** The next character that is not white space. */
    char next() {
      while (Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      return text.charAt(at++);
    }

    /** The rest of a string whose opening quote was read. */
    String string() {
      StringBuilder string = new StringBuilder();
      for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
        if (c != '\\') {
          string.append(c);
          continue;
        }
        char escaped = text.charAt(at++);
        switch (escaped) {
          case 'n' -> string.append('\n');
          case 't' -> string.append('\t');
          case 'r' -> string.append('\r');
          case 'b' -> string.append('\b');
          case 'f' -> string.append('\f');
          case 'u' -> {
            string.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
            at += 4;
          }
          default -> string.append(escaped);
        }
      }
      return string.toString();
    }

    static String write(Object value) {
      if (value instanceof Map<?, ?> map) {
        List<String> members = new ArrayList<>();
        map.forEach((key, member) -> members.add(write(key) + ":" + write(member)));
        return "{" + String.join(",", members) + "}";
      }
      if (value instanceof List<?> list) {
        return "[" + String.join(",", list.stream().map(Json::write).toList()) + "]";
      }
      if (value instanceof Number || value instanceof Boolean) {
        return value.toString();
      }
      StringBuilder string = new StringBuilder("\"");
      for (char c : String.valueOf(value).toCharArray()) {
        if (c == '"' || c == '\\') {
          string.append('\\').append(c);
        } else if (c < ' ') {
          string.append("\\u%04x".formatted((int) c));
        } else {
          string.append(c);
        }
      }
      return string.append('"').toString();
    }
  }
}
