package dev.interlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.cli.session.UnderWay;
import dev.interlock.core.engine.ToolHost.Progress;
import dev.interlock.core.engine.Watcher.Working;
import dev.interlock.core.engine.Watcher.Writing;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.testkit.HostileEndpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How far a call is, seen while it runs. */
class WorkingTest {
  @TempDir private Path here;

  @Test
  void watchTellsHowFarACallIs() throws IOException {
    CountDownLatch seen = new CountDownLatch(2);
    try (HostileEndpoint endpoint = new HostileEndpoint()) {
      endpoint.odd((request, out) -> {
        Object token = Json.at(Json.parseObject(request.body()), "/params/_meta/progressToken");
        HostileEndpoint.events(out);
        while (seen.getCount() > 0) {
          HostileEndpoint.raw(
              out,
              "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":%s}\n\n"
                  .formatted(
                      Json.write(
                          Map.of(
                              "progressToken",
                              token,
                              "progress",
                              1L,
                              "total",
                              2L,
                              "message",
                              "half"))));
          Thread.sleep(20);
        }
        HostileEndpoint.raw(out, "data: " + HostileEndpoint.text(request, "done") + "\n\n");
        throw new IOException("hung up");
      });
      Path far = folder(endpoint);
      try (Cli.Running up = Cli.in(far).start("up")) {
        up.sees("Ctrl-C stops it.");
        Cli.in(far).run("start", "--id", "case-1", "--as", "ana", "--no-wait", "Go").ok();
        try (Cli.Running pieces = Cli.in(far).start("watch", "--json", "--pieces");
            Cli.Running one = Cli.in(far).onTerminal().start("watch", "case-1")) {
          pieces.sees(
              "{\"working\":{\"call\":1,\"done\":1,\"instance\":\"case-1\",\"message\":\"half\","
                  + "\"total\":2}}\n");
          seen.countDown();
          one.awaitErr("no. 1: 1 of 2, half");
          seen.countDown();
          one.sees("Well done.");
        }
      }
    }
  }

  private Path folder(HostileEndpoint endpoint) throws IOException {
    Cli.in(here).run("new", "far", "--from", "h", "--url", "" + endpoint.url()).ok();
    Path far = here.resolve("far");
    Files.writeString(
        far.resolve("machine.yaml"),
        """
        machine: far
        version: 1
        tools:
          h.odd: {effect: read, timeout: PT1M}
        initial: Work
        states:
          Work:
            goal: Call it.
            tools: all
            otherwise: Done
          Done: {type: final}
        """);
    Files.writeString(far.resolve("script.yaml"), "replies: [[{call: h.odd}], Well done.]\n");
    Cli.in(here).run("lock", "-C", "far").ok();
    return far;
  }

  @Test
  void theNewerIsShownOnOneLine() {
    UnderWay underWay = new UnderWay();
    assertThat(underWay.shown()).isEmpty();

    underWay.take(new Writing("i", 1, 1, 0, "Good "));
    underWay.take(new Writing("i", 1, 1, 5, "morning."));
    assertThat(underWay.shown()).isEqualTo("the model writes: Good morning.");

    underWay.take(
        new Working(
            "i", 3, new Progress(Decimal.of("0.5"), null, "\u001b[2Jone\n" + "x".repeat(60))));
    assertThat(underWay.shown())
        .startsWith("no. 3: 0.5, ")
        .doesNotContain("\u001b", "\n")
        .hasSizeLessThan(70);

    underWay.take(new Working("i", 3, new Progress(Decimal.of(1), Decimal.of(2), "")));
    assertThat(underWay.shown()).isEqualTo("no. 3: 1 of 2");
    underWay.clear();
    assertThat(underWay.shown()).isEmpty();
  }
}
