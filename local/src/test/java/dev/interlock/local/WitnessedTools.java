package dev.interlock.local;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Tools whose only effect is a line with the call's key in a log; a look-up by key reads it. */
final class WitnessedTools implements ToolHost {
  private static final long SLOW_MILLIS = 15;

  private final Witness log;

  WitnessedTools(Witness log) {
    this.log = log;
  }

  @Override
  public List<Offered> offered(String server) {
    return List.of();
  }

  @Override
  public Answer call(ToolCall call) {
    try {
      if (call.tool().equals("d.by_key")) {
        String key = String.valueOf(call.arguments().get("key"));
        boolean found = log.lines().stream().anyMatch(line -> line.startsWith(key + " "));
        String json = Json.write(Map.of("found", found));
        return new Answer.Returned(json, json);
      }
      if (call.instance().hashCode() % 2 == 0) {
        Thread.sleep(SLOW_MILLIS);
      }
      log.append("%s %s %s".formatted(call.key(), call.tool(), call.instance()));
      CrashPoints.pass("after-effect-of-" + call.tool());
      return new Answer.Returned("done", null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      return new Answer.Failed("it was interrupted before it did anything", true, null);
    }
  }

  @Override
  public void close() {}
}
