package dev.interlock.testkit.walk;

import dev.interlock.testkit.walk.MachineText.FieldText;
import dev.interlock.testkit.walk.MachineText.ToolText;
import java.util.ArrayList;
import java.util.List;

/** Draws the states of a machine, and what holds of all of them. */
final class StatesText {
  private static final String KINDS =
      "agent agent agent call calls approval wait choice autonomous";

  private final MachineText machine;
  private final List<String> kinds = new ArrayList<>(List.of("agent"));

  StatesText(MachineText machine) {
    this.machine = machine;
    for (int i = 3 + machine.random.nextInt(4); i > 0; i--) {
      kinds.add(machine.any(List.of(KINDS.split(" ", -1))));
    }
  }

  void write() {
    machine.line("initial: S0");
    machine.line("states:");
    for (int i = 0; i < kinds.size(); i++) {
      machine.line("  S%d:".formatted(i));
      switch (kinds.get(i)) {
        case "call" -> call(i, false);
        case "calls" -> call(i, true);
        case "approval" -> approval(i);
        case "wait" -> {
          key("type: wait");
          key("on: {paid: %s, go: %s}".formatted(next(i), target(i)));
          key("after: {P1D: %s}".formatted(target(i)));
        }
        case "choice" -> {
          key("type: choice");
          transitions(i, 2);
          key("otherwise: " + next(i));
        }
        case "autonomous" -> agent(i, true);
        default -> agent(i, false);
      }
    }
    machine.line("  Done: {type: final, say: Goodbye.}");
    machine.line("  Stopped: {type: final, outcome: stopped}");
    machine.line(
        "  Help: {type: escalation, bundle: %s, resume: %s}"
            .formatted(machine.some(machine.shown(), 3), machine.oneIn(8) ? "[]" : "[S0, S1]"));
    machine.line("anywhere:");
    machine.line("  on: {stop: Stopped%s}".formatted(machine.oneIn(3) ? ", go: Help" : ""));
    machine.line("  over: {default: Help}");
    properties();
  }

  private void properties() {
    machine.line("properties:");
    machine.line("  - {name: it ends, eventually: [Done, Stopped, Help]}");
    if (machine.oneIn(2)) {
      machine.line("  - {name: looked at first, before: [t.look, t.do]}");
    }
    if (machine.oneIn(4)) {
      machine.line("  - {name: looked at before it ends, before: [t.look, Done]}");
    }
    if (machine.oneIn(4)) {
      machine.line("  - {name: one after the other, before: [S1, S2]}");
    }
  }

  private void key(String line) {
    machine.line("    " + line);
  }

  // ---- targets

  private String next(int from) {
    return from + 1 < kinds.size() ? "S" + (from + 1) : "Done";
  }

  private String target(int from) {
    return switch (machine.random.nextInt(8)) {
      case 0 -> "Help";
      case 1 -> "Done";
      case 2 -> "back";
      case 3, 4 -> "S" + machine.random.nextInt(kinds.size());
      default -> next(from);
    };
  }

  private List<String> settable() {
    return machine.fields().stream()
        .filter(field -> !field.source().equals("input"))
        .map(FieldText::name)
        .toList();
  }

  private void transitions(int from, int most) {
    key("transitions:");
    int count = 1 + machine.random.nextInt(most);
    for (int i = 0; i < count; i++) {
      String required =
          machine.oneIn(3) ? machine.any(settable()) : machine.any(List.of("wish", "ready"));
      String guard =
          machine.oneIn(2)
              ? ""
              : ", guard: \""
                  + machine.any(
                      List.of(
                          "context.number > 10",
                          "has(context.wish) && context.wish != 'b'",
                          "size(context.orders) > 0",
                          "run.state.turns > 1",
                          "has(context.paid_sum) && context.paid_sum > 10.5",
                          "context.channel == 'a' || run.elapsed > duration('PT5H')",
                          "said('lend')",
                          "run.toolCalls > 2"))
                  + '"';
      String clears = machine.oneIn(2) ? ", clears: [ready]" : "";
      key(
          "  - {target: %s, requires: [%s]%s%s}"
              .formatted(i == 0 ? next(from) : target(from), required, guard, clears));
    }
  }

  // ---- kinds

  private void agent(int number, boolean autonomous) {
    key("goal: Do what is to be done.");
    String tools =
        number == 0
            ? "[t.look, reads]"
            : machine.any(
                List.of(
                    "all",
                    "all",
                    "['t.*']",
                    "[writes]",
                    "[reads, t.do]",
                    "[t.look, t.do]",
                    "all, except: [t.by_key]"));
    for (String part : tools.split(", except", -1)) {
      key(part.startsWith(":") ? "except" + part : "tools: " + part);
    }
    List<String> record = new ArrayList<>();
    for (FieldText field : machine.fields()) {
      boolean may = field.source().equals("agent") || field.source().equals("user");
      if (may
          && (field.name().equals("ready") || field.name().equals("wish") || machine.oneIn(2))) {
        record.add(field.name());
      }
    }
    key("record: " + record);
    if (autonomous) {
      key("autonomous: true");
    }
    if (machine.oneIn(4)) {
      key("skip: true");
    }
    if (machine.oneIn(4)) {
      key("quiet: true");
    }
    transitions(number, 3);
    if (machine.oneIn(4)) {
      key("otherwise: " + next(number));
    }
    if (!autonomous && machine.oneIn(3)) {
      key("idle: {P1D: %s}".formatted(target(number)));
    }
    if (machine.oneIn(3)) {
      key(
          "after: %s"
              .formatted(
                  machine
                      .any(
                          List.of(
                              "{P2D: Help}",
                              "[{in: P1D, target: Help}, {at: 'run.started + duration(\\\"PT30H\\\")', target: Done}]"))
                      .replace("\\\"", "\"")));
    }
    frame(
        "turns: %d, toolCalls: %d, visits: 4"
            .formatted(4 + machine.random.nextInt(6), 4 + machine.random.nextInt(6)));
    if (machine.oneIn(3)) {
      key("on: {paid: %s}".formatted(target(number)));
    }
  }

  /** What every state may have. */
  private void frame(String budgets) {
    if (machine.oneIn(3)) {
      List<String> clearable =
          machine.fields().stream()
              .filter(f -> !f.source().equals("input") && !f.source().equals("is"))
              .map(FieldText::name)
              .toList();
      key("clears: [%s]".formatted(machine.any(clearable)));
    }
    if (machine.oneIn(3)) {
      key("budgets: {%s}".formatted(budgets));
    }
    if (machine.oneIn(3)) {
      key("over: {default: Help}");
    }
    if (machine.oneIn(3)) {
      key(
          "say: \"It is {{ context.number }} by {{ context.channel }}, {{ has(context.wish) ? context.wish : 'nothing' }}.\"");
    }
  }

  private void call(int number, boolean several) {
    key("type: call");
    List<ToolText> reads = machine.reads();
    if (several && !reads.isEmpty()) {
      key("calls:");
      for (int i = 1 + machine.random.nextInt(3); i > 0; i--) {
        ToolText tool = machine.any(reads);
        key("  - {call: %s, with: {%s}}".formatted(tool.name(), with(tool)));
      }
    } else {
      ToolText tool = machine.any(machine.tools());
      key("call: " + tool.name());
      key("with: {%s}".formatted(with(tool)));
    }
    key("on: {ok: %s, failed: %s}".formatted(next(number), target(number)));
    frame("errors: 2, visits: 4");
  }

  private String with(ToolText tool) {
    List<String> args = new ArrayList<>();
    for (String arg : tool.args()) {
      args.add(
          arg
              + ": \""
              + switch (arg) {
                case "id", "key" -> machine.any(List.of("'E1'", "context.wish", "caller.id"));
                case "kind" -> machine.any(List.of("context.channel", "'b'"));
                case "amount" -> machine.any(List.of("12.5", "context.total"));
                case "count" -> "context.number";
                case "flag" -> machine.any(List.of("true", "context.high"));
                case "ids" -> "['E1', 'E2']";
                default -> "'Hello'";
              }
              + '"');
    }
    return String.join(", ", args);
  }

  private void approval(int number) {
    key("type: approval");
    key("role: " + machine.any(List.of("boss", "bank")));
    key("shows: " + machine.some(machine.shown(), 4));
    if (machine.oneIn(2)) {
      key("people: " + machine.any(List.of("2", "'context.number > 20 ? 2 : 1'")));
    }
    if (machine.oneIn(3)) {
      key("notFrom: " + machine.any(List.of("[]", "[caller, note]")));
    }
    List<String> fills = new ArrayList<>(machine.names(machine.fields("human")));
    key("answers:");
    key("  approve: {target: %s, fills: %s}".formatted(next(number), machine.some(fills, 2)));
    key("  reject: {target: %s, clears: [ready, wish]}".formatted(target(number)));
    if (machine.oneIn(2)) {
      key("  more: {target: back, fills: [note]}");
    }
    key("after: {P2D: %s}".formatted(target(number)));
    frame("visits: 5");
  }
}
