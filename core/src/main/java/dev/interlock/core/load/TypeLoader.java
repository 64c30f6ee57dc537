package dev.interlock.core.load;

import com.google.re2j.Pattern;
import dev.interlock.core.machine.Document;
import dev.interlock.core.machine.MediaType;
import dev.interlock.core.machine.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loads types, wherever they stand. */
final class TypeLoader {
  private static final Set<String> TYPES =
      Set.of(
          "string",
          "integer",
          "number",
          "decimal",
          "boolean",
          "date",
          "timestamp",
          "duration",
          "document",
          "object");

  private static final List<MediaType> ALL = List.of(MediaType.values());

  /** Before its own keys are read. */
  private static final Type DOCUMENT = new Type.Document(ALL, Document.DEFAULT_MAX_BYTES);

  private final Reader reader;

  TypeLoader(Reader reader) {
    this.reader = reader;
  }

  /** The type that a field's keys describe: it may be a document. */
  @Nullable Type ofField(MappingReader keys) {
    List<Node.Scalar> mediaTypes = keys.words("mediaTypes");
    Long maxBytes = keys.whole("maxBytes", 1);
    Type type = any(keys);
    if (type instanceof Type.Document) {
      return document(keys, mediaTypes, maxBytes);
    }
    if (type != null) {
      only(keys, "a type `document`", "mediaTypes", "maxBytes");
    }
    return type;
  }

  /** The type that the keys of a payload, or of a part of a type, describe. */
  @Nullable Type ofPart(MappingReader keys) {
    Type type = any(keys);
    if (type instanceof Type.Document) {
      reader.report(
          keys.mark(),
          LoadCode.FIELD_SOURCE,
          "a document that is no field",
          "documents of source `user` only",
          "make it a field of its own");
      return null;
    }
    return type;
  }

  private @Nullable Type any(MappingReader keys) {
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
    if (!TYPES.contains(name)) {
      reader.unknown(
          word.mark(), LoadCode.UNKNOWN_WORD, "type", name, TYPES.stream().sorted().toList());
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
      case "number" -> new Type.Exact(false);
      case "decimal" -> new Type.Exact(true);
      case "boolean" -> new Type.Bool();
      case "date" -> new Type.Time(Type.Time.Kind.DATE);
      case "timestamp" -> new Type.Time(Type.Time.Kind.TIMESTAMP);
      case "duration" -> new Type.Time(Type.Time.Kind.DURATION);
      case "document" -> DOCUMENT;
      default -> object(keys, properties, values);
    };
  }

  private Type document(MappingReader keys, List<Node.Scalar> mediaTypes, @Nullable Long maxBytes) {
    List<MediaType> taken = new ArrayList<>();
    for (Node.Scalar word : mediaTypes) {
      Optional<MediaType> type = MediaType.of(word.text());
      if (type.isEmpty()) {
        List<String> words = ALL.stream().map(MediaType::word).toList();
        reader.unknown(word.mark(), LoadCode.UNKNOWN_WORD, "media type", word.text(), words);
      } else if (!taken.contains(type.get())) {
        taken.add(type.get());
      }
    }
    if (maxBytes != null && maxBytes > Document.MAX_BYTES) {
      reader.report(
          keys.mark(),
          LoadCode.RANGE,
          "`maxBytes` " + maxBytes,
          "at most " + Document.MAX_BYTES,
          null);
    }
    return new Type.Document(
        mediaTypes.isEmpty() ? ALL : List.copyOf(taken),
        maxBytes == null
            ? Document.DEFAULT_MAX_BYTES
            : Math.clamp(maxBytes, 1, Document.MAX_BYTES));
  }

  private Type.Text.@Nullable Format format(Node.@Nullable Scalar word) {
    if (word == null) {
      return null;
    }
    Optional<Type.Text.Format> format = Type.Text.Format.of(word.text());
    if (format.isEmpty()) {
      List<String> words =
          Arrays.stream(Type.Text.Format.values()).map(Type.Text.Format::word).toList();
      reader.unknown(word.mark(), LoadCode.UNKNOWN_WORD, "format", word.text(), words);
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
          LoadCode.FORM,
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
    Type type = ofPart(keys);
    keys.done();
    return type != null && many ? new Type.ListOf(type) : type;
  }

  /** A key that has nothing to say here. */
  void needless(MappingReader keys, String key, String where) {
    Node.Member member = keys.node().member(key);
    reader.report(
        member == null ? keys.mark() : member.mark(),
        LoadCode.NO_EFFECT,
        "the key `" + key + "`",
        "it only in " + where,
        "take it out");
  }
}
