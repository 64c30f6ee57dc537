package dev.interlock.testkit.walk;

import dev.interlock.testkit.walk.MachineText.FieldText;
import dev.interlock.testkit.walk.MachineText.ToolText;
import java.util.ArrayList;
import java.util.List;

/** Draws the rules of a machine. */
final class RulesText {
  private final MachineText machine;

  RulesText(MachineText machine) {
    this.machine = machine;
  }

  void write() {
    machine.line("rules:");
    int rules = 3 + machine.random.nextInt(5);
    for (int i = 0; i < rules; i++) {
      write(i);
    }
  }

  private void write(int number) {
    List<ToolText> tools = new ArrayList<>();
    machine.line("  - rule: rule no. " + number);
    switch (machine.random.nextInt(8)) {
      case 0 -> {
        String selector = machine.any(List.of("all", "['t.*']", "[reads]", "[writes]"));
        machine.line("    for: " + selector);
        boolean reads = selector.equals("[reads]");
        boolean all = !reads && !selector.equals("[writes]");
        machine.tools().stream().filter(t -> all || t.reads() == reads).forEach(tools::add);
      }
      case 1 -> {
        machine.line("    for: all");
        machine.line("    except: [reads, t.do]");
        machine.tools().stream()
            .filter(tool -> !tool.reads() && !tool.name().equals("t.do"))
            .forEach(tools::add);
        if (tools.isEmpty()) {
          tools.add(machine.tools().getLast());
        }
      }
      default -> {
        tools.add(machine.oneIn(3) ? machine.tools().getLast() : machine.any(machine.tools()));
        machine.line("    for: [" + tools.getFirst().name() + "]");
      }
    }
    List<String> args = new ArrayList<>(tools.getFirst().args());
    tools.forEach(tool -> args.retainAll(tool.args()));
    if (machine.oneIn(5)) {
      machine.line("    in: [S1, S2]");
    }
    switch (machine.random.nextInt(6)) {
      case 0, 1 -> when(args);
      case 2 -> atMost(args);
      case 3 -> {
        when(args);
        ask(tools, args);
      }
      default -> ask(tools, args);
    }
  }

  private void when(List<String> args) {
    machine.line("    when: \"" + condition(args) + "\"");
    if (machine.oneIn(3)) {
      machine.line("    say: Not like this.");
    }
  }

  private void atMost(List<String> args) {
    machine.line("    atMost: " + machine.any(List.of("1", "2", "constants.most")));
    if (!args.isEmpty() && machine.oneIn(2)) {
      machine.line("    per: args." + machine.any(args));
    }
  }

  private void ask(List<ToolText> tools, List<String> args) {
    tools.forEach(tool -> machine.asked(tool.name()));
    String role = machine.any(List.of("user", "boss", "boss", "bank"));
    machine.line("    ask: " + role);
    if (!role.equals("user")) {
      if (machine.oneIn(3)) {
        machine.line(
            "    people: "
                + machine.any(
                    List.of("2", "'context.number > 20 ? 2 : 1'", "'run.turns > 4 ? 1 : 2'")));
      }
      if (machine.oneIn(3)) {
        machine.line("    notFrom: " + machine.any(List.of("[]", "[caller]", "[caller, note]")));
      }
    }
    if (machine.oneIn(2)) {
      machine.line("    shows: " + machine.some(machine.shown(), 3));
    }
    if (machine.oneIn(2)) {
      machine.line("    expires: " + machine.any(List.of("PT6H", "P1D", "P3D")));
    }
    if (machine.oneIn(2)) {
      machine.line("    unless: \"" + condition(args) + "\"");
    }
  }

  /** A condition on calls with these arguments. */
  String condition(List<String> args) {
    List<String> all = new ArrayList<>();
    for (String arg : args) {
      switch (arg) {
        case "id" -> {
          all.add("args.id in context.orders");
          all.add("context.orders[args.id].status == 'open'");
          all.add("args.id == context.wish");
          all.add("said(args.id)");
          for (FieldText field : machine.fields()) {
            switch (field.type()) {
              case "list" -> {
                if (field.line().contains("string")) {
                  all.add("args.id in context." + field.name());
                }
              }
              case "map" -> all.add("args.id in context." + field.name());
              default -> {}
            }
          }
        }
        case "kind" -> {
          all.add("args.kind in ['a', 'b']");
          all.add("args.kind == context.channel");
        }
        case "amount" -> {
          all.add("args.amount <= constants.limit");
          all.add("args.amount > 0 && args.amount < 50.5");
          all.add("context.total <= args.amount");
          if (args.contains("id")) {
            all.add("args.amount <= context.orders[args.id].total");
          }
        }
        case "count" -> {
          all.add("args.count < context.number");
          all.add("args.count >= 0");
        }
        case "flag" -> all.add("args.flag || context.high");
        case "ids" -> {
          all.add("args.ids.all(i, i in context.orders)");
          all.add("size(args.ids) > 0");
        }
        case "text" -> all.add("said(args.text)");
        default -> {}
      }
    }
    if (all.isEmpty() || machine.oneIn(5)) {
      all.add("!('private' in run.labels && 'untrusted' in run.labels)");
      all.add("run.turns < 12");
      all.add("has(context.wish) && context.wish != 'b'");
      all.add("context.channel == 'a'");
      all.add("context.number < 90");
      all.add("!context.late");
      all.add("size(context.orders) < 3 || now > run.started");
    }
    return machine.any(all);
  }
}
