package dev.interlock.testkit.brute;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Draws the text of a tiny machine. Texts are compared with a and b only, integers with 1: with
 * these, and one value beside each, all values are tried.
 */
final class TinyText {
  private static final List<String> LETTERS = List.of("a", "b");

  /** A field: what its guards make of it. */
  record FieldText(String name, String type, String source, String from) {
    boolean settable() {
      return !source.equals("input") && !source.equals("is");
    }

    boolean keyed() {
      return type.startsWith("keyed");
    }

    /** Of keyed facts, what one is. */
    String element() {
      return type.replaceFirst("^keyed ", "");
    }
  }

  /**
   * A tool.
   *
   * @param args by name, the types of those that are not filled by the machine
   */
  record ToolText(String name, boolean reads, Map<String, String> args) {}

  final Random random;
  final Map<String, Object> machine = new LinkedHashMap<>();
  private final Map<String, Object> schemas = new LinkedHashMap<>();
  final List<ToolText> tools = new ArrayList<>();
  final List<FieldText> fields = new ArrayList<>();
  final List<String> kinds = new ArrayList<>();
  final List<String> states = new ArrayList<>();
  private final List<String> events = new ArrayList<>();

  TinyText(Random random) {
    this.random = random;
  }

  Tiny draw() {
    shape();
    machine.put("machine", "tiny");
    machine.put("version", 1L);
    tools();
    fields();
    events();
    rules();
    machine.put("initial", states.getFirst());
    Map<String, Object> all = new LinkedHashMap<>();
    for (int i = 0; i < states.size(); i++) {
      all.put(states.get(i), state(i));
    }
    machine.put("states", all);
    anywhere();
    machine.put("properties", new TinyProperties(this).draw());
    machine.values().removeIf(it -> it instanceof Map<?, ?> map && map.isEmpty());
    machine.values().removeIf(it -> it instanceof List<?> list && list.isEmpty());
    return new Tiny(machine, schemas);
  }

  // ---- drawing

  boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  boolean percent(int chance) {
    return random.nextInt(100) < chance;
  }

  <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private String word(String of) {
    return any(List.of(of.split(" ", -1)));
  }

  // ---- shape

  private void shape() {
    int count = 2 + random.nextInt(4);
    kinds.add(word("agent agent agent agent agent agent agent call choice approval wait"));
    for (int i = 1; i < count - 1; i++) {
      kinds.add(
          word("agent agent agent agent agent call call choice approval approval wait escalation"));
    }
    kinds.add(word("final final final final final final agent escalation"));
    for (int i = 0; i < count; i++) {
      states.add(
          switch (kinds.get(i)) {
            case "final" -> "Done";
            case "escalation" -> "Help" + i;
            default -> "S" + i;
          });
    }
    for (int i = word("0 1 1 1 2 2").charAt(0) - '0'; i > 0; i--) {
      Map<String, String> args = new LinkedHashMap<>();
      for (int j = word("0 0 1 1 2").charAt(0) - '0'; j > 0; j--) {
        String type = word("text text flag count");
        args.put(type, type);
      }
      boolean reads = oneIn(2);
      tools.add(new ToolText("t." + (reads ? "look" : "act") + i, reads, args));
    }
    if (tools.isEmpty()) {
      kinds.replaceAll(kind -> kind.equals("call") ? "agent" : kind);
    }
    for (int i = 0; i < random.nextInt(3); i++) {
      events.add(i == 0 ? "go" : "stop");
    }
    for (int i = word("0 1 1 2 2 2 3").charAt(0) - '0'; i > 0; i--) {
      field("f" + i);
    }
  }

  private void field(String name) {
    String source =
        word("agent agent agent agent agent tool tool tool tool input user human event is");
    String type = word("flag flag flag letter letter letter count text");
    String from = "";
    switch (source) {
      case "tool" -> {
        if (tools.isEmpty()) {
          source = "agent";
        } else {
          ToolText tool = any(tools);
          from = tool.name();
          if (oneIn(3) && tool.args().containsKey("text")) {
            type = "keyed " + word("flag letter");
          }
        }
      }
      case "user" -> type = type.equals("text") ? "flag" : type;
      case "event" -> {
        if (events.isEmpty()) {
          source = "input";
        }
      }
      case "human" -> {
        if (!kinds.contains("approval")) {
          source = "agent";
        }
      }
      case "is" -> {
        if (fields.isEmpty()) {
          source = "agent";
        } else {
          type = "flag";
        }
      }
      default -> {}
    }
    fields.add(new FieldText(name, type, source, from));
  }

  private static Map<String, Object> typed(String type) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put(
        "type",
        switch (type) {
          case "flag" -> "boolean";
          case "count" -> "integer";
          default -> "string";
        });
    if (type.equals("letter")) {
      keys.put("enum", List.of("a", "b", "c"));
    }
    return keys;
  }

  private void tools() {
    Map<String, Object> declared = new LinkedHashMap<>();
    for (ToolText tool : tools) {
      Map<String, Object> keys = new LinkedHashMap<>();
      keys.put("effect", tool.reads() ? "read" : word("write write write idempotent"));
      Map<String, Object> properties = new LinkedHashMap<>();
      List<String> required = new ArrayList<>();
      tool.args()
          .forEach((name, type) -> {
            properties.put(name, typed(type));
            if (percent(80)) {
              required.add(name);
            }
          });
      if (percent(25)) {
        List<FieldText> of = plain("letter text");
        String with = of.isEmpty() || oneIn(3) ? "caller.id" : "context." + any(of).name();
        properties.put("who", typed("text"));
        required.add("who");
        keys.put("set", Map.of("who", with));
      }
      List<FieldText> stale = fields.stream().filter(FieldText::settable).toList();
      if (!stale.isEmpty() && percent(12)) {
        keys.put("forgets", List.of(any(stale).name()));
      }
      declared.put(tool.name(), keys);
      schemas.put(
          tool.name(),
          Map.of(
              "type",
              "object",
              "properties",
              properties,
              "required",
              required,
              "additionalProperties",
              false));
    }
    machine.put("tools", declared);
  }

  /** The fields of some types that are not keyed. */
  private List<FieldText> plain(String types) {
    List<String> of = List.of(types.split(" ", -1));
    return fields.stream().filter(field -> of.contains(field.type())).toList();
  }

  private void fields() {
    Map<String, Object> context = new LinkedHashMap<>();
    for (FieldText field : fields) {
      Map<String, Object> keys = new LinkedHashMap<>(typed(field.element()));
      switch (field.source()) {
        case "tool" -> {
          keys.put("source", "tool");
          keys.put("from", field.from());
          keys.put("at", "/" + field.name());
          if (field.keyed()) {
            keys.put("key", "args.text");
          }
          if (percent(12)) {
            keys.put("once", true);
          }
        }
        case "event" -> {
          keys.put("source", "event");
          keys.put("from", events.getFirst());
          keys.put("at", "/" + field.name());
        }
        case "is" -> {
          List<FieldText> others =
              fields.stream().filter(it -> !it.source().equals("is") && !it.keyed()).toList();
          if (others.isEmpty()) {
            keys.put("source", "agent");
          } else {
            keys.put("is", atom(any(others)));
          }
        }
        default -> keys.put("source", field.source());
      }
      context.put(field.name(), keys);
    }
    machine.put("context", context);
  }

  private void events() {
    Map<String, Object> declared = new LinkedHashMap<>();
    for (String event : events) {
      Map<String, Object> keys = new LinkedHashMap<>();
      switch (random.nextInt(3)) {
        case 0 -> keys.put("by", List.of("caller"));
        case 1 -> keys.put("by", List.of("boss"));
        default -> {}
      }
      List<FieldText> filled =
          fields.stream()
              .filter(it -> it.source().equals("event") && event.equals(events.getFirst()))
              .toList();
      if (!filled.isEmpty()) {
        Map<String, Object> properties = new LinkedHashMap<>();
        filled.forEach(it -> properties.put(it.name(), typed(it.type())));
        keys.put("type", "object");
        keys.put("properties", properties);
      }
      if (percent(15)) {
        keys.put("keep", true);
      }
      declared.put(event, keys);
    }
    machine.put("events", declared);
  }

  // ---- conditions

  String atom(FieldText field) {
    String path = "context." + field.name();
    return switch (field.type()) {
      case "flag" -> word("P !P P==true P!=true").replace("P", path);
      case "count" ->
          oneIn(10)
              ? "10 / %s > 5".formatted(path) // no number by nothing
              : word("P>1 P>=1 P<1 P<=1 P==1 P!=1").replace("P", path);
      case "keyed flag" -> keyed(path, "%s['a']");
      case "keyed letter" -> keyed(path, "%s['a'] == 'b'");
      default ->
          switch (random.nextInt(5)) {
            case 0 -> path + " != 'a'";
            case 1 -> path + " in ['a', 'b']";
            case 2 -> "%s.startsWith('a')".formatted(path);
            default -> "%s == '%s'".formatted(path, any(LETTERS));
          };
    };
  }

  /** Of keyed facts; one that is not there cannot be read. */
  private String keyed(String path, String entry) {
    return switch (random.nextInt(3)) {
      case 0 -> "'a' in " + path;
      case 1 -> "size(%s) > 0".formatted(path);
      default -> entry.formatted(path);
    };
  }

  /** Of a way: what may be unset is asked for. */
  private String guard(List<String> sure) {
    String one = guarded(sure);
    return switch (random.nextInt(6)) {
      case 0 -> "%s && %s".formatted(one, guarded(sure));
      case 1 -> "%s || %s".formatted(one, guarded(sure));
      case 2 -> "!(%s)".formatted(one);
      default -> one;
    };
  }

  private String guarded(List<String> sure) {
    FieldText field = any(fields);
    if (!field.keyed() && !sure.contains(field.name()) && !field.source().equals("input")) {
      return oneIn(5)
          ? "has(context.%s)".formatted(field.name())
          : "(has(context.%s) && %s)".formatted(field.name(), atom(field));
    }
    return atom(field);
  }

  String condition(ToolText tool) {
    List<String> atoms = new ArrayList<>();
    tool.args()
        .forEach((name, type) -> {
          String arg = "args." + name;
          switch (type) {
            case "flag" -> atoms.add(word("P !P").replace("P", arg));
            case "count" -> {
              atoms.add(word("P>1 P<=1 P==1").replace("P", arg));
              plain("count").forEach(it -> atoms.add("%s <= context.%s".formatted(arg, it.name())));
            }
            default -> {
              atoms.add("%s == '%s'".formatted(arg, any(LETTERS)));
              plain("letter text")
                  .forEach(it -> atoms.add("%s == context.%s".formatted(arg, it.name())));
              fields.stream()
                  .filter(FieldText::keyed)
                  .forEach(it -> {
                    atoms.add("%s in context.%s".formatted(arg, it.name()));
                    atoms.add(
                        "has(context.%s) && %s in context.%s".formatted(it.name(), arg, it.name()));
                  });
            }
          }
        });
    fields.forEach(it -> atoms.add(atom(it)));
    fields.forEach(it -> atoms.add("has(context.%s)".formatted(it.name())));
    if (atoms.isEmpty()) {
      return "caller.id == 'caller'";
    }
    String one = any(atoms);
    return switch (random.nextInt(6)) {
      case 0 -> "%s && %s".formatted(one, any(atoms));
      case 1 -> "%s || %s".formatted(one, any(atoms));
      case 2 -> "!(%s)".formatted(one);
      default -> one;
    };
  }

  // ---- rules

  private void rules() {
    List<Object> rules = new ArrayList<>();
    for (int i = tools.isEmpty() ? 0 : random.nextInt(3); i > 0; i--) {
      ToolText tool = any(tools);
      Map<String, Object> keys = new LinkedHashMap<>();
      keys.put("rule", "rule " + i);
      keys.put("for", List.of(tool.name()));
      if (percent(20)) {
        keys.put("in", List.of(any(states)));
      }
      boolean when = percent(55);
      if (when) {
        keys.put("when", condition(tool));
      }
      if (!when || percent(25)) {
        if (percent(8)) {
          keys.put("atMost", 1L + random.nextInt(2));
        } else {
          keys.put("ask", word("boss boss boss user"));
          if (percent(45)) {
            keys.put("unless", condition(tool));
          }
        }
      }
      rules.add(keys);
    }
    machine.put("rules", rules);
  }

  // ---- states

  private String target(int from) {
    return percent(1)
        ? "back"
        : percent(45) && from + 1 < states.size() ? states.get(from + 1) : any(states);
  }

  private Map<String, Object> state(int number) {
    Map<String, Object> keys = new LinkedHashMap<>();
    String kind = kinds.get(number);
    if (!kind.equals("agent")) {
      keys.put("type", kind);
    }
    switch (kind) {
      case "agent" -> agent(number, keys);
      case "call" -> call(number, keys);
      case "approval" -> approval(number, keys);
      case "wait" -> {
        if (events.isEmpty() || percent(60)) {
          keys.put("after", Map.of("P1D", target(number)));
        }
        if (!events.isEmpty()) {
          keys.put("on", Map.of(any(events), target(number)));
        }
      }
      case "choice" -> {
        keys.put("transitions", transitions(number, 2));
        keys.put("otherwise", target(number));
      }
      case "escalation" -> {
        List<String> works =
            states.stream().filter(it -> it.startsWith("S")).filter(it -> oneIn(3)).toList();
        if (!works.isEmpty()) {
          keys.put("resume", works);
        }
      }
      default -> {}
    }
    if (!kind.equals("final")) {
      frame(number, kind, keys);
    }
    return keys;
  }

  private void agent(int number, Map<String, Object> keys) {
    keys.put("goal", "Go on.");
    List<String> called = tools.stream().map(ToolText::name).filter(it -> percent(65)).toList();
    if (!called.isEmpty()) {
      keys.put("tools", called);
    }
    List<String> record =
        fields.stream()
            .filter(it -> it.source().equals("agent") || it.source().equals("user"))
            .map(FieldText::name)
            .filter(it -> percent(60))
            .toList();
    if (!record.isEmpty()) {
      keys.put("record", record);
    }
    List<Object> ways = transitions(number, 3);
    if (!ways.isEmpty()) {
      keys.put("transitions", ways);
    }
    if (percent(ways.isEmpty() ? 95 : 20)) {
      keys.put("otherwise", target(number));
    }
    if (percent(3)) {
      keys.put("skip", true);
    }
    if (percent(5)) {
      keys.put("autonomous", true);
    } else if (percent(4)) {
      keys.put("idle", Map.of("P1D", target(number)));
    }
  }

  private List<Object> transitions(int number, int most) {
    List<Object> ways = new ArrayList<>();
    for (int i = random.nextInt(most + (kinds.get(number).equals("choice") ? 1 : 0)); i >= 0; i--) {
      Map<String, Object> way = new LinkedHashMap<>();
      way.put("target", target(number));
      List<String> requires = fields.stream().filter(it -> oneIn(4)).map(FieldText::name).toList();
      if (!requires.isEmpty()) {
        way.put("requires", requires);
      }
      if (!fields.isEmpty() && percent(requires.isEmpty() ? 85 : 45)) {
        way.put("guard", guard(requires));
      }
      clears(way, 10);
      ways.add(way);
    }
    if (kinds.get(number).equals("agent") && fields.isEmpty() && percent(70)) {
      ways.clear();
    }
    return ways;
  }

  private void clears(Map<String, Object> keys, int chance) {
    List<FieldText> settable = fields.stream().filter(FieldText::settable).toList();
    if (!settable.isEmpty() && percent(chance)) {
      keys.put("clears", List.of(any(settable).name()));
    }
  }

  private void call(int number, Map<String, Object> keys) {
    ToolText tool = any(tools);
    keys.put("call", tool.name());
    Map<String, Object> with = new LinkedHashMap<>();
    tool.args()
        .forEach((name, type) -> {
          List<FieldText> of =
              switch (type) {
                case "flag" -> plain("flag");
                case "count" -> plain("count");
                default -> plain("letter text");
              };
          with.put(
              name,
              of.isEmpty() || oneIn(2)
                  ? switch (type) {
                    case "flag" -> "true";
                    case "count" -> "1";
                    default -> "'a'";
                  }
                  : "context." + any(of).name());
        });
    if (!with.isEmpty()) {
      keys.put("with", with);
    }
    Map<String, Object> on = new LinkedHashMap<>();
    on.put("ok", target(number));
    on.put("failed", target(number));
    keys.put("on", on);
  }

  private void approval(int number, Map<String, Object> keys) {
    keys.put("role", "boss");
    keys.put("shows", fields.stream().filter(it -> oneIn(2)).map(FieldText::name).toList());
    Map<String, Object> yes = new LinkedHashMap<>();
    yes.put("target", target(number));
    List<String> fills =
        fields.stream()
            .filter(it -> it.source().equals("human"))
            .map(FieldText::name)
            .filter(it -> percent(80))
            .toList();
    if (!fills.isEmpty()) {
      yes.put("fills", fills);
    }
    clears(yes, 10);
    Map<String, Object> no = new LinkedHashMap<>();
    no.put("target", target(number));
    clears(no, 10);
    Map<String, Object> answers = new LinkedHashMap<>();
    answers.put("approve", yes);
    answers.put("reject", no);
    keys.put("answers", answers);
  }

  private void frame(int number, String kind, Map<String, Object> keys) {
    boolean rests = !kind.equals("choice") && !kind.equals("escalation");
    clears(keys, 15);
    if (rests && !events.isEmpty() && !keys.containsKey("on") && percent(20)) {
      keys.put("on", Map.of(any(events), target(number)));
    }
    if (rests && !keys.containsKey("after") && percent(15)) {
      keys.put("after", Map.of("P2D", target(number)));
    }
    if (kind.equals("agent") && percent(5)) {
      String budget = word("turns errors toolCalls");
      keys.put("budgets", Map.of(budget, 3L));
      keys.put("over", Map.of(budget, target(number)));
    } else if (!kind.equals("escalation") && percent(5)) {
      List<String> ends = ends();
      keys.put(
          "over",
          ends.isEmpty() || oneIn(2)
              ? Map.of("guard-error", target(number))
              : Map.of("default", any(ends)));
    }
  }

  List<String> ends() {
    return states.stream().filter(it -> !it.startsWith("S")).toList();
  }

  private void anywhere() {
    Map<String, Object> keys = new LinkedHashMap<>();
    List<String> ends = ends();
    if (!events.isEmpty() && percent(20)) {
      keys.put(
          "on", Map.of(events.getLast(), oneIn(2) || ends.isEmpty() ? any(states) : any(ends)));
    }
    if (!ends.isEmpty() && percent(40)) {
      keys.put("over", Map.of("default", any(ends)));
    }
    machine.put("anywhere", keys);
  }
}
