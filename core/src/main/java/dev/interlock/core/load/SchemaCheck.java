package dev.interlock.core.load;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.interlock.core.json.Json;
import dev.interlock.core.prompt.UserText;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What makes a JSON Schema from outside unsafe to judge by: references that leave the file or lead
 * back to themselves, patterns that are not linear-time, texts that pass for the machine's own, and
 * size in every direction.
 */
final class SchemaCheck {
  /** The longest schema in canonical form, in characters. */
  static final int MAX_LENGTH = 256 * 1_024;

  /** The deepest nesting of a schema. */
  static final int MAX_DEPTH = 64;

  /** The most lists, objects and values of a schema. */
  static final int MAX_NODES = 10_000;

  /** The most sub-schemas once every reference is replaced by what it stands for. */
  static final long MAX_EXPANDED = 20_000;

  /** The longest pattern, in characters. */
  static final int MAX_PATTERN_LENGTH = 1_000;

  /** The largest compiled pattern, in RE2's instructions. */
  static final int MAX_PATTERN_PROGRAM = 10_000;

  private static final Set<String> DIALECTS =
      Set.of(
          "json-schema.org/draft/2020-12/schema",
          "json-schema.org/draft/2019-09/schema",
          "json-schema.org/draft-07/schema",
          "json-schema.org/draft-06/schema",
          "json-schema.org/draft-04/schema");

  private static final Set<String> ONE =
      Set.of(
          "not",
          "if",
          "then",
          "else",
          "items",
          "additionalItems",
          "additionalProperties",
          "unevaluatedItems",
          "unevaluatedProperties",
          "contains",
          "propertyNames",
          "contentSchema");
  private static final Set<String> LISTS =
      Set.of("allOf", "anyOf", "oneOf", "prefixItems", "items");
  private static final Set<String> MAPS =
      Set.of(
          "properties",
          "patternProperties",
          "$defs",
          "definitions",
          "dependentSchemas",
          "dependencies");

  private static final Pattern COUNT = Pattern.compile("\\{(\\d{1,9})(?:,(\\d{0,9}))?\\}");

  private final Map<String, Object> root;
  private final List<Problem> problems = new ArrayList<>();
  private final IdentityHashMap<Object, Long> expanded = new IdentityHashMap<>();
  private final IdentityHashMap<Object, Boolean> open = new IdentityHashMap<>();
  private int nodes;

  private SchemaCheck(Map<String, Object> root) {
    this.root = root;
  }

  /** One thing wrong, as in a {@link Diagnostic}. */
  record Problem(String found, String expected) {}

  /** What is wrong; empty if the schema may be used. */
  static List<Problem> problems(Map<String, Object> schema) {
    SchemaCheck check = new SchemaCheck(schema);
    if (check.bounded(schema, 1)) {
      check.judgeRoot();
    }
    return check.problems;
  }

  private boolean bounded(Object value, int depth) {
    if (depth > MAX_DEPTH) {
      problem("more than " + MAX_DEPTH + " levels", "at most " + MAX_DEPTH);
      return false;
    }
    if (++nodes > MAX_NODES) {
      problem("more than %,d values".formatted(MAX_NODES), "at most %,d".formatted(MAX_NODES));
      return false;
    }
    return switch (value) {
      case Map<?, ?> map -> {
        map.keySet().forEach(key -> unforged(key.toString()));
        yield map.values().stream().allMatch(member -> bounded(member, depth + 1));
      }
      case List<?> list -> list.stream().allMatch(item -> bounded(item, depth + 1));
      case String text -> {
        unforged(text);
        yield true;
      }
      default -> true;
    };
  }

  /** The model reads names, values and descriptions as they are. */
  private void unforged(String text) {
    if (UserText.forged(text)) {
      problem("the text \"" + shortened(text) + "\"", "none with the mark of the machine's texts");
    }
  }

  private void judgeRoot() {
    int length = Json.write(root).length();
    if (length > MAX_LENGTH) {
      problem("%,d characters".formatted(length), "at most %,d".formatted(MAX_LENGTH));
      return;
    }
    if (!"object".equals(root.get("type"))) {
      problem(
          root.containsKey("type") ? "`type` " + Json.write(root.get("type")) : "no `type`",
          "`type` \"object\": arguments are an object");
    }
    if (root.get("$schema") instanceof String dialect && !DIALECTS.contains(plain(dialect))) {
      problem("the dialect " + dialect, "JSON Schema 2020-12, 2019-09 or draft 4, 6 or 7");
    }
    long size = size(root, "#", 0);
    if (size > MAX_EXPANDED) {
      problem(
          "more than %,d sub-schemas once references are followed".formatted(MAX_EXPANDED),
          "at most %,d".formatted(MAX_EXPANDED));
    }
  }

  private static String plain(String dialect) {
    return dialect.replaceFirst("^https?://", "").replaceFirst("#$", "");
  }

  /** The sub-schemas of a schema, references followed; problems are added on the way. */
  private long size(Object schema, String where, int depth) {
    if (!(schema instanceof Map<?, ?> map)) {
      return 1;
    }
    if (open.containsKey(schema) || depth > MAX_DEPTH) {
      problem(
          "a `$ref` at " + where + " that leads back to itself",
          "references that end: spell out the levels that are needed");
      return 1;
    }
    Long known = expanded.get(schema);
    if (known != null) {
      return known;
    }
    open.put(schema, true);
    long size = 1;
    for (Map.Entry<String, Object> keyword : Json.object(map).entrySet()) {
      size += keyword(keyword.getKey(), keyword.getValue(), where, depth);
      if (size > MAX_EXPANDED) {
        size = MAX_EXPANDED + 1;
      }
    }
    open.remove(schema);
    expanded.put(schema, size);
    return size;
  }

  private long keyword(String name, Object value, String where, int depth) {
    String here = where + "/" + name;
    long size = 0;
    switch (name) {
      case "$ref", "$dynamicRef", "$recursiveRef" -> size += reference(value, here, depth);
      case "$id" -> {
        if (!where.equals("#")) {
          problem("`$id` at " + here, "one schema without others inside");
        }
      }
      case "pattern" -> pattern(value, here);
      case "patternProperties" -> {
        if (value instanceof Map<?, ?> map) {
          map.keySet().forEach(key -> pattern(String.valueOf(key), here));
        }
      }
      default -> {}
    }
    if (LISTS.contains(name) && value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        size += size(list.get(i), here + "/" + i, depth + 1);
      }
    } else if (MAPS.contains(name) && value instanceof Map<?, ?> map) {
      for (Map.Entry<String, Object> member : Json.object(map).entrySet()) {
        size += size(member.getValue(), here + "/" + member.getKey(), depth + 1);
      }
    } else if (ONE.contains(name)) {
      size += size(value, here, depth + 1);
    }
    return size;
  }

  private long reference(Object value, String where, int depth) {
    if (!(value instanceof String reference) || !reference.startsWith("#")) {
      problem(
          "the reference " + shortened(Json.write(value)) + " at " + where,
          "a reference into the same schema, such as \"#/$defs/NAME\"; nothing is fetched");
      return 0;
    }
    Object target = resolve(root, reference);
    if (target == null) {
      problem(
          "the reference \"" + shortened(reference) + "\" at " + where,
          "a path that exists in the schema");
      return 0;
    }
    return size(target, shortened(reference), depth + 1);
  }

  /** What a local reference by path stands for, or null. */
  static @Nullable Object resolve(Map<String, Object> root, String reference) {
    String path = reference.substring(1);
    return path.isEmpty() || path.startsWith("/") ? Json.at(root, path) : null;
  }

  private void pattern(Object value, String where) {
    if (!(value instanceof String pattern)) {
      return;
    }
    String why = patternProblem(pattern);
    if (why != null) {
      problem(
          "the pattern \"" + shortened(pattern) + "\" at " + where + ": " + why,
          "a linear-time pattern (RE2 syntax: no look-around, no back references)");
    }
  }

  /** Why a pattern cannot be used, or null if it can. */
  static @Nullable String patternProblem(String pattern) {
    if (pattern.length() > MAX_PATTERN_LENGTH) {
      return "more than %,d characters".formatted(MAX_PATTERN_LENGTH);
    }
    if (repeats(pattern) > MAX_PATTERN_PROGRAM) {
      return "more than %,d repetitions".formatted(MAX_PATTERN_PROGRAM);
    }
    try {
      int size = Pattern.compile(pattern).programSize();
      return size > MAX_PATTERN_PROGRAM
          ? "more than %,d steps".formatted(MAX_PATTERN_PROGRAM)
          : null;
    } catch (PatternSyntaxException e) {
      return e.getDescription();
    }
  }

  /** The product of all counted repetitions: bounds the program before it is made. */
  private static long repeats(String pattern) {
    long product = 1;
    Matcher counts = COUNT.matcher(pattern);
    while (counts.find() && product <= MAX_PATTERN_PROGRAM) {
      String most = counts.group(2);
      String count = most == null || most.isEmpty() ? counts.group(1) : most;
      product *= Math.max(1, Long.parseLong(count));
    }
    return product;
  }

  private static String shortened(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }

  private void problem(String found, String expected) {
    Problem problem = new Problem(found, expected);
    if (problems.size() < 10 && !problems.contains(problem)) {
      problems.add(problem);
    }
  }
}
