package dev.interlock.core.load;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.Type;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The types of guards: those of fields, of arguments by their locked schemas, and of constants.
 * What has no single type is opaque: passed on and compared, never read into.
 */
final class Types {
  /** An exact number. */
  static final CelType DECIMAL = OpaqueType.create("number");

  /** A day. It stands beside a timestamp as its midnight, UTC. */
  static final CelType DATE = OpaqueType.create("date");

  /** An object that is not read into. */
  static final CelType OBJECT = OpaqueType.create("object");

  /** A value whose type nobody declared. */
  static final CelType ANY = OpaqueType.create("any");

  private final Map<String, StructType> structs = new LinkedHashMap<>();
  private final Map<List<CelType>, StructType> pairs = new HashMap<>();

  /** The object types made so far, for a checker. */
  CelTypeProvider provider() {
    return new Provider(ImmutableMap.copyOf(structs));
  }

  private record Provider(ImmutableMap<String, StructType> structs) implements CelTypeProvider {
    @Override
    public ImmutableCollection<CelType> types() {
      return ImmutableList.copyOf(structs.values());
    }

    @Override
    public Optional<CelType> findType(String name) {
      return Optional.ofNullable(structs.get(name));
    }
  }

  /**
   * A type with those members.
   *
   * @param path names it in messages; a second one of the same path is told apart
   */
  StructType struct(String path, Map<String, CelType> declared) {
    ImmutableMap<String, CelType> members = ImmutableMap.copyOf(declared);
    String first = "object " + path; // with a blank, so that no expression can name it
    String name = first;
    for (int i = 2; structs.containsKey(name); i++) {
      name = first + "#" + i;
    }
    StructType struct =
        StructType.create(
            name, members.keySet(), member -> Optional.ofNullable(members.get(member)));
    structs.put(name, struct);
    return struct;
  }

  /** The type of an item of one list beside an item of another, as {@code pairs} gives it. */
  Vocabulary.Paired pair(CelType a, CelType b) {
    return new Vocabulary.Paired(
        a, b, pairs.computeIfAbsent(List.of(a, b), of -> struct("pair", Map.of("a", a, "b", b))));
  }

  /** The type of a field's value, or of a part of it. */
  CelType of(String path, Type type) {
    return switch (type) {
      case Type.Text t -> SimpleType.STRING;
      case Type.Whole t -> SimpleType.INT;
      case Type.Exact t -> DECIMAL;
      case Type.Time(Type.Time.Kind kind) ->
          switch (kind) {
            case DATE -> DATE;
            case TIMESTAMP -> SimpleType.TIMESTAMP;
            case DURATION -> SimpleType.DURATION;
          };
      case Type.Bool t -> SimpleType.BOOL;
      case Type.Opaque t -> OBJECT;
      case Type.Document t ->
          struct(
              path,
              Map.of(
                  "name", SimpleType.STRING,
                  "mediaType", SimpleType.STRING,
                  "size", SimpleType.INT,
                  "hash", SimpleType.STRING));
      case Type.ListOf(Type items) -> ListType.create(of(path + "[]", items));
      case Type.MapOf(Type values) -> MapType.create(SimpleType.STRING, of(path + "[]", values));
      case Type.Struct(Map<String, Type> properties) -> {
        Map<String, CelType> members = new LinkedHashMap<>();
        properties.forEach((name, member) -> members.put(name, of(path + "." + name, member)));
        yield struct(path, members);
      }
    };
  }

  /** The type of a constant. */
  CelType of(String path, Object constant) {
    return switch (constant) {
      case String text -> SimpleType.STRING;
      case Long number -> SimpleType.INT;
      case Decimal number -> DECIMAL;
      case Boolean bool -> SimpleType.BOOL;
      case Map<?, ?> map -> {
        Map<String, CelType> members = new LinkedHashMap<>();
        Json.object(map).forEach((name, it) -> members.put(name, of(path + "." + name, it)));
        yield struct(path, members);
      }
      case List<?> list -> ListType.create(common(path + "[]", list));
      default -> ANY;
    };
  }

  private CelType common(String path, List<?> items) {
    CelType common = null;
    for (Object item : items) {
      CelType type = item instanceof Map<?, ?> ? ANY : of(path, item);
      if (common == null || common.equals(type)) {
        common = type;
      } else {
        common = number(common) && number(type) ? DECIMAL : ANY;
      }
    }
    return common == null ? ANY : common;
  }

  static boolean number(CelType type) {
    return type.equals(DECIMAL) || type.equals(SimpleType.INT);
  }

  /** The type of what fits a JSON Schema that passed {@link SchemaCheck}. */
  CelType of(String path, Map<String, Object> root, Object schema) {
    return schema instanceof Map<?, ?> map ? bySchema(path, root, Json.object(map)) : ANY;
  }

  private CelType bySchema(String path, Map<String, Object> root, Map<String, Object> schema) {
    if (schema.get("$ref") instanceof String reference && reference.startsWith("#")) {
      Object target = SchemaCheck.resolve(root, reference);
      return target == null ? ANY : of(path, root, target);
    }
    Object alternative = onlyAlternative(schema);
    if (alternative != null) {
      return of(path, root, alternative);
    }
    return switch (typeName(schema)) {
      case "string" -> SimpleType.STRING;
      case "integer" -> SimpleType.INT;
      case "number" -> DECIMAL;
      case "boolean" -> SimpleType.BOOL;
      case "array" -> ListType.create(of(path + "[]", root, schema.getOrDefault("items", true)));
      case "object" -> object(path, root, schema);
      default -> ANY;
    };
  }

  private CelType object(String path, Map<String, Object> root, Map<String, Object> schema) {
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      Map<String, CelType> members = new LinkedHashMap<>();
      Json.object(properties)
          .forEach((name, member) -> members.put(name, of(path + "." + name, root, member)));
      return struct(path, members);
    }
    return schema.get("additionalProperties") instanceof Map<?, ?> values
        ? MapType.create(SimpleType.STRING, of(path + "[]", root, values))
        : OBJECT;
  }

  /** What is left of {@code anyOf} or {@code oneOf} without null, if it is one. */
  private static @Nullable Object onlyAlternative(Map<String, Object> schema) {
    for (String keyword : List.of("anyOf", "oneOf", "allOf")) {
      if (!schema.containsKey("type") && schema.get(keyword) instanceof List<?> list) {
        List<?> real =
            list.stream()
                .filter(item -> !(item instanceof Map<?, ?> map && "null".equals(map.get("type"))))
                .toList();
        return real.size() == 1 ? real.getFirst() : null;
      }
    }
    return null;
  }

  private static String typeName(Map<String, Object> schema) {
    if (schema.get("type") instanceof String name) {
      return name;
    }
    if (schema.get("type") instanceof List<?> names) {
      List<?> real = names.stream().filter(name -> !"null".equals(name)).toList();
      return real.size() == 1 ? String.valueOf(real.getFirst()) : "";
    }
    boolean texts =
        schema.get("const") instanceof String
            || (schema.get("enum") instanceof List<?> options
                && options.stream().allMatch(String.class::isInstance));
    return texts ? "string" : "";
  }

  /** The type of keys by that argument: itself if it is one that keys may have. */
  static CelType key(CelType argument) {
    return argument.equals(SimpleType.INT) || argument.equals(SimpleType.BOOL)
        ? argument
        : SimpleType.STRING;
  }

  /** Whether a value of one type may stand where another is asked for. */
  static boolean fits(CelType value, CelType slot) {
    if (slot.equals(SimpleType.STRING) && (value.equals(DECIMAL) || temporal(value))) {
      return true; // as its text
    }
    if (value.equals(DATE) && slot.equals(SimpleType.TIMESTAMP)) {
      return true;
    }
    if (slot.equals(ANY) || value.equals(ANY) || value.kind().isDyn()) {
      return true;
    }
    boolean slotIsObject = slot.kind() == CelKind.STRUCT || slot.equals(OBJECT);
    return switch (value.kind()) {
      case LIST ->
          slot.kind() == CelKind.LIST
              && fits(((ListType) value).elemType(), ((ListType) slot).elemType());
      case MAP, STRUCT -> slotIsObject || slot.kind() == CelKind.MAP;
      case TYPE_PARAM -> true;
      case OPAQUE -> value.equals(OBJECT) ? slotIsObject : value.equals(slot);
      case INT -> slot.equals(SimpleType.INT) || slot.equals(DECIMAL);
      default -> value.equals(slot);
    };
  }

  /** The kind of a date, timestamp or duration; null for any other type. */
  static Type.Time.@Nullable Kind temporalKind(CelType type) {
    return switch (type.kind()) {
      case TIMESTAMP -> Type.Time.Kind.TIMESTAMP;
      case DURATION -> Type.Time.Kind.DURATION;
      default -> type.equals(DATE) ? Type.Time.Kind.DATE : null;
    };
  }

  /** Whether a value of a type is or may hold one of them. */
  static boolean holdsTimes(CelType type) {
    return temporal(type)
        || type.parameters().stream().anyMatch(Types::holdsTimes)
        || (type instanceof StructType struct
            && struct.fields().stream().anyMatch(field -> holdsTimes(field.type())));
  }

  private static boolean temporal(CelType type) {
    return temporalKind(type) != null;
  }

  /** A type's name for a message. */
  static String name(CelType type) {
    return switch (type.kind()) {
      case INT -> "integer";
      case STRING -> "string";
      case BOOL -> "boolean";
      case LIST -> "list of " + name(((ListType) type).elemType());
      case MAP -> "map";
      case STRUCT -> "object";
      case DYN, TYPE_PARAM -> "any";
      default -> type.name().replace("google.protobuf.", "").toLowerCase(Locale.ROOT);
    };
  }
}
