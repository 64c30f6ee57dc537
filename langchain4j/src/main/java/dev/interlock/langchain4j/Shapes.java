package dev.interlock.langchain4j;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.langchain4j.Shape.Misfit;
import dev.langchain4j.model.output.structured.Description;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The shapes of Java types. LangChain4j's own generator is not used: it says nothing of ranges, and
 * its reader goes through doubles.
 */
final class Shapes {
  /** For a message. */
  static final String KNOWN =
      "String, boolean, int, long, BigDecimal, BigInteger, an enum, LocalDate, Instant, Duration,"
          + " UUID, a record, or a List, Set, Map<String, …> or Optional of those";

  /** Records that are being read: one inside itself would have no end. */
  private final Deque<Class<?>> open = new ArrayDeque<>();

  /** Of what cannot be a parameter. */
  static final class Unfit extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unfit(String message) {
      super(message);
    }
  }

  /**
   * The shape of a type.
   *
   * @throws Unfit if it has none
   */
  static Shape of(Type type) {
    return new Shapes().shape(type);
  }

  private Shape shape(Type type) {
    return switch (type) {
      case Class<?> plain -> plain(plain);
      case ParameterizedType generic when generic.getRawType() instanceof Class<?> raw ->
          generic(raw, generic.getActualTypeArguments());
      default -> throw unfit(type);
    };
  }

  private Shape plain(Class<?> type) {
    if (type == String.class) {
      return new Shape(Map.of("type", "string"), Shapes::text);
    }
    if (type == boolean.class || type == Boolean.class) {
      return new Shape(Map.of("type", "boolean"), Shapes::bool);
    }
    if (type == int.class || type == Integer.class) {
      return whole(Integer.MIN_VALUE, Integer.MAX_VALUE, Math::toIntExact);
    }
    if (type == long.class || type == Long.class) {
      return whole(Long.MIN_VALUE, Long.MAX_VALUE, number -> number);
    }
    if (type == short.class || type == Short.class) {
      return whole(Short.MIN_VALUE, Short.MAX_VALUE, Long::shortValue);
    }
    if (type == byte.class || type == Byte.class) {
      return whole(Byte.MIN_VALUE, Byte.MAX_VALUE, Long::byteValue);
    }
    if (type == BigDecimal.class) {
      return new Shape(Map.of("type", "number"), Shapes::decimal);
    }
    if (type == BigInteger.class) {
      // an integer has 64 bits
      return new Shape(Map.of("type", "number", "multipleOf", 1L), json -> bigWhole(decimal(json)));
    }
    if (type == LocalDate.class) {
      return written("date", "^\\d{4}-\\d{2}-\\d{2}$", LocalDate::parse);
    }
    if (type == Instant.class) {
      return written("date-time", "^\\d{4}-\\d{2}-\\d{2}T.+Z$", Instant::parse);
    }
    if (type == Duration.class) {
      return written("duration", "^P.+$", Duration::parse);
    }
    if (type == UUID.class) {
      return written(
          "uuid", "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", UUID::fromString);
    }
    if (type.isEnum()) {
      return constants(type);
    }
    if (type.isRecord()) {
      return members(type);
    }
    throw unfit(type);
  }

  private Shape generic(Class<?> raw, Type[] of) {
    if (raw == Optional.class) {
      Shape inner = shape(of[0]);
      return new Shape(
          inner.schema(), json -> Optional.of(inner.reading().read(json)), Optional.empty(), false);
    }
    if (raw == List.class || raw == Collection.class) {
      Shape item = shape(of[0]);
      return new Shape(Map.of("type", "array", "items", item.schema()), json -> items(json, item));
    }
    if (raw == Set.class) {
      Shape item = shape(of[0]);
      return new Shape(
          Map.of("type", "array", "items", item.schema(), "uniqueItems", true),
          json -> Collections.unmodifiableSet(new LinkedHashSet<>(items(json, item))));
    }
    if (raw == Map.class && of[0] == String.class) {
      Shape value = shape(of[1]);
      return new Shape(
          Map.of("type", "object", "additionalProperties", value.schema()),
          json -> {
            Map<String, Object> read = new LinkedHashMap<>();
            object(json)
                .forEach((key, member) -> {
                  @Nullable Object one = value.read(key, member);
                  if (one != null) {
                    read.put(key, one);
                  }
                });
            return Collections.unmodifiableMap(read);
          });
    }
    throw unfit(raw);
  }

  private static Unfit unfit(Type type) {
    boolean fraction = List.of(double.class, Double.class, float.class, Float.class).contains(type);
    return new Unfit(
        fraction
            ? "%s, which rounds decimal numbers; take BigDecimal".formatted(type.getTypeName())
            : "%s; expected %s".formatted(type.getTypeName(), KNOWN));
  }

  // ---- one value

  private static String text(Object json) {
    if (json instanceof String text) {
      return text;
    }
    throw misfit(json, "a text");
  }

  private static Boolean bool(Object json) {
    if (json instanceof Boolean bool) {
      return bool;
    }
    throw misfit(json, "true or false");
  }

  private static BigDecimal decimal(Object json) {
    return switch (json) {
      case Long whole -> BigDecimal.valueOf(whole);
      case Decimal exact -> exact.value();
      default -> throw misfit(json, "a number");
    };
  }

  private static BigInteger bigWhole(BigDecimal number) {
    try {
      return number.toBigIntegerExact();
    } catch (ArithmeticException e) {
      throw misfit(new Decimal(number), "a whole number");
    }
  }

  private static Shape whole(long least, long most, Function<Long, Object> narrowed) {
    return new Shape(
        Map.of("type", "integer", "minimum", least, "maximum", most),
        json -> {
          if (json instanceof Long number && number >= least && number <= most) {
            return narrowed.apply(number);
          }
          throw misfit(json, "a whole number from %d to %d".formatted(least, most));
        });
  }

  private static Shape written(String format, String pattern, Function<String, Object> parse) {
    return new Shape(
        Map.of("type", "string", "format", format, "pattern", pattern),
        json -> {
          try {
            return parse.apply(text(json));
          } catch (DateTimeException | IllegalArgumentException e) {
            throw misfit(json, "a " + format);
          }
        });
  }

  private static Shape constants(Class<?> type) {
    Map<String, Object> byName = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      byName.put(((Enum<?>) constant).name(), constant);
    }
    return new Shape(
        Map.of("type", "string", "enum", List.copyOf(byName.keySet())),
        json -> {
          Object constant = byName.get(text(json));
          if (constant == null) {
            throw misfit(json, "one of " + String.join(", ", byName.keySet()));
          }
          return constant;
        });
  }

  private static List<Object> items(Object json, Shape item) {
    if (!(json instanceof List<?> list)) {
      throw misfit(json, "a list");
    }
    List<Object> items = new ArrayList<>();
    for (Object one : list) {
      items.add(item.reading().read(one));
    }
    return Collections.unmodifiableList(items);
  }

  private static Map<String, Object> object(Object json) {
    if (json instanceof Map<?, ?> map) {
      return Json.object(map);
    }
    throw misfit(json, "an object");
  }

  static Misfit misfit(Object json, String expected) {
    String found = Json.write(json);
    String shown = found.length() > 80 ? found.substring(0, 80) + "…" : found;
    return new Misfit("found %s, expected %s".formatted(shown, expected));
  }

  // ---- records

  private Shape members(Class<?> type) {
    if (open.contains(type)) {
      throw new Unfit(
          "the record %s inside itself; expected levels that end".formatted(type.getSimpleName()));
    }
    open.push(type);
    Map<String, Shape> members = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      try {
        Shape member = described(shape(component.getGenericType()), description(component));
        boolean optional = mayBeNull(component.getAnnotatedType());
        members.put(component.getName(), optional ? member.orElse(null) : member);
      } catch (Unfit e) {
        throw new Unfit(
            "`%s` of %s is %s"
                .formatted(component.getName(), type.getSimpleName(), e.getMessage()));
      }
    }
    open.pop();
    Constructor<?> constructor = constructor(type);
    return new Shape(objectSchema(members), json -> made(constructor, members, object(json)));
  }

  private static String description(AnnotatedElement element) {
    Description description = element.getAnnotation(Description.class);
    return description == null ? "" : String.join("\n", description.value());
  }

  /** Whether null is allowed, by an annotation called Nullable, of whatever library. */
  static boolean mayBeNull(AnnotatedElement element) {
    return Arrays.stream(element.getAnnotations())
        .anyMatch(it -> it.annotationType().getSimpleName().equals("Nullable"));
  }

  /** The same, with words for the model. */
  static Shape described(Shape shape, String description) {
    if (description.isBlank()) {
      return shape;
    }
    Map<String, Object> schema = new LinkedHashMap<>(shape.schema());
    schema.put("description", description);
    return new Shape(schema, shape.reading(), shape.absent(), shape.needed());
  }

  /** An object of these members and no others. */
  static Map<String, Object> objectSchema(Map<String, Shape> members) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<Object> required = new ArrayList<>();
    members.forEach((name, member) -> {
      properties.put(name, member.schema());
      if (member.needed()) {
        required.add(name);
      }
    });
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

  private static Constructor<?> constructor(Class<?> type) {
    Class<?>[] parameters =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(parameters);
      constructor.setAccessible(true);
      return constructor;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e); // a record has one
    }
  }

  private static Object made(
      Constructor<?> constructor, Map<String, Shape> members, Map<String, Object> json) {
    @Nullable Object[] values = new @Nullable Object[members.size()];
    int i = 0;
    for (Map.Entry<String, Shape> member : members.entrySet()) {
      values[i++] = member.getValue().read(member.getKey(), json.get(member.getKey()));
    }
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) { // the record's own check
      throw new Misfit("found %s: %s".formatted(Json.write(json), e.getCause()));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
