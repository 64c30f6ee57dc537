package dev.interlock.bench;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import dev.interlock.engine.Machines;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The machine that is measured. */
public final class BenchMachine {
  public static final String NAME = "bench";

  private static final String TEXT =
      """
      machine: bench
      version: 1
      title: What is measured
      tools:
        b.look: {effect: read}
        b.lend: {effect: write}
      context:
        n: {type: integer, source: agent}
        done: {type: boolean, source: agent}
      rules:
        - rule: lending needs a manager
          for: [b.lend]
          ask: manager
          expires: P1D
      budgets: {turns: 5000, toolCalls: 5000, visits: 1000, duration: P7D}
      initial: Work
      states:
        Work:
          goal: Help the customer.
          tools: all
          record: [n, done]
          transitions:
            - {target: Done, requires: [done]}
            - {target: Check, requires: [n], guard: "context.n % 2 == 1"}
          idle: {P2D: Escalate}
        Check:
          goal: See whether it is right.
          record: [n]
          transitions:
            - {target: Work, requires: [n], guard: "context.n % 2 == 0"}
          idle: {P2D: Escalate}
        Done: {type: final}
        Escalate: {type: escalation, resume: [Work]}
      anywhere:
        over: {default: Escalate}
      """;

  private static final String LOCK =
      ToolLock.lock("tools.lock", List.of(tool("b.look", "about"), tool("b.lend", "item")))
          .lock()
          .write();

  private BenchMachine() {}

  private static Offered tool(String name, String argument) {
    return new Offered(
        name,
        "Does " + name,
        Map.of("type", "object", "properties", Map.of(argument, Map.of("type", "string"))));
  }

  /** It, and no other. */
  public static Machines machines() {
    Machine machine = compile();
    return new Machines(List.of(new Machines.Definition(machine, TEXT, LOCK)), stored -> machine);
  }

  private static Machine compile() {
    MachineLoader.Loaded loaded =
        MachineLoader.load("machine.yaml", TEXT, ToolLock.read("tools.lock", LOCK).lock());
    return Objects.requireNonNull(loaded.machine(), Diagnostic.format(loaded.diagnostics()));
  }
}
