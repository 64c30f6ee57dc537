package dev.interlock.core.load;

import com.google.re2j.Pattern;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Expression;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loads {@code context}, and types wherever they stand. */
final class FieldLoader {
  private static final Set<String> TYPES =
      Set.of("string", "integer", "number", "boolean", "object");
  private static final List<String> TYPES_NOT_YET =
      List.of("decimal", "date", "timestamp", "duration", "document");
  private static final List<String> SOURCES = List.of("input", "agent", "tool", "human");
  private static final List<String> SOURCES_NOT_YET = List.of("user", "event");

  private final Draft draft;
  private final Reader reader;

  FieldLoader(Draft draft) {
    this.draft = draft;
    this.reader = draft.reader;
  }

  void load(List<Node.Member> members) {
    for (Node.Member member : members) {
      draft.declaredFields.add(member.key());
      MappingReader keys =
          draft.validName(member.mark(), "field", member.key())
              ? reader.mapping(member.node(), "the field `" + member.key() + "`")
              : null;
      Field field = keys == null ? null : field(member, keys);
      if (field != null) {
        draft.fields.put(member.key(), field);
      }
    }
  }

  private @Nullable Field field(Node.Member member, MappingReader keys) {
    int before = reader.count();
    keys.notYet("pii", "secret", "is", "once");
    boolean many = keys.bool("many", false);
    Type type = type(keys);
    Field.Source source = source(keys);
    Long max = keys.whole("max", 1);
    Filling filling = filling(keys, source, type, many);
    Node.Member standard = keys.node().member("default");
    keys.take("default");
    keys.done();
    if (max != null && !many && filling.key().isEmpty()) {
      needless(keys, "max", "a keyed or `many` field");
    }
    if (max != null && max > Field.DEFAULT_MAX) {
      reader.report(keys.mark(), "range", "`max` " + max, "at most " + Field.DEFAULT_MAX, null);
    }
    Object value = standard == null || type == null ? null : standard(standard, type, many);
    if (standard != null && source != null && source != Field.Source.INPUT) {
      needless(keys, "default", "a field of source `input`");
    }
    if (type == null || source == null || reader.count() > before) {
      return null;
    }
    return new Field(
        member.key(),
        type,
        source,
        filling.from(),
        filling.at(),
        filling.value(),
        filling.key(),
        many,
        filling.append(),
        max == null ? Field.DEFAULT_MAX : max.intValue(),
        value);
  }

  private Field.@Nullable Source source(MappingReader keys) {
    Node.Scalar word = keys.needWord("source");
    if (word == null) {
      return null;
    }
    for (Field.Source source : Field.Source.values()) {
      if (source.word().equals(word.text())) {
        return source;
      }
    }
    if (SOURCES_NOT_YET.contains(word.text())) {
      notYet(word, "source", SOURCES);
    } else {
      reader.unknown(word.mark(), "unknown-word", "source", word.text(), SOURCES);
    }
    return null;
  }

  private void notYet(Node.Scalar word, String kind, List<String> known) {
    reader.notYet(
        word.mark(),
        "the " + kind + " `" + word.text() + "`",
        "one of " + Reader.list(known),
        word.text(),
        "");
  }

  private void needless(MappingReader keys, String key, String where) {
    Node.Member member = keys.node().member(key);
    reader.report(
        member == null ? keys.mark() : member.mark(),
        "key-here",
        "the key `" + key + "`",
        "it only in " + where,
        "take it out");
  }

  private @Nullable Object standard(Node.Member standard, Type type, boolean many) {
    Type whole = many ? new Type.ListOf(type) : type;
    return switch (whole.fit(standard.node().value())) {
      case Type.Fit.Fits(Object value) -> value;
      case Type.Fit.Misfit(String why) -> {
        String[] parts = why.split(", expected ", 2);
        reader.report(
            standard.node().mark(),
            "default",
            "a default that does not fit: " + parts[0].replaceFirst("^found ", ""),
            parts.length == 2 ? parts[1] : "a value of the field's type",
            null);
        yield null;
      }
    };
  }

  // ---- how a tool fills it

  /** What only fields of source {@code tool} have. */
  private record Filling(
      List<String> from, String at, @Nullable Expression value, List<ArgRef> key, boolean append) {}

  private Filling filling(
      MappingReader keys, Field.@Nullable Source source, @Nullable Type type, boolean many) {
    List<String> from =
        draft.names(keys.words("from"), "unknown-tool", "tool", draft.tools.keySet());
    String at = keys.text("at", "");
    Node.Scalar valueNode = keys.scalar("value");
    List<Node.Scalar> keyWords = keys.words("key");
    boolean append = keys.bool("append", false);
    if (source != Field.Source.TOOL) {
      for (String key : List.of("from", "at", "value", "key", "append")) {
        if (source != null && keys.has(key)) {
          needless(keys, key, "a field of source `tool`");
        }
      }
      return new Filling(List.of(), "", null, List.of(), false);
    }
    keys.need("from");
    if (!at.isEmpty() && !at.startsWith("/")) {
      reader.report(
          keys.mark(), "pointer", "`at` \"" + at + "\"", "a JSON pointer such as /id", null);
    }
    if (keys.has("at") && keys.has("value")) {
      needless(keys, "value", "a field without `at`");
    }
    if (append && !many) {
      needless(keys, "append", "a `many` field");
    }
    boolean locked = !from.isEmpty() && from.stream().allMatch(draft.lock.tools()::containsKey);
    Expression value = null;
    if (valueNode != null && locked && type != null) {
      CelType one = draft.types.of("value", type);
      CelType expected = many && !append ? ListType.create(one) : one;
      value = GuardCompiler.of(reader, draft.filed(from), valueNode, expected);
    }
    List<ArgRef> key = new ArrayList<>();
    for (Node.Scalar word : keyWords) {
      ArgRef reference = new Arguing(draft).reference(word, locked ? from : List.of());
      if (reference != null) {
        key.add(reference);
        keyable(word, reference, from);
      }
    }
    return new Filling(from, at, value, List.copyOf(key), append);
  }

  private void keyable(Node.Scalar word, ArgRef reference, List<String> from) {
    for (String tool : from) {
      if (!draft.schemas(tool).containsKey(reference.path().get(0))) {
        continue; // which was reported
      }
      CelType type = draft.argument(tool, reference.path().get(0));
      boolean simple =
          type.equals(SimpleType.STRING)
              || type.equals(SimpleType.INT)
              || type.equals(SimpleType.BOOL)
              || reference.path().size() > 1;
      if (!simple) {
        reader.report(
            word.mark(),
            "key-type",
            "`" + reference + "` of `" + tool + "`, of type " + Types.name(type),
            "a key of type string, integer or boolean",
            null);
      }
    }
  }

  // ---- types

  /** The type that these keys describe. */
  @Nullable Type type(MappingReader keys) {
    Node.Scalar word = keys.needWord("type");
    List<Node.Scalar> options = keys.words("enum");
    Type.Text.@Nullable Format format = format(keys.word("format"));
    Node.Scalar pattern = keys.word("pattern");
    List<Node.Member> properties = keys.members("properties");
    Node values = keys.take("additionalProperties");
    if (word == null) {
      return null;
    }
    String name = word.text();
    if (TYPES_NOT_YET.contains(name)) {
      notYet(word, "type", TYPES.stream().sorted().toList());
      return null;
    }
    if (!TYPES.contains(name)) {
      reader.unknown(word.mark(), "unknown-word", "type", name, TYPES.stream().sorted().toList());
      return null;
    }
    if (!name.equals("string")) {
      only(keys, "a type `string`", "enum", "format", "pattern");
    }
    if (!name.equals("object")) {
      only(keys, "a type `object`", "properties", "additionalProperties");
    }
    return switch (name) {
      case "string" -> new Type.Text(texts(options), format, pattern(pattern));
      case "integer" -> new Type.Whole();
      case "number" -> new Type.Exact();
      case "boolean" -> new Type.Bool();
      default -> object(keys, properties, values);
    };
  }

  private Type.Text.@Nullable Format format(Node.@Nullable Scalar word) {
    if (word == null) {
      return null;
    }
    Optional<Type.Text.Format> format = Type.Text.Format.of(word.text());
    if (format.isEmpty()) {
      List<String> words =
          Arrays.stream(Type.Text.Format.values()).map(Type.Text.Format::word).toList();
      reader.unknown(word.mark(), "unknown-word", "format", word.text(), words);
    }
    return format.orElse(null);
  }

  private void only(MappingReader keys, String where, String... names) {
    for (String name : names) {
      if (keys.has(name)) {
        needless(keys, name, where);
      }
    }
  }

  private static List<String> texts(List<Node.Scalar> words) {
    return words.stream().map(Node.Scalar::text).distinct().toList();
  }

  private @Nullable Pattern pattern(Node.@Nullable Scalar scalar) {
    if (scalar == null) {
      return null;
    }
    String why = SchemaCheck.patternProblem(scalar.text());
    if (why != null) {
      reader.report(
          scalar.mark(),
          "pattern",
          "a pattern with " + why,
          "a linear-time pattern (RE2 syntax: no look-around, no back references)",
          null);
      return null;
    }
    return Pattern.compile(scalar.text());
  }

  private @Nullable Type object(
      MappingReader keys, List<Node.Member> properties, @Nullable Node values) {
    if (keys.has("properties") && values != null) {
      needless(keys, "additionalProperties", "an object without `properties`");
    }
    if (values != null) {
      Type type = part(values, "`additionalProperties`");
      return type == null ? null : new Type.MapOf(type);
    }
    if (!keys.has("properties")) {
      return new Type.Opaque();
    }
    Map<String, Type> types = new LinkedHashMap<>();
    for (Node.Member property : properties) {
      Type type = part(property.node(), "the property `" + property.key() + "`");
      if (type != null) {
        types.put(property.key(), type);
      }
    }
    return new Type.Struct(types);
  }

  private @Nullable Type part(Node node, String what) {
    MappingReader keys = reader.mapping(node, what);
    if (keys == null) {
      return null;
    }
    boolean many = keys.bool("many", false);
    Type type = type(keys);
    keys.done();
    return type != null && many ? new Type.ListOf(type) : type;
  }
}
