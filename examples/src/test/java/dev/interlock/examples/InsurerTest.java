package dev.interlock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.agent.McpToolHost;
import dev.interlock.agent.ServerConfig;
import dev.interlock.core.engine.ToolHost.Answer;
import dev.interlock.core.engine.ToolHost.ToolCall;
import dev.interlock.core.machine.Principal;
import dev.interlock.testkit.scenario.ScenarioRunner;
import dev.interlock.testkit.scenario.ScenarioRunner.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server of auto-claim, in a process of its own with a database of its own. */
class InsurerTest {
  private static final Map<String, Object> PAYMENT =
      Map.of("policy", "P-100", "iban", "DE89370400440532013000", "amount", "312.5");
  private static final Map<String, Object> ANA = Map.of("email", "ana@example.com");

  @TempDir private Path data;

  private McpToolHost server() {
    return new McpToolHost(
        Map.of(
            "claims",
            new ServerConfig.Command(
                List.of("python3", "server.py"),
                Map.of("CLAIMS_DATA", data.toString()),
                Example.AUTO_CLAIM.folder())));
  }

  private static Answer call(McpToolHost host, String tool, Map<String, Object> args, String key) {
    return host.call(
        new ToolCall(
            "claims." + tool,
            args,
            key,
            "case",
            new Principal("ana@example.com"),
            Duration.ofMinutes(1),
            Example.AUTO_CLAIM.machine().tool("claims." + tool).locked().hash()));
  }

  private static String returned(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Returned.class);
    return ((Answer.Returned) answer).text();
  }

  @Test
  void paymentIsMadeOnceForItsKeyAlsoAtTheSameTime() {
    try (McpToolHost host = server()) {
      List<CompletableFuture<Answer>> together =
          IntStream.range(0, 4)
              .mapToObj(i -> CompletableFuture.supplyAsync(() -> call(host, "pay", PAYMENT, "k/1")))
              .toList();

      assertThat(together.stream().map(one -> returned(one.join())).distinct())
          .singleElement()
          .asString()
          .contains("\"312.50\"");
    }
    try (McpToolHost host = server()) {
      returned(call(host, "pay", PAYMENT, "k/1"));
      assertThat(returned(call(host, "paid_by_key", Map.of("key", "k/1"), ""))).contains("true");
      assertThat(returned(call(host, "paid_by_key", Map.of("key", "k/2"), ""))).contains("false");
      assertThat(returned(call(host, "history", ANA, ""))).isEqualTo("{\"paid\": [\"312.50\"]}");
    }
  }

  @Test
  void whatCannotBeDoneIsAnError() {
    Map<String, Object> other =
        Map.of("policy", "P-100", "iban", "DE89370400440532013000", "amount", "312.51");
    try (McpToolHost host = server()) {
      returned(call(host, "pay", PAYMENT, "k/1"));

      assertThat(call(host, "pay", other, "k/1")).isInstanceOf(Answer.Failed.class);
      assertThat(call(host, "policy", Map.of("email", "mallory@example.com"), ""))
          .isInstanceOf(Answer.Failed.class);
      assertThat(call(host, "quote", Map.of("policy", "P-200", "reference", "Q-7"), ""))
          .isInstanceOf(Answer.Failed.class);
    }
  }

  /** The machine and the real server understand each other: nothing of this scenario is canned. */
  @Test
  void caseGoesThroughWithTheRealServer() {
    String scenario =
        """
        scenario: a dented bumper
        caller: ana@example.com
        steps:
          - user: Somebody hit my parked car.
          - model: [{call: record, with: {what: a dented bumper}}]
          - model: The form, please.
          - user: ""
            attach: {photos: [photos/bumper.png, photos/paint.png]}
            form: {happened: "2026-01-02", iban: DE89370400440532013000}
          - model: [{call: claims.quote, with: {reference: Q-7}}, {call: record, with: {ready: true}}]
          - expect: {state: Paid, fields: {payable: "312.35"}}
        """;
    try (McpToolHost host = server()) {
      assertThat(
              ScenarioRunner.run(
                      Example.AUTO_CLAIM.machine(),
                      List.of(
                          new Source("real.yaml", scenario, Path.of("auto-claim", "scenarios"))),
                      host)
                  .problems())
          .isEmpty();
      assertThat(returned(call(host, "history", ANA, ""))).contains("312.35");
    }
  }
}
