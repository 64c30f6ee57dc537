package dev.interlock.testkit.simulate;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import java.util.List;
import java.util.Map;

/** Small machines, each with one flaw that a run can show, and one without. */
final class Flawed {
  private Flawed() {}

  private static final Map<String, Object> SCHEMA =
      Map.of(
          "type", "object",
          "properties", Map.of("sum", Map.of("type", "integer")),
          "required", List.of("sum"));

  private static final String HEAD =
      """
      machine: small
      version: 1
      tools:
        bank.look: {effect: read, set: {sum: constants.one}}
        bank.pay:  {effect: write}
      constants: {one: 1}
      context:
        amount: {type: integer, source: agent}
        ready:  {type: boolean, source: agent}
        seen:   {type: object, source: tool, from: bank.look}
      initial: Ask
      """;

  static Machine of(String text) {
    ToolLock lock =
        ToolLock.lock(
                "tools.lock",
                List.of(
                    new Offered("bank.look", "look", SCHEMA, false),
                    new Offered("bank.pay", "pay", SCHEMA, false)))
            .lock();
    MachineLoader.Loaded loaded = MachineLoader.load("machine.yaml", HEAD + text, lock);
    if (loaded.machine() == null) {
      throw new IllegalArgumentException(loaded.diagnostics().toString());
    }
    return loaded.machine();
  }

  /** Nothing is wrong with it. */
  static Machine sound() {
    return soundWith("[]");
  }

  /** The same, with properties. */
  static Machine soundWith(String properties) {
    return of(
        "properties: "
            + properties
            + """

            rules:
              - {rule: small sums only, for: [bank.pay], when: args.sum <= 10}
              - {rule: the boss agrees, for: [bank.pay], ask: boss, expires: PT1H}
            states:
              Ask:
                goal: Learn the sum.
                record: [amount]
                transitions: [{target: Pay, requires: [amount]}]
                idle: {P2D: Lapsed}
              Pay:
                goal: Pay.
                tools: [bank.pay]
                record: [ready]
                transitions: [{target: Done, requires: [ready]}]
              Done:   {type: final}
              Lapsed: {type: final, outcome: lapsed}
              Help:   {type: escalation, bundle: [amount], resume: [Pay]}
            anywhere: {over: {default: Help}}
            """);
  }

  /** Two roles are asked before each pay; of the one so many must agree that none ever goes out. */
  static Machine askingTwo(String properties) {
    return of(
        "properties: "
            + properties
            + """

            rules:
              - {rule: the boss agrees, for: [bank.pay], ask: boss, expires: PT1H}
              - {rule: the desk agrees, for: [bank.pay], ask: desk, people: 20, expires: PT1H}
            states:
              Ask:
                goal: Learn the sum, and pay.
                tools: [bank.pay]
                record: [ready]
                transitions: [{target: Done, requires: [ready]}]
              Done:   {type: final}
              Help:   {type: escalation, bundle: [amount]}
            anywhere: {over: {default: Help}}
            """);
  }

  /** The machine itself looks, pays so much, and again if that failed. */
  static Machine payingWith(String properties, int sum) {
    return of(
        "properties: "
            + properties
            + """

            states:
              Ask:
                goal: Learn the sum.
                record: [amount]
                transitions: [{target: Look, requires: [amount]}]
              Look:  {type: call, call: bank.look, on: {ok: Pay, failed: Done}}
              Pay:   {type: call, call: bank.pay, with: {sum: "%1$d"}, on: {ok: Done, failed: Again}}
              Again: {type: call, call: bank.pay, with: {sum: "%1$d"}, on: {ok: Done, failed: Done}}
              Done:  {type: final}
            """
                .formatted(sum));
  }

  /** Something is divided by what may be zero. */
  static Machine dividing() {
    return of(
        """
        states:
          Ask:
            goal: Learn the sum.
            record: [amount]
            transitions: [{target: Done, requires: [amount], guard: 100 / (context.amount - context.amount) > 1}]
          Done: {type: final}
        """);
  }

  /** The same, once a tool has answered. */
  static Machine dividingAfterALook() {
    return of(
        """
        states:
          Ask:
            goal: Learn the sum.
            record: [amount]
            transitions: [{target: Look, requires: [amount]}]
          Look: {type: call, call: bank.look, on: {ok: Judge, failed: Done}}
          Judge:
            type: choice
            transitions: [{target: Done, requires: [amount, seen], guard: 100 / (context.amount - context.amount) > 1}]
            otherwise: Done
          Done: {type: final}
        """);
  }

  /** Nothing but the property asks for a look before money goes out. */
  static Machine unlooked() {
    return of(
        """
        properties:
          - {name: a look before money, before: [bank.look, bank.pay]}
        states:
          Ask:
            goal: Pay.
            tools: [bank.pay, bank.look]
            record: [ready]
            transitions: [{target: Done, requires: [ready]}]
          Done: {type: final}
        """);
  }

  /** Some runs end where the property says that none does. */
  static Machine strayed() {
    return of(
        """
        properties:
          - {name: it is always paid, eventually: [Paid]}
        states:
          Ask:
            goal: Learn the sum.
            record: [amount]
            transitions:
              - {target: Paid, requires: [amount], guard: context.amount > 10}
              - {target: Forgotten, requires: [amount]}
          Paid:      {type: final}
          Forgotten: {type: final, outcome: forgotten}
        """);
  }

  /** Two choices lead to each other. */
  static Machine circling() {
    return of(
        """
        states:
          Ask:
            goal: Learn the sum.
            record: [amount]
            transitions: [{target: One, requires: [amount]}]
          One: {type: choice, transitions: [{target: Done, guard: "has(context.amount) && context.amount < 0"}], otherwise: Two}
          Two: {type: choice, transitions: [{target: Done, guard: "has(context.amount) && context.amount < 0"}], otherwise: One}
          Done: {type: final}
        budgets: {visits: 1000}
        """);
  }

  /** A guard that nobody can meet. */
  static Machine endless() {
    return of(
        """
        budgets: {turns: 6}
        states:
          Ask:
            goal: Learn the sum.
            record: [amount]
            transitions: [{target: Done, requires: [amount], guard: context.amount > context.amount}]
          Done: {type: final}
        """);
  }

  /** It waits for an event that nobody sends, and nobody may. */
  static Machine forgetting() {
    return of(
        """
        states:
          Ask:
            goal: Learn the sum.
            record: [amount]
            transitions: [{target: Nowhere, requires: [amount]}]
          Nowhere: {type: wait, after: {P60D: Done}}
          Done: {type: final}
        """);
  }
}
