package dev.interlock.bench.local;

import dev.interlock.core.engine.ToolHost.Offered;
import dev.interlock.core.load.Diagnostic;
import dev.interlock.core.load.MachineLoader;
import dev.interlock.core.load.ToolLock;
import dev.interlock.core.machine.Machine;
import dev.interlock.engine.Machines;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The machine of the loop: one state, a tool that reads and one that writes. */
final class LoopMachine {
  static final String NAME = "loop";

  private static final String TEXT =
      """
      machine: loop
      version: 1
      title: What is measured
      tools:
        b.look: {effect: read}
        b.lend: {effect: write}
      context:
        done: {type: boolean, source: agent}
      rules:
        - rule: nothing is lent without saying what
          for: [b.lend]
          when: "args.item != ''"
      budgets: {turns: 5000, toolCalls: 5000, duration: P7D}
      initial: Work
      states:
        Work:
          goal: Help the customer.
          tools: all
          record: [done]
          transitions: [{target: Done, requires: [done]}]
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

  private LoopMachine() {}

  private static Offered tool(String name, String argument) {
    return new Offered(
        name,
        "Does " + name,
        Map.of("type", "object", "properties", Map.of(argument, Map.of("type", "string"))));
  }

  static Machines machines() {
    MachineLoader.Loaded loaded =
        MachineLoader.load("machine.yaml", TEXT, ToolLock.read("tools.lock", LOCK).lock());
    Machine machine =
        Objects.requireNonNull(loaded.machine(), Diagnostic.format(loaded.diagnostics()));
    return new Machines(List.of(new Machines.Definition(machine, TEXT, LOCK)), stored -> machine);
  }
}
