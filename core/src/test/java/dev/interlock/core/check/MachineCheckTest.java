package dev.interlock.core.check;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no walk is sure to come to. */
class MachineCheckTest {
  /** Of a budget of the machine a state's own way does not count, unless it ends or escalates. */
  @Test
  void spentBudgetOfTheMachineLeadsPastAStateThatGoesOn() {
    String machine =
        """
        machine: spent
        version: 1
        initial: Work
        states:
          Work: {goal: Work., otherwise: Done, budgets: {turns: 5}, over: {turns: Wind, default: Done}}
          Wind: {goal: Wind up., otherwise: Done, over: {default: Done}}
          Done: {type: final}
          Spent: {type: final, outcome: spent}
        anywhere:
          over: {turns: Spent, default: Done}
        """;
    var loaded = MachineLoader.load("machine.yaml", machine, ToolLock.EMPTY);
    assertThat(loaded.diagnostics()).isEmpty();

    assertThat(MachineCheck.of(requireNonNull(loaded.machine())).findings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "context.sum < 100 | context.sum < 1000 | false", // a case of the other
        "context.sum < 100 | context.sum >= 100 | false",
        "context.sum < 100 | context.sum > 50 | true",
        "context.sum < 100 | context.sum * 2 > 100 | false", // not known
      })
  void guardsOverlapWhereNeitherIsACaseOfTheOther(String first, String second, boolean overlap) {
    String machine =
        """
        machine: cases
        version: 1
        context:
          sum: {type: integer, source: agent}
        initial: Work
        states:
          Work:
            goal: Work.
            record: [sum]
            transitions:
              - {target: A, requires: [sum], guard: FIRST}
              - {target: B, requires: [sum], guard: SECOND}
            otherwise: B
          A: {type: final}
          B: {type: final}
        """
            .replace("FIRST", first)
            .replace("SECOND", second);
    var loaded = MachineLoader.load("machine.yaml", machine, ToolLock.EMPTY);
    assertThat(loaded.diagnostics()).isEmpty();

    assertThat(MachineCheck.of(requireNonNull(loaded.machine())).findings())
        .filteredOn(it -> it.code() == Code.OVERLAP)
        .hasSize(overlap ? 1 : 0);
  }

  /** Each is true for some values and false for others, however they are told apart. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "context.t1 != context.t2 && context.t1 != context.t3 && context.t1 != context.t4 && context.t2 != context.t3 && context.t2 != context.t4 && context.t3 != context.t4",
        "5 < context.n1 && context.n1 < context.n2 && context.n2 < context.n3 && context.n3 < context.n4 && context.n4 < 5.01",
        "size(context.t1) > 8",
        "context.t1.startsWith('ab') && context.t1 != 'abc' && size(context.t1) == 21",
        "!(context.t1.startsWith('Dear') && size(context.t1) > 40)",
        "'a' in context.l && 'b' in context.l && !('c' in context.l) && size(context.l) == 5",
        "size(context.m) == 3",
        "context.o.a == 'x' && context.o.b == 'y' && context.o.c == 'z' && context.o.d > 5 && context.o.e < 3",
      })
  void guardThatSomeValuesMeetIsNotSaidToBeNeverOrAlwaysTrue(String guard) {
    String machine =
        """
        machine: met
        version: 1
        context:
          t1: {type: string, source: agent}
          t2: {type: string, source: agent}
          t3: {type: string, source: agent}
          t4: {type: string, source: agent}
          n1: {type: decimal, source: agent}
          n2: {type: decimal, source: agent}
          n3: {type: decimal, source: agent}
          n4: {type: decimal, source: agent}
          l: {type: string, many: true, source: agent}
          m: {type: object, additionalProperties: {type: string}, source: agent}
          o: {type: object, source: agent, properties: {a: {type: string}, b: {type: string}, c: {type: string}, d: {type: integer}, e: {type: integer}}}
        initial: Work
        states:
          Work:
            goal: Work.
            record: [t1, t2, t3, t4, n1, n2, n3, n4, l, m, o]
            transitions:
              - {target: A, requires: [t1, t2, t3, t4, n1, n2, n3, n4, l, m, o], guard: "GUARD"}
            otherwise: B
          A: {type: final}
          B: {type: final}
        """
            .replace("GUARD", guard);
    var loaded = MachineLoader.load("machine.yaml", machine, ToolLock.EMPTY);
    assertThat(loaded.diagnostics()).isEmpty();

    assertThat(MachineCheck.of(requireNonNull(loaded.machine())).findings())
        .extracting(Finding::code)
        .doesNotContain(Code.NEVER_TRUE, Code.ALWAYS_TRUE, Code.UNREACHABLE, Code.NEVER_MET);
  }
}
