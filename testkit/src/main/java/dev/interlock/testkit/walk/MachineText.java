package dev.interlock.testkit.walk;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Draws the text of a machine: tools and fields here, what stands upon them in its parts. */
final class MachineText {
  /** An argument: what its schema says. */
  private static final Map<String, Map<String, Object>> ARGUMENTS =
      Map.of(
          "id", Map.of("type", "string"),
          "kind", Map.of("type", "string", "enum", List.of("a", "b", "c")),
          "amount", Map.of("type", "number"),
          "count", Map.of("type", "integer"),
          "flag", Map.of("type", "boolean"),
          "ids", Map.of("type", "array", "items", Map.of("type", "string"), "maxItems", 5L),
          "text", Map.of("type", "string"),
          "who", Map.of("type", "string"),
          "key", Map.of("type", "string"));

  private static final List<String> CHOSEN =
      List.of("id", "id", "id", "kind", "amount", "amount", "count", "flag", "ids", "text");

  /**
   * A tool that a machine declares.
   *
   * @param args those that the model or a {@code with} must give
   * @param set whether the machine fills {@code who}
   */
  record ToolText(String name, String effect, List<String> args, boolean set) {
    Map<String, Object> schema() {
      Map<String, Object> properties = new LinkedHashMap<>();
      List<String> required = new ArrayList<>(args);
      if (set) {
        required.add("who");
      }
      required.forEach(name -> properties.put(name, ARGUMENTS.getOrDefault(name, Map.of())));
      return Map.of(
          "type",
          "object",
          "properties",
          properties,
          "required",
          required,
          "additionalProperties",
          false);
    }

    boolean reads() {
      return effect.equals("read");
    }
  }

  /**
   * A field.
   *
   * @param type what expressions make of it: a word of the format, {@code list}, {@code map},
   *     {@code keyed} or {@code object}
   * @param line what stands behind its name
   */
  record FieldText(String name, String source, String type, boolean hidden, String line) {}

  final Random random;
  private final List<ToolText> tools = new ArrayList<>();
  private final List<FieldText> fields = new ArrayList<>();
  private final Set<String> asked = new HashSet<>();
  private final StringBuilder text = new StringBuilder();

  MachineText(Random random) {
    this.random = random;
    int count = 3 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      String effect = any(List.of("read", "read", "idempotent", "write", "write"));
      List<String> args = new ArrayList<>();
      for (int j = 1 + random.nextInt(3); j > 0; j--) {
        String arg = any(CHOSEN);
        if (!args.contains(arg)) {
          args.add(arg);
        }
      }
      tools.add(new ToolText("t." + effect.charAt(0) + i, effect, args, oneIn(3)));
    }
    tools.add(new ToolText("t.look", "read", List.of("id"), false));
    tools.add(new ToolText("t.by_key", "read", List.of("key"), false));
    tools.add(new ToolText("t.do", "write", List.of("id", "amount"), oneIn(2)));
    new FieldsText(this).draw();
  }

  // ---- drawing

  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** Some of them, in their order; maybe none. */
  <T> List<T> some(List<T> of, int most) {
    List<T> some = new ArrayList<>();
    for (T one : of) {
      if (some.size() < most && oneIn(Math.max(1, of.size() / Math.max(1, most)))) {
        some.add(one);
      }
    }
    return some;
  }

  List<ToolText> tools() {
    return tools;
  }

  /** A rule asks people about that tool. */
  void asked(String tool) {
    asked.add(tool);
  }

  /** Reads that nobody is asked about. */
  List<ToolText> reads() {
    return tools.stream().filter(tool -> tool.reads() && !asked.contains(tool.name())).toList();
  }

  List<FieldText> fields() {
    return fields;
  }

  void add(FieldText field) {
    fields.add(field);
  }

  List<FieldText> fields(String source) {
    return fields.stream().filter(field -> field.source().equals(source)).toList();
  }

  /** Names of fields that may be shown to people. */
  List<String> shown() {
    return fields.stream()
        .filter(field ->
            !field.hidden() && !field.line().contains("run.") && !field.line().contains("now"))
        .map(FieldText::name)
        .toList();
  }

  List<String> names(List<FieldText> of) {
    return of.stream().map(FieldText::name).toList();
  }

  void line(String line) {
    text.append(line).append('\n');
  }

  // ---- writing

  String write() {
    line("machine: generated");
    line("version: 1");
    line("constants: {limit: 100.5, most: %d, word: b}".formatted(1 + random.nextInt(3)));
    line("tools:");
    tools.forEach(tool -> line("  %s: {%s}".formatted(tool.name(), declared(tool))));
    line("context:");
    fields.forEach(field -> line("  %s: {%s}".formatted(field.name(), field.line())));
    line("events:");
    line("  go: {by: [caller]}");
    line(
        "  paid: {by: [bank%s], type: object, properties: {amount: {type: decimal}, ref: {type: string}}%s}"
            .formatted(oneIn(2) ? ", caller" : "", oneIn(2) ? ", keep: true" : ""));
    line("  stop: {by: [boss]}");
    new RulesText(this).write();
    line(
        "budgets: {turns: %d, toolCalls: %d, callsPerTurn: %d, errors: %d, totalErrors: 20, tokens: %d, duration: P%dD, visits: %d}"
            .formatted(
                8 + random.nextInt(25),
                6 + random.nextInt(25),
                3 + random.nextInt(4),
                3 + random.nextInt(4),
                6_000 + random.nextInt(20_000),
                3 + random.nextInt(20),
                3 + random.nextInt(6)));
    new StatesText(this).write();
    if (oneIn(3)) {
      line("history: {window: 16000, keep: %d}".formatted(1 + random.nextInt(4)));
    }
    return text.toString();
  }

  private String declared(ToolText tool) {
    StringBuilder keys = new StringBuilder("effect: " + tool.effect());
    if (tool.set()) {
      List<String> texts = names(fields.stream().filter(f -> f.type().equals("string")).toList());
      keys.append(", set: {who: ")
          .append(texts.isEmpty() || oneIn(2) ? "caller.id" : "context." + any(texts))
          .append('}');
    }
    if (oneIn(2)) {
      keys.append(", timeout: PT%dS".formatted(5 + random.nextInt(60)));
    }
    if (oneIn(3)) {
      keys.append(
          ", label: " + any(List.of("private", "untrusted", "external", "[private, untrusted]")));
    }
    if (!tool.reads() && oneIn(2)) {
      keys.append(", probe: {call: t.by_key, with: {key: call.key}, happened: result.found}");
    }
    if (tool.reads() && oneIn(4)) {
      keys.append(", retry: {attempts: 2, backoff: PT1S}");
    }
    List<String> stale =
        names(
            fields.stream()
                .filter(f -> !f.source().equals("input") && !f.source().equals("is"))
                .toList());
    if (!stale.isEmpty() && oneIn(tool.reads() ? 8 : 3)) {
      keys.append(", forgets: [").append(any(stale)).append(']');
    }
    if (tool.args().contains("text") && oneIn(2)) {
      keys.append(", secret: [text]");
    }
    return keys.toString();
  }
}
