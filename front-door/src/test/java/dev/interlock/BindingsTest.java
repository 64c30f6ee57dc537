package dev.interlock;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.load.Diagnostic;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BindingsTest {
  private static final String MACHINE =
      """
      machine: shop
      version: 1
      tools:
        shop.find: {effect: read}
        shpo.refund: {effect: write}
      budgets: {cost: 1.50}
      initial: Work
      states:
        Work: {goal: Work., tools: all, otherwise: Done, budgets: {turns: 3, cost: 1}}
        Done: {type: final}
        Escalate: {type: escalation, desk: nosuchdesk}
      """;

  private static List<String> check(String text) {
    Configuration configuration =
        requireNonNull(ConfigurationReader.read(Path.of("."), text, Map.of()).configuration());
    return Bindings.check(MACHINE, configuration, Set.of()).stream()
        .map(Diagnostic::toString)
        .toList();
  }

  @Test
  void whatIsNotThereIsNamedAtItsPlace() {
    assertThat(check("servers: {shop: {command: x}}\nmodel: {anthropic: m, key: k}\n"))
        .satisfiesExactly(
            problem ->
                assertThat(problem)
                    .startsWith("machine.yaml:5:3: found the server `shpo`")
                    .contains("did you mean `shop`?"),
            problem ->
                assertThat(problem)
                    .startsWith("machine.yaml:6:11: found a budget `cost`, and no price of")
                    .contains("prices: {m: {input: "),
            problem -> assertThat(problem).startsWith("machine.yaml:9:72: found a budget `cost`"),
            problem ->
                assertThat(problem).startsWith("machine.yaml:11:38: found the desk `nosuchdesk`"));
  }

  @Test
  void whatIsThereIsRight() {
    assertThat(
            check(
                """
                servers: {shop: {command: x}, shpo: {command: y}}
                model: {anthropic: m, key: k}
                prices: {m: {input: 3, output: 15}}
                desks: {nosuchdesk: {file: desk}}
                """))
        .isEmpty();
  }
}
