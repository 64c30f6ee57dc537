package dev.interlock.core.json;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON as Interlock's values, and back to text in canonical form.
 *
 * <p>A value is a {@link String}, {@link Long}, {@link Decimal}, {@link Boolean}, an unmodifiable
 * {@link List} or an unmodifiable {@link Map} with string keys. Numbers are read by their text: one
 * that is whole and fits 64 bits is a {@code Long}, any other a {@code Decimal}. A {@code null}
 * member of an object is left out, since unset is the only absence; elsewhere null is refused.
 *
 * <p>Canonical form is RFC 8785 (JCS), but numbers are written exactly, without exponent or
 * trailing zeros.
 */
public final class Json {
  /** The deepest nesting that is read. */
  public static final int MAX_DEPTH = 100;

  /** The most digits of a number, as in IEEE 754 decimal128. */
  public static final int MAX_DIGITS = 34;

  /** The longest text that is read, in characters. */
  public static final int MAX_LENGTH = 64 << 20;

  /** The deepest nesting of what Interlock itself wrote: values inside values inside entries. */
  private static final int MAX_STORED_DEPTH = 1_000;

  private static final JsonFactory FACTORY = factory(MAX_DEPTH, MAX_LENGTH);
  private static final JsonFactory STORED = factory(MAX_STORED_DEPTH, Integer.MAX_VALUE);

  private static JsonFactory factory(int depth, int length) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(depth)
                .maxNumberLength(1_000)
                .maxStringLength(length)
                .maxDocumentLength(length)
                .build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .build();
  }

  private Json() {}

  /**
   * Reads one JSON text.
   *
   * @throws JsonException if it is malformed, has a duplicate key, is too deep, too long, has a
   *     number out of range or half a character
   */
  public static Object parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new JsonException(
          "%,d characters, expected at most %,d".formatted(text.length(), MAX_LENGTH));
    }
    Object value = parse(FACTORY, text);
    requireUnicode(value);
    return value;
  }

  /**
   * As {@link #parse}, for text that Interlock wrote itself: what holds values may be deeper and
   * longer than they are.
   */
  public static Object parseStored(String text) {
    return parse(STORED, text);
  }

  private static Object parse(JsonFactory factory, String text) {
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      Object value = read(parser);
      if (value == null) {
        throw new JsonException("null, expected a value");
      }
      if (parser.nextToken() != null) {
        throw new JsonException("more text after the end of the value");
      }
      return value;
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation(); // a limit that is passed has none
      throw new JsonException(
          at == null
              ? e.getOriginalMessage()
              : "%s at line %d, column %d"
                  .formatted(e.getOriginalMessage(), at.getLineNr(), at.getColumnNr()));
    }
  }

  /** As {@link #parse}, for a text that must be an object. */
  public static Map<String, Object> parseObject(String text) {
    if (parse(text) instanceof Map<?, ?> map) {
      return object(map);
    }
    throw new JsonException("expected an object");
  }

  private static @Nullable Object read(JsonParser parser) {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new JsonException("an empty text, expected a value");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          Object value = read(parser);
          if (value != null) {
            map.put(name, value);
          }
        }
        yield Collections.unmodifiableMap(map);
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          Object value = read(parser);
          if (value == null) {
            throw new JsonException("null inside a list, expected a value");
          }
          list.add(value);
        }
        yield Collections.unmodifiableList(list);
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getString());
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new JsonException("unexpected " + token);
    };
  }

  /**
   * The number that a JSON number text stands for.
   *
   * @throws JsonException if it has more than {@link #MAX_DIGITS} digits
   */
  public static Object number(String text) {
    try {
      return number(new BigDecimal(text));
    } catch (NumberFormatException e) { // an exponent that no number has
      throw outOfRange();
    }
  }

  /** As {@link #number(String)}. */
  public static Object number(BigDecimal exact) {
    BigDecimal plain = plain(exact);
    if (plain.precision() > MAX_DIGITS || Math.abs((long) plain.scale()) > 6_144) {
      throw outOfRange();
    }
    if (plain.scale() <= 0 && plain.precision() - plain.scale() <= 19) {
      try {
        return plain.longValueExact();
      } catch (ArithmeticException e) {
        return new Decimal(plain);
      }
    }
    return new Decimal(plain);
  }

  private static BigDecimal plain(BigDecimal exact) {
    try {
      return exact.signum() == 0 ? BigDecimal.ZERO : exact.stripTrailingZeros();
    } catch (ArithmeticException e) { // the exponent overflows
      throw outOfRange();
    }
  }

  private static JsonException outOfRange() {
    return new JsonException("a number of more than %d digits".formatted(MAX_DIGITS), true);
  }

  /** How deep a value nests; 0 for one that holds no others. */
  public static int depth(Object value) {
    return switch (value) {
      case List<?> list -> 1 + deepest(list);
      case Map<?, ?> map -> 1 + deepest(map.values());
      default -> 0;
    };
  }

  private static int deepest(Collection<?> values) {
    return values.stream().mapToInt(Json::depth).max().orElse(0);
  }

  /** Whether a text has no half characters: UTF-8 has none, and they would fall together. */
  public static boolean unicode(String text) {
    return text.codePoints().noneMatch(Json::half);
  }

  /** A code point that is an unpaired surrogate. */
  private static boolean half(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  private static void requireUnicode(Object value) {
    switch (value) {
      case String text -> {
        if (!unicode(text)) {
          throw new JsonException("half a character (an unpaired surrogate), expected Unicode");
        }
      }
      case List<?> list -> list.forEach(Json::requireUnicode);
      case Map<?, ?> map ->
          map.forEach((key, member) -> {
            requireUnicode(key);
            requireUnicode(member);
          });
      default -> {} // numbers and booleans
    }
  }

  /** The canonical form of a value. */
  public static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  /** Appends the canonical form of a value. */
  public static void write(Object value, StringBuilder out) {
    switch (value) {
      case String text -> quote(text, out);
      case Long number -> out.append(number.longValue());
      case Decimal number -> out.append(number);
      case Boolean bool -> out.append(bool.booleanValue());
      case List<?> list -> {
        out.append('[');
        String comma = "";
        for (Object item : list) {
          out.append(comma);
          write(Objects.requireNonNull(item), out);
          comma = ",";
        }
        out.append(']');
      }
      case Map<?, ?> map -> {
        List<Map.Entry<?, ?>> members = new ArrayList<>(map.entrySet());
        members.sort(Comparator.comparing(member -> String.valueOf(member.getKey())));
        out.append('{');
        String comma = "";
        for (Map.Entry<?, ?> member : members) {
          out.append(comma);
          quote(String.valueOf(member.getKey()), out);
          out.append(':');
          write(Objects.requireNonNull(member.getValue()), out);
          comma = ",";
        }
        out.append('}');
      }
      default ->
          throw new IllegalArgumentException(
              value.getClass().getName() + " is not one of the types of a value");
    }
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    int written = 0;
    int c;
    for (int i = 0; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      if (c >= 0x20 && c != '"' && c != '\\' && !half(c)) {
        continue; // most characters stand for themselves, and go in one piece
      }
      out.append(text, written, i);
      written = i + 1;
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> out.append("\\u%04x".formatted(c));
      }
    }
    if (written == 0) {
      out.append(text);
    } else {
      out.append(text, written, text.length());
    }
    out.append('"');
  }

  /** The SHA-256 of a value's canonical form, as 64 hexadecimal digits. */
  public static String hash(Object value) {
    return sha256(write(value));
  }

  /** The SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits. */
  public static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** A map of a value, seen with its string keys. */
  @SuppressWarnings("unchecked") // the maps of a value have string keys only
  public static Map<String, Object> object(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }

  /**
   * Puts a value where {@link #at} finds it, beside what is there.
   *
   * @param into changed; objects on the way are replaced by copies
   * @param value an object, whose members are put where none are, if the pointer is empty
   */
  public static void put(Map<String, Object> into, String pointer, Object value) {
    if (pointer.isEmpty()) {
      object((Map<?, ?>) value).forEach(into::putIfAbsent);
      return;
    }
    String[] steps = pointer.substring(1).split("/", -1);
    Map<String, Object> within = into;
    for (int i = 0; i < steps.length - 1; i++) {
      String name = unescaped(steps[i]);
      Map<String, Object> deeper = new LinkedHashMap<>();
      if (within.get(name) instanceof Map<?, ?> there) {
        deeper.putAll(object(there));
      }
      within.put(name, deeper);
      within = deeper;
    }
    within.put(unescaped(steps[steps.length - 1]), value);
  }

  private static String unescaped(String step) {
    return step.replace("~1", "/").replace("~0", "~");
  }

  /** The value at an RFC 6901 pointer, or null if there is none. */
  public static @Nullable Object at(Object value, String pointer) {
    if (pointer.isEmpty()) {
      return value;
    }
    Object current = value;
    for (String step : pointer.substring(1).split("/", -1)) {
      String name = unescaped(step);
      Object next =
          switch (current) {
            case Map<?, ?> map -> map.get(name);
            case List<?> list ->
                name.matches("0|[1-9][0-9]{0,8}") && Integer.parseInt(name) < list.size()
                    ? list.get(Integer.parseInt(name))
                    : null;
            default -> null;
          };
      if (next == null) {
        return null;
      }
      current = next;
    }
    return current;
  }
}
