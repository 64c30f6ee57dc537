package dev.interlock.testkit.walk;

import dev.interlock.testkit.walk.MachineText.FieldText;
import dev.interlock.testkit.walk.MachineText.ToolText;
import java.util.List;

/** Draws the fields of a machine, of every source and type. */
final class FieldsText {
  private static final List<String> PLAIN =
      List.of(
          "string",
          "string",
          "integer",
          "number",
          "decimal",
          "boolean",
          "date",
          "timestamp",
          "duration");

  private final MachineText machine;
  private int made;

  FieldsText(MachineText machine) {
    this.machine = machine;
  }

  void draw() {
    add("channel", "input", "enum", "type: string, enum: [a, b], source: input, default: a");
    add("number", "input", "integer", "type: integer, source: input");
    add("ready", "agent", "boolean", "type: boolean, source: agent");
    add("wish", "agent", "string", "type: string, source: agent");
    byModel("agent", 1 + machine.random.nextInt(3));
    byModel("user", 1 + machine.random.nextInt(3));
    if (machine.oneIn(2)) {
      add(
          "photo",
          "user",
          "document",
          "type: document, source: user, mediaTypes: [image/png, application/pdf]");
    }
    if (machine.oneIn(3)) {
      add("papers", "user", "list", "type: document, many: true, max: 3, source: user");
    }
    machine.tools().forEach(this::byTool);
    add("note", "human", "string", "type: string, source: human");
    if (machine.oneIn(2)) {
      add("granted", "human", "decimal", "type: decimal, source: human");
    }
    add("paid_sum", "event", "decimal", "type: decimal, source: event, from: paid, at: /amount");
    add(
        "paid_ref",
        "event",
        "string",
        "type: string, source: event, from: paid, at: /ref, pii: true");
    add("high", "is", "boolean", "type: boolean, is: 'context.number > 20'");
    add(
        "total",
        "is",
        "number",
        "type: number, is: 'has(context.paid_sum) ? context.paid_sum + 1.5 : decimal(0)'");
    add("late", "is", "boolean", "type: boolean, is: 'run.turns > 6'");
    if (machine.oneIn(2)) {
      add("broken", "is", "boolean", "type: boolean, is: '100 / (context.number - 1) > 3'");
    }
  }

  private void byModel(String source, int count) {
    for (int i = 0; i < count; i++) {
      int kind = machine.random.nextInt(12);
      String name = source + "_" + made++;
      String secret =
          source.equals("user") && machine.oneIn(3)
              ? machine.any(List.of(", secret: true", ", pii: true"))
              : "";
      String from = ", source: " + source + secret;
      switch (kind) {
        case 0 -> add(name, source, "enum", "type: string, enum: [a, b, c]" + from);
        case 1 -> add(name, source, "string", "type: string, pattern: '^[A-Z][0-9]+$'" + from);
        case 2 -> add(name, source, "string", "type: string, format: email" + from);
        case 3 -> add(name, source, "list", "type: string, many: true, max: 4" + from);
        case 4 ->
            add(name, source, "map", "type: object, additionalProperties: {type: integer}" + from);
        case 5 ->
            add(
                name,
                source,
                "object",
                "type: object, properties: {status: {type: string}, total: {type: decimal}}"
                    + from);
        default -> {
          String type = machine.any(PLAIN);
          add(name, source, type, "type: " + type + from);
        }
      }
    }
  }

  private void byTool(ToolText tool) {
    String name = "of_" + tool.name().substring(2);
    String from = ", source: tool, from: " + tool.name();
    if (tool.name().equals("t.look")) {
      add(
          "orders",
          "tool",
          "keyed",
          "type: object, properties: {status: {type: string}, total: {type: decimal}, items: {type: string, many: true}}, max: 6, key: args.id"
              + from);
      return;
    }
    switch (machine.random.nextInt(tool.reads() ? 7 : 12)) {
      case 0 -> add(name, "tool", "string", "type: string, at: /status" + from + once());
      case 1 -> add(name, "tool", "list", "type: string, many: true, at: /items" + from);
      case 2 ->
          add(
              name,
              "tool",
              "map",
              "type: object, additionalProperties: {type: decimal}, at: /by_name" + from + once());
      case 3 -> add(name, "tool", "decimal", "type: decimal, at: /total" + from + ", pii: true");
      case 4 -> {
        if (tool.args().contains("id")) {
          add(
              name,
              "tool",
              "keyed",
              "type: object, properties: {status: {type: string}, total: {type: decimal}}, key: args.id"
                  + from
                  + once());
        }
      }
      case 5 -> {
        if (tool.args().contains("amount")) {
          add(
              name,
              "tool",
              "list",
              "type: number, many: true, append: true, max: 3, value: args.amount" + from);
        }
      }
      case 6 -> add(name, "tool", "boolean", "type: boolean, at: /ok" + from);
      default -> {}
    }
  }

  private String once() {
    return machine.oneIn(3) ? ", once: true" : "";
  }

  private void add(String name, String source, String type, String line) {
    boolean hidden = line.contains("secret: true");
    machine.add(new FieldText(name, source, type, hidden, line));
  }
}
