package dev.interlock.core.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IdentityTest {
  private static final String MACHINE =
      """
      machine: m
      version: 1
      title: What it is for
      constants: {most: 2}
      context:
        a: {type: string, source: agent}
        b: {type: string, source: agent}
      rules: []
      initial: A
      states:
        A:
          goal: Work.
          record: [a]
          transitions:
            - {target: B, requires: [a]}
            - {target: Done, requires: [b]}
        B:
          goal: Work on.
          otherwise: Done
        Done: {type: final}
      """;

  private static String identity(String text) {
    return MachineLoaderTest.load(text).identity();
  }

  @Test
  void looksMakeNoDifference() {
    String other =
        """
        # the same, written otherwise
        version: 1.0
        machine: "m"
        title: >-
          What it
          is for
        initial: A
        constants:
          most: 2.00   # a comment
        rules:
          []
        context:
          a: {source: agent, type: string}
          b: {source: agent, "type": 'string'}
        states: {A: {transitions: [{requires: [a], target: B},
            {target: Done, requires: [b]}], record: [a], goal: Work.},
          B: {otherwise: Done, goal: Work on.}, Done: {type: final}}
        """;

    assertThat(identity(other)).isEqualTo(identity(MACHINE)).hasSize(64).matches("[0-9a-f]+");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          version: 1 | version: 2
          most: 2 | most: 2.5
          most: 2 | most: "2"
          goal: Work. | goal: Work!
          record: [a] | record: [b]
          What it is for | What it was for
          goal: Work on. | goal: Work on., skip: true
          """)
  void meaningMakesADifference(String from, String to) {
    String changed = MACHINE.replace(from, to.replace(", skip", "\n    skip"));

    assertThat(changed).isNotEqualTo(MACHINE);
    assertThat(identity(changed)).isNotEqualTo(identity(MACHINE));
  }

  @Test
  void orderOfTransitionsAndStatesMakesADifference() {
    String transitions =
        MACHINE
            .replace("{target: B, requires: [a]}", "X")
            .replace("{target: Done, requires: [b]}", "{target: B, requires: [a]}")
            .replace("X", "{target: Done, requires: [b]}");
    String states =
        MACHINE
            .replace("  Done: {type: final}\n", "")
            .replace("states:\n", "states:\n  Done: {type: final}\n");

    assertThat(identity(transitions)).isNotEqualTo(identity(MACHINE));
    assertThat(identity(states)).isNotEqualTo(identity(MACHINE));
  }

  @Test
  void lockIsNotPartOfIt() {
    String text = MACHINE;
    MachineLoader.Loaded withoutTools = MachineLoader.load("m.yaml", text, ToolLock.EMPTY);

    assertThat(withoutTools.machine()).extracting("identity").isEqualTo(identity(text));
  }
}
