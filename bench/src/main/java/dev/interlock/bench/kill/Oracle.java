package dev.interlock.bench.kill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the driver was told by engines that it killed: what people sent, and what was acknowledged.
 * It alone writes that down, and nothing counts that was not told.
 */
final class Oracle {
  /** What became of a request that an engine answered. */
  enum Became {
    TAKEN,
    AGAIN,
    REJECTED
  }

  /**
   * A request and its answer.
   *
   * @param seq of the entry if it was taken
   */
  record Answered(Request request, Became became, int seq) {}

  private final List<String> lines = new ArrayList<>();
  private final List<Answered> answered = new ArrayList<>();

  /** Those that were sent and not answered, by their lines. */
  private final Map<String, Request> open = new LinkedHashMap<>();

  /** Takes a line of an engine, if it is one that a sound engine says. */
  boolean hears(String line) {
    String[] parts = line.split(" ", 3);
    switch (parts[0]) {
      case "try" -> {
        String request = line.substring("try ".length());
        open.put(request, Request.of(request));
      }
      case "taken", "again", "rejected" -> {
        String request = parts[2];
        open.remove(request);
        answered.add(
            new Answered(
                Request.of(request),
                switch (parts[0]) {
                  case "taken" -> Became.TAKEN;
                  case "again" -> Became.AGAIN;
                  default -> Became.REJECTED;
                },
                Integer.parseInt(parts[1])));
      }
      default -> {
        return false;
      }
    }
    lines.add(line);
    return true;
  }

  /** What may have to be sent again, in the order in which it was sent. */
  List<Request> unsettled() {
    List<Request> again = open.values().stream().filter(Request::repeatable).toList();
    open.clear();
    return again;
  }

  List<Answered> answered() {
    return List.copyOf(answered);
  }

  /** Everything that was told. */
  List<String> lines() {
    return List.copyOf(lines);
  }
}
