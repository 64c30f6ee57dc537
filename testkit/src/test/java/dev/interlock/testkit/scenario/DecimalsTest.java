package dev.interlock.testkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Decimals and derived fields in expectations. */
class DecimalsTest {
  private static final String MACHINE =
      """
      machine: prices
      version: 1
      tools: {d.look: {effect: read}}
      context:
        price: {type: decimal, source: agent}
        twice: {type: decimal, is: context.price + context.price}
        goods:
          type: object
          properties:
            cost: {type: decimal, many: true}
            name: {type: string}
          source: tool
          from: d.look
          key: args.item
      initial: Work
      states:
        Work:
          goal: Ask.
          tools: all
          record: [price]
          idle: {P1D: Done}
        Done: {type: final}
      """;

  private static Machine machine() {
    Map<String, Object> schema =
        Map.of("type", "object", "properties", Map.of("item", Map.of("type", "string")));
    ToolLock.Read lock =
        ToolLock.lock("tools.lock", List.of(new Offered("d.look", "Looks.", schema)));
    MachineLoader.Loaded loaded = MachineLoader.load("machine.yaml", MACHINE, lock.lock());
    assertThat(loaded.diagnostics()).isEmpty();
    return Objects.requireNonNull(loaded.machine());
  }

  private static String problems(String fields) {
    String scenario =
        """
        scenario: prices
        caller: ana
        tools: {d.look: [{returns: {name: "1.0", cost: ["2.50", 3]}}]}
        steps:
          - user: Hello
          - expect: {unset: twice}
          - model: [{call: record, with: {price: "12.50"}}, {call: d.look, with: {item: a}}]
          - model: Here you are.
          - expect: {fields: %s}
        """
            .formatted(fields);
    return Diagnostic.format(
        ScenarioRunner.run(machine(), List.of(new ScenarioRunner.Source("test.yaml", scenario)))
            .results()
            .getFirst()
            .problems());
  }

  @Test
  void decimalIsWrittenAsTextOrNumber() {
    assertThat(problems("{price: \"12.50\", twice: 25}")).isEmpty();
    assertThat(problems("{price: 12.5, twice: \"25.00\"}")).isEmpty();
    assertThat(problems("{goods: {a: {name: \"1.0\", cost: [\"2.5\", \"3.00\"]}}}")).isEmpty();
  }

  @Test
  void otherValueIsNoDecimalForIt() {
    assertThat(problems("{twice: \"25.01\"}")).contains("found field twice 25, expected 25.01");
    assertThat(problems("{price: a lot}")).contains("expected \"a lot\"");
    assertThat(problems("{goods: {a: {name: 1, cost: [2.5, 3]}}}")).contains("\"name\":1");
    assertThat(problems("{goods: {a: {name: \"1.0\", cost: [2.5, 3], more: 1}}}"))
        .contains("\"more\":1");
  }
}
