package dev.interlock;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.machine.Principal;
import dev.interlock.core.machine.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model's replies cost is spent, by the prices of the folder. */
class CostTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Principal ANA = new Principal("ana");

  private static final String REPLY =
      """
      {"id":"msg_1","type":"message","role":"assistant","model":"m-20260101",\
      "content":[{"type":"text","text":"Hello."}],"stop_reason":"end_turn","stop_sequence":null,\
      "usage":{"input_tokens":100000,"output_tokens":20000}}\
      """;

  @TempDir private Path folder;

  @Test
  void spentCostEscalates() throws Exception {
    HttpServer service =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    service.createContext(
        "/",
        exchange -> {
          byte[] reply = REPLY.getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("content-type", "application/json");
          exchange.sendResponseHeaders(200, reply.length);
          exchange.getResponseBody().write(reply);
          exchange.close();
        });
    service.start();
    Files.writeString(
        folder.resolve("machine.yaml"),
        """
        machine: talk
        version: 1
        budgets: {cost: 1.2}
        initial: Talk
        states:
          Talk: {goal: Talk., idle: {P2D: Escalate}}
          Escalate: {type: escalation, resume: [Talk]}
        anywhere:
          over: {default: Escalate}
        """);
    Files.writeString(
        folder.resolve("interlock.yaml"),
        """
        model: {anthropic: m, key: k, stream: false, url: "http://127.0.0.1:%d"}
        prices: {m: {input: 3.00, output: 15.00}}
        """
            .formatted(service.getAddress().getPort()));
    try (Interlock interlock = Interlock.openFolder(folder)) {
      interlock.engine().start(ANA, "talk", "a", null, Map.of());

      assertThat(told(interlock, "Hello?").spent().cost()).isEqualByComparingTo("0.6");
      Instance spent = told(interlock, "And?");
      assertThat(spent.spent().cost()).isEqualByComparingTo("1.2");
      assertThat(Objects.requireNonNull(spent.escalated()).reason()).isEqualTo(Reason.COST);
    } finally {
      service.stop(0);
    }
  }

  private static Instance told(Interlock interlock, String text) {
    interlock.engine().send(ANA, "a", null, text);
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!interlock.atRest("a")) {
      assertThat(System.nanoTime()).as("it comes to rest").isLessThan(end);
      Thread.onSpinWait();
    }
    return interlock.engine().get(ANA, "a").orElseThrow().instance();
  }
}
