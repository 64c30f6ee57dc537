package dev.interlock.core.journal;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * Any value of a field. JSON tells most of them apart by itself; the others are an object of one
 * member whose name begins with {@code $}: a decimal that JSON would read as an integer, a time, a
 * map with other keys than texts.
 */
final class ValueCodec implements Codec {
  static final ValueCodec VALUE = new ValueCodec();

  private static final String DECIMAL = "$decimal";
  private static final String INSTANT = "$instant";
  private static final String MAP = "$map";

  /** A decimal with more zeros than this on either side is written with an exponent. */
  private static final int MAX_PLAIN_SCALE = 100;

  private ValueCodec() {}

  @Override
  public void write(Object value, Out out) {
    switch (value) {
      case String text -> Json.write(text, out.text());
      case Long number -> out.text().append(number.longValue());
      case Boolean bool -> out.text().append(bool.booleanValue());
      case Decimal number -> {
        int scale = number.value().scale();
        if (scale > 0 && scale <= MAX_PLAIN_SCALE) {
          out.text().append(number);
        } else {
          tagged(DECIMAL, number.value().toString(), out);
        }
      }
      case Instant time -> tagged(INSTANT, time.toString(), out);
      case List<?> list -> {
        out.text().append('[');
        for (int i = 0; i < list.size(); i++) {
          if (i > 0) {
            out.text().append(',');
          }
          write(Objects.requireNonNull(list.get(i)), out);
        }
        out.text().append(']');
      }
      case Map<?, ?> map -> {
        if (plain(map)) {
          members(map, out, this::write);
        } else {
          List<List<Object>> pairs = new ArrayList<>();
          map.forEach((key, member) -> pairs.add(List.of(key, member)));
          if (!out.ordered()) {
            pairs.sort(Comparator.comparing(pair -> pair.getFirst().toString()));
          }
          out.text().append("{\"" + MAP + "\":");
          write(pairs, out);
          out.text().append('}');
        }
      }
      default ->
          throw new IllegalArgumentException(
              value.getClass().getName() + " is not one of the types of a value");
    }
  }

  private static void tagged(String tag, String text, Out out) {
    out.text().append("{\"").append(tag).append("\":\"").append(text).append("\"}");
  }

  private static boolean plain(Map<?, ?> map) {
    for (Object key : map.keySet()) {
      if (!(key instanceof String name) || (map.size() == 1 && name.startsWith("$"))) {
        return false;
      }
    }
    return true;
  }

  /** Writes a map as an object: keys are texts, or enums by their names. */
  static void members(Map<?, ?> map, Out out, BiConsumer<Object, Out> writeMember) {
    Map<?, ?> inOrder = map;
    if (!out.ordered() && map.size() > 1) {
      Map<String, Object> sorted = new TreeMap<>();
      map.forEach((key, member) -> sorted.put(name(key), member));
      inOrder = sorted;
    }
    out.text().append('{');
    boolean more = false;
    for (Map.Entry<?, ?> member : inOrder.entrySet()) {
      if (more) {
        out.text().append(',');
      }
      Json.write(name(member.getKey()), out.text());
      out.text().append(':');
      writeMember.accept(Objects.requireNonNull(member.getValue()), out);
      more = true;
    }
    out.text().append('}');
  }

  private static String name(Object key) {
    return switch (key) {
      case String text -> text;
      case Enum<?> constant -> constant.name();
      default ->
          throw new IllegalArgumentException(
              key.getClass().getName() + " is not one of the types of a key");
    };
  }

  @Override
  public Object read(Object json, In in) {
    return switch (json) {
      case List<?> list -> {
        List<Object> items = new ArrayList<>(list.size());
        for (Object item : list) {
          items.add(read(Objects.requireNonNull(item), in));
        }
        yield Collections.unmodifiableList(items);
      }
      case Map<?, ?> map -> {
        if (map.size() == 1 && map.keySet().iterator().next() instanceof String tag) {
          Object inside = Objects.requireNonNull(map.get(tag));
          switch (tag) {
            case DECIMAL -> {
              yield Decimal.of(Codec.text(inside));
            }
            case INSTANT -> {
              yield Instant.parse(Codec.text(inside));
            }
            case MAP -> {
              Map<Object, Object> pairs = new LinkedHashMap<>();
              for (Object pair : Codec.list(inside)) {
                List<?> two = Codec.list(Objects.requireNonNull(pair));
                pairs.put(
                    read(Objects.requireNonNull(two.get(0)), in),
                    read(Objects.requireNonNull(two.get(1)), in));
              }
              yield Collections.unmodifiableMap(pairs);
            }
            default -> {} // an object of one member
          }
        }
        Map<String, Object> members = new LinkedHashMap<>();
        Json.object(map).forEach((name, member) -> members.put(name, read(member, in)));
        yield Collections.unmodifiableMap(members);
      }
      default -> json;
    };
  }
}
