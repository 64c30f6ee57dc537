package dev.interlock.examples;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.machine.Machine;
import dev.interlock.core.machine.Rule;
import dev.interlock.testkit.scenario.ScenarioRunner;
import dev.interlock.testkit.scenario.ScenarioRunner.Source;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The manual of the order service, sentence by sentence: each stands in the machine and is shown.
 */
class PolicyTest {
  private static final Example DESK = Example.ORDER_SERVICE;
  private static final Pattern SENTENCE = Pattern.compile("(?m)^([0-9]+)\\. (.+)\\.$");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([0-9]+) \\| (rule|`[^`]+`) \\| ([a-z-]+) \\|$");

  /**
   * A sentence of the manual.
   *
   * @param place the path of what it is in the machine
   * @param scenario the file of a scenario that fails without it
   */
  record Sentence(int number, String text, String place, String scenario) {
    @Override
    public String toString() {
      return number + ". " + text;
    }
  }

  static List<Sentence> sentences() {
    String manual = DESK.text("POLICY.md");
    Map<Integer, String> texts =
        SENTENCE
            .matcher(manual)
            .results()
            .collect(toMap(found -> Integer.valueOf(found.group(1)), found -> found.group(2)));
    List<String> rules = rules();
    List<Sentence> sentences =
        ROW.matcher(manual)
            .results()
            .map(row -> {
              int number = Integer.parseInt(row.group(1));
              String text = Objects.requireNonNull(texts.get(number));
              String place =
                  row.group(2).equals("rule")
                      ? "rules/" + rules.indexOf(rule(text))
                      : row.group(2).replace("`", "");
              return new Sentence(number, text, place, row.group(3) + ".yaml");
            })
            .toList();
    assertThat(sentences)
        .extracting(Sentence::number)
        .containsExactlyElementsOf(new TreeMap<>(texts).keySet());
    return sentences;
  }

  private static List<String> rules() {
    return DESK.machine().rules().stream().map(Rule::sentence).toList();
  }

  /** The sentence as a rule has it: no capital, no full stop. */
  private static String rule(String sentence) {
    return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
  }

  @Test
  void everyRuleIsASentenceOfTheManual() {
    Stream<String> sentences = sentences().stream().map(one -> rule(one.text()));

    assertThat(sentences).containsAll(rules());
  }

  @ParameterizedTest
  @MethodSource("sentences")
  void withoutTheSentenceItsScenarioFails(Sentence sentence) {
    String without = Without.part(DESK.text("machine.yaml"), sentence.place());

    // The machine's own call needs what is set: there is no machine without it.
    Machine machine = DESK.loaded(without).machine();
    boolean needed =
        machine == null
            ? sentence.place().endsWith("/set")
            : !passes(machine, DESK.scenario(sentence.scenario()));
    assertThat(needed).isTrue();
  }

  private static boolean passes(Machine machine, Source scenario) {
    return ScenarioRunner.run(machine, List.of(scenario)).passed();
  }
}
