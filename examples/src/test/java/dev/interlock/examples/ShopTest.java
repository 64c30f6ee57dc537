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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server of the order service, in a process of its own with a database of its own. */
class ShopTest {
  private static final Map<String, Object> ORDER = Map.of("order_id", "W-1001");
  private static final Map<String, Object> ANA = Map.of("email", "ana@example.com");
  private static final Map<String, Object> STEEL =
      Map.of(
          "order_id", "W-1001",
          "lines", List.of("1"),
          "variants", List.of("kettle-steel"),
          "payment_method", "gift-1",
          "difference", "5.00");

  private static final Map<String, Object> CANCEL =
      Map.of("order_id", "W-1001", "reason", "no longer needed");

  @TempDir private Path data;

  private McpToolHost server() {
    return new McpToolHost(
        Map.of(
            "shop",
            new ServerConfig.Command(
                List.of("python3", "server.py"),
                Map.of("SHOP_DATA", data.toString()),
                Example.ORDER_SERVICE.folder())));
  }

  private static Answer call(McpToolHost host, String tool, Map<String, Object> args, String key) {
    return host.call(
        new ToolCall(
            "shop." + tool,
            args,
            key,
            "case",
            new Principal("ana@example.com"),
            Duration.ofMinutes(1),
            Example.ORDER_SERVICE.machine().tool("shop." + tool).locked().hash()));
  }

  private static String returned(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Returned.class);
    return ((Answer.Returned) answer).text();
  }

  @Test
  void changeIsMadeOnceForItsKeyAlsoByTheNextProcess() {
    try (McpToolHost host = server()) {
      assertThat(returned(call(host, "made_by_key", Map.of("key", "k/1"), ""))).contains("false");
      String first = returned(call(host, "change_items", STEEL, "k/1"));
      assertThat(returned(call(host, "change_items", STEEL, "k/1"))).isEqualTo(first);
    }
    try (McpToolHost host = server()) {
      returned(call(host, "change_items", STEEL, "k/1"));
      assertThat(returned(call(host, "made_by_key", Map.of("key", "k/1"), ""))).contains("true");
      assertThat(returned(call(host, "payment_methods", ANA, ""))).contains("\"35.00\"");
      assertThat(returned(call(host, "order", ORDER, "")))
          .contains("\"items_changed\": true", "\"79.85\"");
    }
  }

  @Test
  void changeThatDoesNotFitIsAnErrorAndChangesNothing() {
    try (McpToolHost host = server()) {
      List<Map<String, Object>> wrong =
          List.of(
              with("difference", "4.99"),
              with("variants", List.of("kettle-glass")),
              with("variants", List.of("kettle-blue")),
              with("lines", List.of("7")),
              with("lines", List.of()),
              with("payment_method", "gift-9"),
              with("order_id", "W-1002"),
              with("order_id", "W-9"));
      String before = returned(call(host, "order", ORDER, ""));
      wrong.forEach(args ->
          assertThat(call(host, "change_items", args, "k/" + args))
              .as("%s", args)
              .isInstanceOf(Answer.Failed.class));

      assertThat(returned(call(host, "order", ORDER, ""))).isEqualTo(before);
      assertThat(returned(call(host, "payment_methods", ANA, ""))).contains("\"40.00\"");
    }
  }

  @Test
  void keyIsForOneChangeOnly() {
    try (McpToolHost host = server()) {
      returned(call(host, "cancel_order", CANCEL, "k/2"));

      assertThat(call(host, "cancel_order", with(CANCEL, "order_id", "W-2001"), "k/2"))
          .isInstanceOf(Answer.Failed.class);
      assertThat(returned(call(host, "order", Map.of("order_id", "W-2001"), "")))
          .contains("\"pending\"");
    }
  }

  private static Map<String, Object> with(String argument, Object value) {
    return with(STEEL, argument, value);
  }

  private static Map<String, Object> with(Map<String, Object> of, String argument, Object value) {
    Map<String, Object> changed = new HashMap<>(of);
    changed.put(argument, value);
    return changed;
  }

  /** The machine and the real server understand each other: nothing of this scenario is canned. */
  @Test
  void caseGoesThroughWithTheRealServer() {
    String scenario =
        """
        scenario: steel for white
        caller: ana@example.com
        steps:
          - user: The steel kettle in W-1001, please.
          - model: [{call: record, with: {wish: a steel kettle}}]
          - model: [{call: shop.order, with: {order_id: W-1001}}, {call: shop.product, with: {product_id: kettle}}]
          - model: [{call: shop.change_items, with: {order_id: W-1001, lines: ["1"], variants: [kettle-steel], payment_method: gift-1, difference: "5.00"}}]
          - model: May I?
          - answer: {as: ana@example.com, say: approved}
          - model: [{call: shop.order, with: {order_id: W-1001}}]
          - model: [{call: shop.cancel_order, with: {order_id: W-1001, reason: no longer needed}}]
          - expect: {refused: [{rule: a pending order whose items were changed stays as it is}]}
          - model: [{call: record, with: {done: true}}]
          - expect: {state: Done}
        """;
    try (McpToolHost host = server()) {
      assertThat(
              ScenarioRunner.run(
                      Example.ORDER_SERVICE.machine(),
                      List.of(new Source("real.yaml", scenario)),
                      host)
                  .problems())
          .isEmpty();
    }
  }
}
