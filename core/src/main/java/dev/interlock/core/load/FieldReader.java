package dev.interlock.core.load;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Field.Source;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the fields of {@code context}, and types wherever they stand. */
final class FieldReader {
  private static final List<String> TYPES =
      List.of("string", "integer", "number", "boolean", "object");
  private static final List<String> LATER_TYPES =
      List.of("decimal", "date", "timestamp", "duration", "document");
  private static final List<String> SOURCES = List.of("input", "agent", "tool", "human");
  private static final List<String> LATER_SOURCES = List.of("user", "event");

  private final Reader reader;
  private final Names names;

  FieldReader(Reader reader, Names names) {
    this.reader = reader;
    this.names = names;
  }

  /** A field without its {@code value}, which needs the types of all fields first. */
  @Nullable Field field(Node.Member member) {
    String name = member.key();
    String what = "the field " + name;
    MappingReader keys = reader.mapping(member.node(), what);
    if (keys == null) {
      return null;
    }
    if (!name.matches("[a-zA-Z_][a-zA-Z0-9_]{0,63}")) {
      reader.report(
          member.mark(), "name", "the field `" + name + "`", "letters, digits and _", null);
    }
    keys.notYet("is", "once", "pii", "secret");
    Type type = type(keys, what);
    Source source = source(keys.needWord("source"));
    boolean many = keys.bool("many", false);
    List<String> from = names.all(keys.words("from"), "tool", names.tools().keySet());
    String at = keys.text("at", "");
    keys.take("value");
    List<ArgRef> key = refs(keys.words("key"), from);
    boolean append = keys.bool("append", false);
    Long max = keys.whole("max", 1);
    Object standard = keys.has("default") ? standard(keys, type, many) : null;
    keys.done();
    check(keys, source, from, at, many, append);
    return new Field(
        name,
        type,
        source == null ? Source.AGENT : source,
        from,
        at,
        null,
        key,
        many,
        append,
        max == null ? Field.DEFAULT_MAX : (int) Math.min(max, 1_000_000),
        standard);
  }

  private void check(
      MappingReader keys,
      @Nullable Source source,
      List<String> from,
      String at,
      boolean many,
      boolean append) {
    boolean tool = source == Source.TOOL;
    if (tool && from.isEmpty() && !keys.has("from")) {
      reader.report(
          keys.mark(), "missing-key", "a field of source tool without `from`", "its tools", null);
    }
    for (String key : List.of("from", "at", "value", "key", "append")) {
      Node node = keys.take(key);
      if (!tool && node != null) {
        reader.report(
            node.mark(), "key-of-source", "`" + key + "`", "it only beside `source: tool`", null);
      }
    }
    Node node = keys.take("default");
    if (source != Source.INPUT && node != null) {
      reader.report(
          node.mark(),
          "key-of-source",
          "`default`",
          "it only beside `source: input`",
          "other fields start unset");
    }
    Node pointer = keys.take("at");
    if (pointer != null && !at.isEmpty() && !at.startsWith("/")) {
      reader.report(
          pointer.mark(), "pointer", "\"" + at + "\"", "a JSON pointer such as /id", null);
    }
    if (append && !many) {
      reader.report(keys.mark(), "key-of-source", "`append`", "it only beside `many: true`", null);
    }
  }

  private @Nullable Object standard(MappingReader keys, Type type, boolean many) {
    Node node = Objects.requireNonNull(keys.take("default"));
    return switch ((many ? new Type.ListOf(type) : type).fit(node.value())) {
      case Type.Fit.Fits(Object value) -> value;
      case Type.Fit.Misfit(String why) -> {
        reader.report(node.mark(), "default", "a default that does not fit", why, null);
        yield null;
      }
    };
  }

  private @Nullable Source source(Node.@Nullable Scalar word) {
    if (word == null) {
      return null;
    }
    for (Source source : Source.values()) {
      if (source.word().equals(word.text())) {
        return source;
      }
    }
    choice(word, "source", SOURCES, LATER_SOURCES);
    return null;
  }

  /** Reports a word that is none of those known. */
  private void choice(Node.Scalar word, String kind, List<String> known, List<String> later) {
    if (later.contains(word.text())) {
      reader.report(
          word.mark(),
          "not-yet",
          "the " + kind + " `" + word.text() + "`",
          "one of " + String.join(", ", known),
          "not yet: it belongs to the format, but is not built");
    } else {
      reader.unknown(word.mark(), "unknown-" + kind, kind, word.text(), known);
    }
  }

  /** The type that the keys of a mapping say; the mapping's other keys are its reader's. */
  Type type(MappingReader keys, String what) {
    Node.Scalar word = keys.needWord("type");
    String name = word == null ? "string" : word.text();
    Type type =
        switch (name) {
          case "string" -> text(keys);
          case "integer" -> new Type.Whole();
          case "number" -> new Type.Exact();
          case "boolean" -> new Type.Bool();
          case "object" -> object(keys, what);
          default -> {
            if (word != null) {
              choice(word, "type", TYPES, LATER_TYPES);
            }
            yield Type.Text.ANY;
          }
        };
    for (String key : List.of("enum", "format", "pattern")) {
      misplaced(keys, key, name, "string");
    }
    for (String key : List.of("properties", "additionalProperties")) {
      misplaced(keys, key, name, "object");
    }
    return type;
  }

  private void misplaced(MappingReader keys, String key, String type, String only) {
    Node node = keys.take(key);
    if (node != null && !type.equals(only)) {
      reader.report(
          node.mark(), "key-of-type", "`" + key + "`", "it only beside `type: " + only + "`", null);
    }
  }

  private Type text(MappingReader keys) {
    List<String> options = keys.words("enum").stream().map(Node.Scalar::text).toList();
    String pattern = keys.text("pattern");
    Pattern compiled = null;
    if (pattern != null) {
      try {
        compiled = Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        reader.report(
            Objects.requireNonNull(keys.take("pattern")).mark(),
            "pattern",
            "a pattern that cannot be used: " + e.getMessage(),
            "an RE2 pattern: linear time, without look-around and back-references",
            null);
      }
    }
    return new Type.Text(options, keys.text("format"), compiled);
  }

  private Type object(MappingReader keys, String what) {
    if (keys.has("properties")) {
      Map<String, Type> properties = new LinkedHashMap<>();
      for (Node.Member member : keys.members("properties")) {
        properties.put(member.key(), nested(member.node(), "the property " + member.key()));
      }
      Node both = keys.take("additionalProperties");
      if (both != null) {
        reader.report(
            both.mark(), "key-of-type", "`additionalProperties` beside `properties`", "one", null);
      }
      return new Type.Struct(properties);
    }
    Node values = keys.take("additionalProperties");
    return values == null
        ? new Type.Opaque()
        : new Type.MapOf(nested(values, "the values of " + what));
  }

  private Type nested(Node node, String what) {
    MappingReader keys = reader.mapping(node, what);
    if (keys == null) {
      return Type.Text.ANY;
    }
    Type type = type(keys, what);
    boolean many = keys.bool("many", false);
    keys.done();
    return many ? new Type.ListOf(type) : type;
  }

  /** Arguments named as {@code args.x}, each declared by all of the tools. */
  List<ArgRef> refs(List<Node.Scalar> words, List<String> tools) {
    List<ArgRef> refs = new ArrayList<>();
    for (Node.Scalar word : words) {
      if (!word.text().matches("args(\\.[a-zA-Z_][a-zA-Z0-9_]*)+")) {
        reader.report(
            word.mark(), "argument", "\"" + word.text() + "\"", "an argument, as in args.id", null);
        continue;
      }
      List<String> path =
          Arrays.asList(word.text().split("\\.")).subList(1, word.text().split("\\.").length);
      for (String tool : tools) {
        declared(word, path.getFirst(), tool);
      }
      refs.add(new ArgRef(List.copyOf(path)));
    }
    return List.copyOf(refs);
  }

  private void declared(Node.Scalar word, String argument, String tool) {
    LockedTool locked = names.tools().get(tool);
    if (locked != null && locked.inputSchema().get("properties") instanceof Map<?, ?> properties) {
      List<String> known = properties.keySet().stream().map(String::valueOf).toList();
      if (!known.contains(argument)) {
        reader.unknown(word.mark(), "unknown-argument", "argument of " + tool, argument, known);
      }
    }
  }

  /** The field with its {@code value}. */
  static Field with(Field field, Expression value) {
    return new Field(
        field.name(),
        field.type(),
        field.source(),
        field.from(),
        field.at(),
        value,
        field.key(),
        field.many(),
        field.append(),
        field.max(),
        field.standard());
  }
}
