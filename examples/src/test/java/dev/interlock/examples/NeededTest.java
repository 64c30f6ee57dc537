package dev.interlock.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.check.MachineCheck;
import dev.interlock.core.machine.Machine;
import dev.interlock.testkit.scenario.ScenarioRunner;
import dev.interlock.testkit.scenario.ScenarioRunner.Source;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Nothing stands in a machine for show: take a part away, and {@code check} says something that it
 * did not say before, a property is no longer proven, or a scenario fails.
 */
class NeededTest {
  static Stream<Arguments> parts() {
    return Stream.of(Example.values())
        .flatMap(example -> parts(example).map(part -> Arguments.of(example, part)));
  }

  /** Paths of the rules, and of what else keeps the model from something. */
  private static Stream<String> parts(Example example) {
    Map<?, ?> machine = Without.read(example.text("machine.yaml"));
    Set<String> parts = new LinkedHashSet<>();
    items("rules", machine.get("rules"), parts);
    if (machine.get("rules") instanceof List<?> rules) {
      for (int i = 0; i < rules.size(); i++) {
        members(
            "rules/" + i,
            rules.get(i),
            List.of("when", "ask", "atMost", "people", "notFrom", "unless"),
            parts);
      }
    }
    if (machine.get("properties") instanceof List<?> properties) { // `eventually` is not monitored
      for (int i = 0; i < properties.size(); i++) {
        if (properties.get(i) instanceof Map<?, ?> property && property.containsKey("before")) {
          parts.add("properties/" + i);
        }
      }
    }
    if (machine.get("tools") instanceof Map<?, ?> tools) {
      tools.forEach((name, tool) -> {
        if (tool instanceof Map<?, ?> keys) {
          if (keys.get("set") instanceof Map<?, ?> set) {
            set.keySet()
                .forEach(argument -> parts.add("tools/%s/set/%s".formatted(name, argument)));
          }
          if (keys.get("forgets") instanceof List<?> fields) {
            fields.forEach(field -> parts.add("tools/*/forgets/" + field));
          }
        }
        members("tools/*", tool, List.of("probe"), parts);
      });
    }
    if (machine.get("context") instanceof Map<?, ?> fields) {
      fields.forEach((name, field) -> members("context/" + name, field, List.of("once"), parts));
    }
    if (machine.get("states") instanceof Map<?, ?> states) {
      states.forEach((name, state) -> {
        members("states/" + name, state, List.of("people", "notFrom", "clears"), parts);
        if (state instanceof Map<?, ?> keys && keys.get("transitions") instanceof List<?> ways) {
          for (int i = 0; i < ways.size(); i++) {
            String way = "states/%s/transitions/%d".formatted(name, i);
            parts.add(way);
            members(way, ways.get(i), List.of("guard", "clears"), parts);
          }
        }
      });
    }
    return parts.stream();
  }

  private static void items(String path, @Nullable Object list, Set<String> parts) {
    if (list instanceof List<?> items) {
      for (int i = 0; i < items.size(); i++) {
        parts.add(path + "/" + i);
      }
    }
  }

  private static void members(String path, Object map, List<String> keys, Set<String> parts) {
    if (map instanceof Map<?, ?> members) {
      keys.stream().filter(members::containsKey).forEach(key -> parts.add(path + "/" + key));
    }
  }

  @ParameterizedTest
  @MethodSource("parts")
  void withoutItSomethingIsSaidOrAScenarioFails(Example example, String part) {
    Machine without = example.loaded(Without.part(example.text("machine.yaml"), part)).machine();

    boolean needed =
        without == null
            || !MachineCheck.of(without).findings().isEmpty()
            || !MachineCheck.of(without).proven().containsAll(proven(example))
            || example.scenarios().stream().anyMatch(one -> fails(without, one));
    assertThat(needed).as("something is said without %s, or a scenario fails", part).isTrue();
  }

  private static List<String> proven(Example example) {
    return MachineCheck.of(example.machine()).proven();
  }

  private static boolean fails(Machine machine, Source scenario) {
    return !ScenarioRunner.run(machine, List.of(scenario)).passed();
  }
}
