package dev.interlock.core.bounds;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.interlock.core.engine.ToolHost;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tables that can be checked by hand. */
class BoundsTest {
  private static Machine machine(String text) {
    var loaded = MachineLoader.load("machine.yaml", text, ToolLock.EMPTY);
    assertThat(loaded.diagnostics()).isEmpty();
    return requireNonNull(loaded.machine());
  }

  private static Bounds.OfState state(Bounds bounds, String name) {
    return bounds.states().stream().filter(it -> it.state().equals(name)).findFirst().orElseThrow();
  }

  /** State, visits, turns, calls, writes, seconds of a visit. */
  private static List<String> table(Bounds bounds) {
    return bounds.states().stream()
        .map(it ->
            it.state() + " " + numbers(it.visits(), it.turns(), it.calls(), it.writes(), it.time()))
        .toList();
  }

  private static String numbers(Bound... bounds) {
    return Stream.of(bounds)
        .map(Bound::most)
        .map(most -> most == null ? "-" : most.toString())
        .collect(Collectors.joining(" "));
  }

  @Test
  void exampleOfTheDesignHasTheseBounds() throws Exception {
    Path folder = Path.of("..", "examples", "it-access");
    ToolLock lock =
        ToolLock.read("tools.lock", Files.readString(folder.resolve("tools.lock"))).lock();
    Machine machine =
        requireNonNull(
            MachineLoader.load(
                    "machine.yaml", Files.readString(folder.resolve("machine.yaml")), lock)
                .machine());

    Bounds bounds = Bounds.of(machine);

    assertThat(table(bounds))
        .containsExactly(
            "CollectRequirements 1 40 0 0 259200",
            "Identify 1 0 1 0 10",
            "Act 1 10 50 3 259200",
            "Summarize 1 40 50 50 259200",
            "Done 1 0 0 0 0",
            "Withdrawn 1 0 0 0 0",
            "Escalate 1 0 0 0 -");
    assertThat(
            bounds.tools().stream()
                .map(it ->
                    "%s %s %d"
                        .formatted(it.tool(), numbers(it.calls(), it.happened()), it.attempts())))
        .containsExactly(
            "it.find_user 1 1 3",
            "it.reset_password 50 1 1",
            "it.reset_by_key 0 0 3",
            "it.device_catalogue 50 50 3",
            "it.grant_device 50 2 1",
            "it.grant_by_key 0 0 3",
            "it.send_mail 50 50 1");
    assertThat(numbers(bounds.total().turns(), bounds.total().calls(), bounds.total().writes()))
        .isEqualTo("40 50 50");
    assertThat(numbers(bounds.total().time(), bounds.total().escalated())).isEqualTo("259200 -");
    assertThat(state(bounds, "Act").turns().by()).isEqualTo("budgets.turns of Act");
    assertThat(state(bounds, "Act").writes().by())
        .isEqualTo(
            "1 by the rule \"one reset in one case\" + 2 by the rule \"at most two devices in one case\"");
    assertThat(state(bounds, "CollectRequirements").visits().by()).isEqualTo("it is on no cycle");
    assertThat(bounds.total().turns().by()).isEqualTo("budgets.turns");
  }

  @Test
  void totalsAreThoseOfTheWorstWayThroughTheMachine() {
    Bounds bounds =
        Bounds.of(
            machine(
                """
                machine: fork
                version: 1
                context: {long: {type: boolean, source: agent}}
                initial: Ask
                states:
                  Ask:
                    goal: Ask.
                    record: [long]
                    budgets: {turns: 3, tokens: 1000}
                    transitions: [{target: Long, requires: [long]}]
                    otherwise: Short
                    after: {PT1H: Done}
                  Long:  {goal: Long., budgets: {turns: 7, tokens: 500}, otherwise: Wait, after: {PT2H: Done, PT1H30M: Done}}
                  Short: {goal: Short., budgets: {turns: 4, tokens: 900}, otherwise: Done, after: {PT2H: Done}}
                  Wait:  {type: wait, after: {PT0.5S: Done}}
                  Done:  {type: final}
                anywhere: {over: {default: Done}}
                """));

    assertThat(table(bounds))
        .containsExactly(
            "Ask 1 3 0 0 3600",
            "Long 1 7 0 0 5400",
            "Short 1 4 0 0 7200",
            "Wait 1 0 0 0 1",
            "Done 1 0 0 0 0");
    assertThat(bounds.total().turns()).isEqualTo(Bound.of(10, "that of Ask + Long"));
    assertThat(bounds.total().tokens()).isEqualTo(Bound.of(1900, "that of Ask + Short"));
    assertThat(bounds.total().time()).isEqualTo(Bound.of(10_800, "that of Ask + Short"));
    assertThat(bounds.total().escalated()).isEqualTo(Bound.of(0, "nothing takes any"));
    assertThat(bounds.total().cost().most()).isNull();
  }

  /** Each of these ways alone makes a cycle, or leads to a state. */
  @Test
  void everyKindOfWayLeadsToMoreVisits() {
    for (String way :
        List.of(
            "after: {PT1H: Work}",
            "after: [{at: now, target: Work}]",
            "idle: {PT1H: Work}",
            "on: {again: Work}",
            "otherwise: Work",
            "otherwise: Back",
            "over: {turns: Work}, budgets: {turns: 2}",
            "transitions: [{target: Work}]")) {
      Bounds bounds =
          Bounds.of(
              machine(
                  """
                  machine: cycle
                  version: 1
                  events: {again: {by: [caller]}, never: {}}
                  budgets: {visits: 6}
                  initial: Work
                  states:
                    Work: {goal: Work., %s}
                    Back: {type: choice, transitions: [{target: Done, guard: run.turns > 3}], otherwise: Look}
                    Look: {goal: Look., otherwise: back, budgets: {visits: 2}}
                    Never: {type: wait, after: {PT1H: Done}}
                    Done: {type: final}
                  anywhere: {on: {never: Never}, over: {default: Done}}
                  """
                      .formatted(way)));

      boolean back = way.equals("otherwise: Back");
      assertThat(numbers(state(bounds, "Work").visits())).as(way).isEqualTo(back ? "3" : "6");
      assertThat(numbers(state(bounds, "Look").visits())).as(way).isEqualTo(back ? "2" : "0");
      assertThat(numbers(state(bounds, "Never").visits())).as(way).isEqualTo("0");
    }
  }

  @Test
  void stateIsNotEnteredMoreOftenThanOthersAreLeftForIt() {
    Bounds bounds =
        Bounds.of(
            machine(
                """
                machine: pair
                version: 1
                initial: Work
                states:
                  Work:  {goal: Work., otherwise: Check, budgets: {visits: 3, turns: 5}}
                  Check: {goal: Check., otherwise: Work, budgets: {turns: 4}}
                  Done:  {type: final}
                anywhere: {over: {default: Done}}
                """));

    assertThat(table(bounds))
        .containsExactly("Work 3 15 0 0 2592000", "Check 3 12 0 0 2592000", "Done 1 0 0 0 0");
    assertThat(state(bounds, "Check").visits().by()).isEqualTo("the visits of Work");
    assertThat(state(bounds, "Check").turns().by())
        .isEqualTo("4 (budgets.turns of Check) × 3 (the visits of Work)");
    assertThat(bounds.total().turns()).isEqualTo(Bound.of(27, "that of Work + Check"));
  }

  /** While an outcome is unknown no timer of a state fires, and nobody knows how long that is. */
  @Test
  void timerEndsNoVisitInWhichAnOutcomeMayBeUnknown() {
    String text =
        """
        machine: unsure
        version: 1
        tools: {d.pay: {effect: EFFECT}}
        initial: Pay
        states:
          Pay:    {type: call, call: d.pay, on: {ok: Done, failed: Late}, over: {outcome-unknown: Unsure}}
          Unsure: {type: escalation, after: {P1D: Late}}
          Late:   {type: escalation, after: {P2D: Done}}
          Done:   {type: final}
        anywhere: {over: {default: Done}}
        """;

    assertThat(table(Bounds.of(tool(text.replace("EFFECT", "write")))))
        .containsExactly(
            "Pay 1 0 1 1 30", "Unsure 1 0 0 0 -", "Late 1 0 0 0 172800", "Done 1 0 0 0 0");
    assertThat(table(Bounds.of(tool(text.replace("EFFECT", "read")))))
        .containsExactly(
            "Pay 1 0 1 0 30", "Unsure 1 0 0 0 86400", "Late 1 0 0 0 172800", "Done 1 0 0 0 0");
    assertThat(Bounds.of(tool(text.replace("EFFECT", "read"))).total().escalated().most())
        .isEqualTo(Decimal.of(259_200));
  }

  private static Machine tool(String text) {
    ToolLock lock =
        ToolLock.lock(
                "tools.lock",
                List.of(new ToolHost.Offered("d.pay", "Pays", Map.of("type", "object"))))
            .lock();
    var loaded = MachineLoader.load("machine.yaml", text, lock);
    assertThat(loaded.diagnostics()).isEmpty();
    return requireNonNull(loaded.machine());
  }

  @Test
  void rulesCountOnlyWhereTheyHoldAndTheirOwnCallsTogether() {
    Bounds bounds =
        Bounds.of(
            tool(
                """
                machine: rules
                version: 1
                tools: {d.pay: {effect: write}}
                rules:
                  - {rule: two at first, for: [d.pay], in: [First], atMost: 2}
                  - {rule: nine in all, for: [d.pay], atMost: 9}
                budgets: {turns: 10, callsPerTurn: 4}
                initial: First
                states:
                  First:  {goal: First., tools: all, otherwise: Second, budgets: {turns: 5}}
                  Second: {goal: Second., tools: all, otherwise: Done, budgets: {turns: 2}}
                  Done:   {type: final}
                anywhere: {over: {default: Done}}
                """));

    assertThat(table(bounds))
        .containsExactly("First 1 5 20 2 2592000", "Second 1 2 8 8 2592000", "Done 1 0 0 0 0");
    assertThat(numbers(bounds.total().turns(), bounds.total().calls(), bounds.total().writes()))
        .isEqualTo("7 28 9");
  }

  @Test
  void eventThatAStateTakesByItselfLeadsElsewhereOnlyFromAnEscalation() {
    Bounds bounds =
        Bounds.of(
            machine(
                """
                machine: events
                version: 1
                events: {go: {by: [caller]}}
                initial: Work
                states:
                  Work:  {goal: Work., on: {go: Check}}
                  Check: {type: wait, on: {go: Done}}
                  Done:  {type: final}
                anywhere: {on: {go: Work}}
                """));

    assertThat(state(bounds, "Work").visits().by()).isEqualTo("it is on no cycle");

    Bounds ended =
        Bounds.of(
            machine(
                """
                machine: events
                version: 1
                events: {go: {by: [caller]}}
                initial: Work
                states:
                  Work: {goal: Work., on: {go: Work}}
                  Done: {type: final}
                anywhere: {on: {go: Done}}
                """));

    assertThat(state(ended, "Done").visits().by()).isEqualTo("it is on no cycle");
  }

  @Test
  void machineThatObservesIsBoundedByItsWaysAlone() {
    Bounds bounds =
        Bounds.of(
            machine(
                """
                machine: watched
                version: 1
                observe: true
                initial: Work
                states:
                  Work: {goal: Work., otherwise: Done}
                  Done: {type: final}
                """));

    assertThat(table(bounds)).containsExactly("Work 1 - 0 0 -", "Done 1 0 0 0 0");
    assertThat(state(bounds, "Work").turns().by())
        .isEqualTo("a machine that observes has no budgets");
    assertThat(bounds.total().turns().most()).isNull();
  }
}
