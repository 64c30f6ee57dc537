package dev.interlock.bench.kill;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.json.Json;
import dev.interlock.engine.CrashPoints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** The tools of a {@link Server}. */
final class Tools implements ToolHost {
  private final int port;

  Tools(int port) {
    this.port = port;
  }

  @Override
  public List<Offered> offered(String server) {
    return List.of();
  }

  @Override
  public Answer call(ToolCall call) {
    try {
      if (call.tool().equals("d.by_key")) {
        boolean found = happened(String.valueOf(call.arguments().get("key")));
        String json = Json.write(Map.of("found", found));
        return new Answer.Returned(json, json);
      }
      String request = "%s %s %s".formatted(call.key(), call.tool(), call.arguments().get("token"));
      String answer = ask(request, "during-effect-of-" + call.tool());
      CrashPoints.pass("after-effect-of-" + call.tool());
      return switch (answer) {
        case "failed" -> new Answer.Failed("the server says that it failed", false, null);
        case "again" -> new Answer.Failed("the server is busy", true, null);
        default -> new Answer.Returned(answer, null);
      };
    } catch (IOException e) {
      return new Answer.Unknown(String.valueOf(e.getMessage()));
    }
  }

  /** Whether the server knows of an effect of that call. */
  boolean happened(String key) throws IOException {
    return Boolean.parseBoolean(ask("? " + key, "during-look-up"));
  }

  private String ask(String request, String point) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
      socket.getOutputStream().write((request + "\n").getBytes(StandardCharsets.UTF_8));
      CrashPoints.pass(point);
      String answer = in.readLine();
      if (answer == null) {
        throw new IOException("the server hung up");
      }
      return answer;
    }
  }

  @Override
  public void close() {}
}
