package dev.interlock.core.load;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.EffectClass;
import dev.interlock.core.machine.EventType;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Label;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Source;
import dev.interlock.core.machine.Type;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is known of a machine while it is loaded: its names, their types, and what is wrong. */
final class Draft {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]{0,63}");
  private static final Pattern WORD = Pattern.compile("[a-zA-Z][a-zA-Z0-9_.-]{0,63}");

  /** What CEL keeps for itself. */
  private static final Set<String> RESERVED =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "namespace",
          "null",
          "package",
          "return",
          "true",
          "var",
          "void",
          "while");

  final Reader reader;
  final ToolLock lock;
  final Types types = new Types();
  final Map<String, Object> constants = new LinkedHashMap<>();
  final Map<String, EffectClass> tools = new LinkedHashMap<>();
  final Map<String, List<Label>> labels = new LinkedHashMap<>();
  final Map<String, Field> fields = new LinkedHashMap<>();

  /** The functions that expressions call. */
  final Set<String> called = new TreeSet<>();

  /** What is said of the privacy of derived fields. */
  final Map<String, Field.Privacy> derivedPrivacy = new LinkedHashMap<>();

  /** The types of derived fields. */
  final Map<String, Type> derivedTypes = new LinkedHashMap<>();

  /** Derived fields that read {@code now} or {@code run}, also by way of others. */
  final Set<String> restless = new HashSet<>();

  /** Fields that were declared, also those that could not be read. */
  final Set<String> declaredFields = new TreeSet<>();

  final Set<String> events = new TreeSet<>();
  final Map<String, EventType> eventTypes = new LinkedHashMap<>();
  final Set<String> states = new TreeSet<>();

  /** States that are an end or an escalation. */
  final Set<String> ends = new HashSet<>();

  private final Map<String, Environment> environments = new HashMap<>();
  private final Map<String, CelType> arguments = new HashMap<>();
  private final Map<String, CelType> variables = new HashMap<>();

  Draft(Reader reader, ToolLock lock) {
    this.reader = reader;
    this.lock = lock;
  }

  // ---- names

  /** Whether a name may be read in guards; reported if not. */
  boolean validName(Mark mark, String kind, String name) {
    if (NAME.matcher(name).matches() && !RESERVED.contains(name)) {
      return true;
    }
    reader.report(
        mark,
        LoadCode.NAME,
        "the " + kind + " name `" + name + "`",
        "letters, digits and _, not a word of CEL, at most 64",
        "rename it");
    return false;
  }

  /** Whether a name of a state, event or machine may be so; reported if not. */
  boolean validWord(Mark mark, String kind, String name) {
    if (WORD.matcher(name).matches()) {
      return true;
    }
    reader.report(
        mark,
        LoadCode.NAME,
        "the " + kind + " name `" + name + "`",
        "a letter, then letters, digits, _, . and -, at most 64",
        "rename it");
    return false;
  }

  /** The names among known ones; others, and those that stand twice, are reported. */
  List<String> names(
      List<Node.Scalar> words, LoadCode code, String kind, Collection<String> known) {
    Set<String> names = new LinkedHashSet<>();
    for (Node.Scalar word : words) {
      if (!known.contains(word.text())) {
        reader.unknown(word.mark(), code, kind, word.text(), known);
      } else if (!names.add(word.text())) {
        reader.report(
            word.mark(),
            LoadCode.DUPLICATE_NAME,
            "`" + word.text() + "` a second time",
            "each " + kind + " once",
            "take it out");
      }
    }
    return List.copyOf(names);
  }

  List<String> fieldNames(List<Node.Scalar> words) {
    return names(words, LoadCode.UNKNOWN_NAME, "field", declaredFields);
  }

  /**
   * Fields, all of those sources.
   *
   * @param sources their words
   */
  List<String> fieldNames(List<Node.Scalar> words, String what, String... sources) {
    for (Node.Scalar word : words) {
      Field field = fields.get(word.text());
      if (field != null && !List.of(sources).contains(field.source().word())) {
        reader.report(
            word.mark(),
            LoadCode.FIELD_SOURCE,
            "the field `" + field.name() + "` of source `" + field.source().word() + "` in " + what,
            "fields of source `" + String.join("` or `", sources) + "`",
            null);
      }
    }
    return fieldNames(words);
  }

  /** Fields that people are shown beside what they decide. */
  List<String> shown(List<Node.Scalar> words) {
    for (Node.Scalar word : words) {
      if (restless.contains(word.text())) {
        reader.report(
            word.mark(),
            LoadCode.CHANGES,
            "the field `" + word.text() + "`, which reads `now` or `run`, in `shows`",
            "a field that does not change by itself: what was shown must still hold",
            null);
      }
    }
    return told(words, "`shows`");
  }

  /** Fields whose values the machine tells somebody. */
  List<String> told(List<Node.Scalar> words, String what) {
    for (Node.Scalar word : words) {
      if (secret(word.text())) {
        notSecret(word.mark(), word.text(), what);
      }
    }
    return fieldNames(words);
  }

  /** Whether a field's values are shown to nobody. */
  boolean secret(String name) {
    Field field = fields.get(name);
    return field != null && field.privacy() == Field.Privacy.SECRET;
  }

  void notSecret(Mark mark, String field, String what) {
    reader.report(
        mark,
        LoadCode.SECRET,
        "the field `" + field + "`, which is secret, in " + what,
        "a field that may be shown",
        null);
  }

  /** Fields that a state, a transition or an answer may clear. */
  List<String> clears(List<Node.Scalar> words) {
    return clears(words, "`clears`");
  }

  /** Fields that may be cleared. */
  List<String> clears(List<Node.Scalar> words, String what) {
    for (Node.Scalar word : words) {
      Field field = fields.get(word.text());
      if (field != null
          && (field.source() instanceof Source.Input || field.source() instanceof Source.Derived)) {
        boolean input = field.source() instanceof Source.Input;
        reader.report(
            word.mark(),
            LoadCode.FIELD_SOURCE,
            "the field `%s` %s in %s"
                .formatted(field.name(), input ? "of source `input`" : "with `is`", what),
            "a field that is filled: "
                + (input ? "input is fixed at the start" : "this one is computed"),
            null);
      }
    }
    return fieldNames(words);
  }

  /** The fields that may be read without asking where these are required. */
  Set<String> sure(List<String> requires) {
    Set<String> sure = new HashSet<>(requires);
    for (Field field : fields.values()) {
      if (field.source() instanceof Source.Input || field.keyed() || field.many()) {
        sure.add(field.name());
      }
    }
    boolean more = true;
    while (more) { // derived fields, also of derived ones
      more = false;
      for (Field field : fields.values()) {
        if (field.source() instanceof Source.Derived(CompiledExpression is)
            && SureFields.unsure(is.ast().getExpr(), sure).isEmpty()) {
          more |= sure.add(field.name());
        }
      }
    }
    return sure;
  }

  List<String> stateNames(List<Node.Scalar> words) {
    return names(words, LoadCode.UNKNOWN_NAME, "state", states);
  }

  // ---- types

  /** The type of a tool's arguments; null if it is not locked. */
  @Nullable CelType arguments(String tool) {
    LockedTool locked = lock.tools().get(tool);
    return locked == null
        ? null
        : arguments.computeIfAbsent(
            tool, t -> types.of("args of " + t, locked.inputSchema(), locked.inputSchema()));
  }

  /** The declared arguments of a tool with their schemas. */
  Map<String, Object> schemas(String tool) {
    LockedTool locked = lock.tools().get(tool);
    return locked != null && locked.inputSchema().get("properties") instanceof Map<?, ?> properties
        ? Json.object(properties)
        : Map.of();
  }

  /** The type of one argument; {@link Types#ANY} if it is not declared. */
  CelType argument(String tool, String argument) {
    LockedTool locked = lock.tools().get(tool);
    Object schema = schemas(tool).get(argument);
    return locked == null || schema == null
        ? Types.ANY
        : types.of("args." + argument, locked.inputSchema(), schema);
  }

  /** The arguments that a tool cannot do without. */
  List<String> required(String tool) {
    LockedTool locked = lock.tools().get(tool);
    return locked != null && locked.inputSchema().get("required") instanceof List<?> required
        ? required.stream().map(String::valueOf).toList()
        : List.of();
  }

  // ---- where expressions stand

  /** {@code context}, {@code caller} and {@code constants}. */
  Environment plain() {
    return environment("plain", List.of(), "context", "caller", "constants");
  }

  /** Everything but arguments. */
  Environment guards() {
    return environment("guards", List.of(), "context", "caller", "constants", "run", "now");
  }

  /** Everything, and the arguments of a rule's tools. */
  Environment rules(List<String> ruled) {
    return environment("rules", ruled, "context", "caller", "constants", "run", "now");
  }

  /** Arguments and constants. */
  Environment filed(List<String> from) {
    return environment("filed", from, "constants");
  }

  /** A call, and what its probe returned if that is in scope. */
  Environment probe(String tool, boolean result) {
    return environments.computeIfAbsent(
        "probe " + result + " " + tool,
        key -> {
          Map<String, CelType> variables = new LinkedHashMap<>();
          CelType args = arguments(tool);
          variables.put(
              "call",
              types.struct(
                  "call",
                  Map.of(
                      "args", args == null ? Types.OBJECT : args,
                      "key", SimpleType.STRING,
                      "dispatchedAt", SimpleType.TIMESTAMP)));
          if (result) {
            variables.put("result", SimpleType.DYN);
          }
          return Environment.of(types, variables, Set.of(), called, Map.of());
        });
  }

  private Environment environment(String kind, List<String> tooled, String... names) {
    return environments.computeIfAbsent(
        kind + tooled,
        key -> {
          Map<String, CelType> named = new LinkedHashMap<>();
          for (String name : names) {
            named.put(name, variable(name));
          }
          Map<String, Set<String>> declared = new LinkedHashMap<>();
          for (String tool : tooled) {
            declared.put(tool, new TreeSet<>(schemas(tool).keySet()));
          }
          if (!tooled.isEmpty()) {
            named.put("args", shared(tooled));
          }
          return Environment.of(types, named, declaredFields, called, declared);
        });
  }

  /** The arguments that all of these tools declare; opaque if they declare them differently. */
  private CelType shared(List<String> tooled) {
    Map<String, CelType> members = new LinkedHashMap<>();
    String first = tooled.getFirst();
    for (Map.Entry<String, Object> declared : schemas(first).entrySet()) {
      String argument = declared.getKey();
      CelType type = argument(first, argument);
      boolean same =
          tooled.stream()
              .allMatch(tool ->
                  tool.equals(first)
                      || argument(tool, argument).equals(type)
                      || sameSchema(declared.getValue(), schemas(tool).get(argument)));
      members.put(argument, same ? type : Types.ANY);
    }
    return types.struct("args", members);
  }

  /** Equal, and without references, which each tool resolves for itself. */
  private static boolean sameSchema(Object one, @Nullable Object other) {
    return one.equals(other) && !Json.write(one).contains("\"$ref\"");
  }

  /** The type of what an expression names; asked for once all that it consists of is loaded. */
  private CelType variable(String name) {
    CelType known = variables.get(name);
    if (known == null) {
      known =
          switch (name) {
            case "context" -> context();
            case "caller" ->
                types.struct(
                    "caller",
                    Map.of("id", SimpleType.STRING, "roles", ListType.create(SimpleType.STRING)));
            case "constants" -> types.of("constants", constants);
            case "run" -> run();
            case "now" -> SimpleType.TIMESTAMP;
            default -> throw new IllegalArgumentException(name);
          };
      variables.put(name, known);
    }
    return known;
  }

  private CelType context() {
    Map<String, CelType> members = new LinkedHashMap<>();
    fields.values().forEach(field -> members.put(field.name(), fieldType(field)));
    derivedTypes.forEach((name, type) -> members.put(name, types.of("context." + name, type)));
    declaredFields.forEach(name -> members.putIfAbsent(name, Types.ANY));
    return types.struct("context", members);
  }

  private CelType run() {
    CelType counts =
        types.struct(
            "run.state",
            Map.of("turns", SimpleType.INT, "toolCalls", SimpleType.INT, "errors", SimpleType.INT));
    CelType turn =
        types.struct("run.turn", Map.of("said", SimpleType.BOOL, "calls", SimpleType.INT));
    return types.struct(
        "run",
        Map.of(
            "turns", SimpleType.INT,
            "toolCalls", SimpleType.INT,
            "errors", SimpleType.INT,
            "elapsed", SimpleType.DURATION,
            "started", SimpleType.TIMESTAMP,
            "labels", ListType.create(SimpleType.STRING),
            "state", counts,
            "turn", turn));
  }

  private CelType fieldType(Field field) {
    CelType type = types.of("context." + field.name(), field.type());
    if (field.many()) {
      type = ListType.create(type);
    }
    for (int i = field.key().size() - 1; i >= 0; i--) {
      type = MapType.create(keyType(field, i), type);
    }
    return type;
  }

  private CelType keyType(Field field, int index) {
    List<String> path = field.key().get(index).path();
    return field.from().isEmpty() || path.size() > 1
        ? SimpleType.STRING
        : Types.key(argument(field.from().get(0), path.get(0)));
  }
}
