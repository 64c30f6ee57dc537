package dev.interlock.testkit.walk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.decide.Outcome;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Tool;
import dev.interlock.testkit.Decider;
import dev.interlock.testkit.MachineFolder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A walk that turns round at the door shows little of what is behind: over each example, walks
 * enter every state and send every write out.
 */
class EverywhereTest {
  /** Within how many patient walks; there are as many wild ones between them. */
  private static final long WALKS = 250;

  enum Example {
    IT_ACCESS("it-access", List.of()),
    AGENTIC("agentic", List.of()),
    /**
     * For these two a price difference must be named to the cent, of variants that were looked up
     * and are in stock, to be paid by a card that covers it: too much to come upon. The scenarios
     * of the example do.
     */
    ORDER_SERVICE("order-service", List.of("shop.change_items", "shop.exchange_items")),
    /** A week without a word: time goes by in walks, but hardly ever are all of them silent. */
    AUTO_CLAIM("auto-claim", List.of("Lapsed"));

    private final String folder;

    @SuppressWarnings("ImmutableEnumChecker") // of Set.copyOf
    private final Set<String> unmet;

    Example(String folder, List<String> unmet) {
      this.folder = folder;
      this.unmet = Set.copyOf(unmet);
    }
  }

  @ParameterizedTest
  @EnumSource(Example.class)
  void walksGoEverywhere(Example example) {
    Machine machine = MachineFolder.read(Path.of("..", "examples", example.folder)).machine();
    Set<String> missing = new TreeSet<>(machine.states().keySet());
    machine.tools().values().stream()
        .filter(tool -> tool.effect() == EffectClass.WRITE)
        .map(Tool::name)
        .forEach(missing::add);
    missing.removeAll(example.unmet);

    for (long walk = 0; walk < WALKS && !missing.isEmpty(); walk++) {
      Trail trail = Walk.over(machine, 2 * walk, Walk.STEPS, Decider.TRUE);
      missing.removeAll(met(trail).toList());
    }

    assertThat(missing).as("never entered, or never sent out").isEmpty();
  }

  private static Stream<String> met(Trail trail) {
    Map<Integer, String> tools = new HashMap<>();
    return trail.journal().stream()
        .flatMap(entry -> entry.outcomes().stream())
        .flatMap(outcome ->
            switch (outcome) {
              case Outcome.Entered entered -> Stream.of(entered.state());
              case Outcome.CallProposed proposed -> {
                tools.put(proposed.call(), proposed.tool());
                yield Stream.of();
              }
              case Outcome.CallDispatched out -> Stream.of(tools.getOrDefault(out.call(), ""));
              default -> Stream.of();
            });
  }
}
