package dev.interlock.bench.fire;

import dev.interlock.core.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What happened outside the engine: what the servers wrote down, and what people said before the
 * engine heard of it. Thread-safe.
 */
final class Witness {
  /** Instance, item and employee of each yes of the manager, one for each. */
  private final Map<String, Integer> approved = new ConcurrentHashMap<>();

  private final Set<String> cleanups = ConcurrentHashMap.newKeySet();

  /** Instance and id of what was acknowledged, with its text. */
  private final Map<Sent, String> acknowledged = new ConcurrentHashMap<>();

  private final List<String> forbidden = Collections.synchronizedList(new ArrayList<>());

  /** What somebody sent. */
  record Sent(String instance, String id) {}

  /**
   * A line of a server's log.
   *
   * @param what {@code got} or {@code did}; the rest of a {@code did} but key and tool is empty
   * @param at on the clock that all processes of a machine share
   */
  record Line(
      String what,
      long at,
      String key,
      String tool,
      String instance,
      String caller,
      Map<String, Object> args,
      String way) {}

  static List<Line> read(Path log) throws IOException {
    List<Line> lines = new ArrayList<>();
    if (Files.exists(log)) {
      for (String text : Files.readString(log, StandardCharsets.UTF_8).split("\n", -1)) {
        if (text.endsWith("}")) { // a process was killed while it wrote another
          lines.add(line(Json.parseObject(text)));
        }
      }
    }
    return lines;
  }

  private static Line line(Map<String, Object> object) {
    return new Line(
        text(object, "what"),
        ((Number) object.getOrDefault("at", 0L)).longValue(),
        text(object, "key"),
        text(object, "tool"),
        text(object, "instance"),
        text(object, "caller"),
        object.get("args") instanceof Map<?, ?>
            ? Json.parseObject(Json.write(object.get("args")))
            : Map.of(),
        text(object, "way"));
  }

  private static String text(Map<String, Object> object, String name) {
    return String.valueOf(object.getOrDefault(name, ""));
  }

  static String grant(String instance, @Nullable Object item, @Nullable Object employee) {
    return instance + " " + item + " " + employee;
  }

  void approves(String grant) {
    approved.merge(grant, 1, Integer::sum);
  }

  int approvals(String grant) {
    return approved.getOrDefault(grant, 0);
  }

  void cleansUp(String instance) {
    cleanups.add(instance);
  }

  boolean cleanedUp(String instance) {
    return cleanups.contains(instance);
  }

  void acknowledged(String instance, String id, String text) {
    acknowledged.put(new Sent(instance, id), text);
  }

  Map<Sent, String> acknowledged() {
    return acknowledged;
  }

  void forbidden(String what) {
    forbidden.add(what);
  }

  List<String> forbidden() {
    synchronized (forbidden) {
      return List.copyOf(forbidden);
    }
  }
}
