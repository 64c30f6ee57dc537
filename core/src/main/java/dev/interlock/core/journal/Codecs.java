package dev.interlock.core.journal;

import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The codecs of the types that entries and instances are made of, made once for each type. */
final class Codecs {
  private static final Map<Type, Codec> MADE = new ConcurrentHashMap<>();

  private static final Codec TEXT =
      scalar((value, out) -> Json.write(value, out), json -> Codec.text(json));
  private static final Codec LONG =
      scalar((value, out) -> out.append(((Long) value).longValue()), json -> Codec.whole(json));
  private static final Codec INT =
      scalar(
          (value, out) -> out.append(((Integer) value).intValue()),
          json -> Math.toIntExact(Codec.whole(json)));
  private static final Codec BOOLEAN =
      scalar(
          (value, out) -> out.append(((Boolean) value).booleanValue()),
          json -> {
            if (json instanceof Boolean) {
              return json;
            }
            throw new JournalException("found " + json + ", expected true or false");
          });
  private static final Codec INSTANT = quoted(json -> Instant.parse(json));
  private static final Codec BIG_DECIMAL = quoted(json -> new BigDecimal(json));
  private static final Codec DECIMAL =
      scalar(
          (value, out) -> Json.write(((Decimal) value).value().toString(), out),
          json -> Decimal.of(Codec.text(json)));

  private Codecs() {}

  /** The codec of a type. */
  static Codec of(Type type) {
    Codec made = MADE.get(type);
    if (made == null) {
      made = make(type);
      MADE.put(type, made);
    }
    return made;
  }

  private static Codec make(Type type) {
    if (type instanceof ParameterizedType generic) {
      return collection(generic);
    }
    if (!(type instanceof Class<?> plain)) {
      throw new IllegalArgumentException(type + " has no codec");
    }
    if (plain == Object.class) {
      return ValueCodec.VALUE;
    }
    if (plain == String.class) {
      return TEXT;
    }
    if (plain == long.class || plain == Long.class) {
      return LONG;
    }
    if (plain == int.class || plain == Integer.class) {
      return INT;
    }
    if (plain == boolean.class || plain == Boolean.class) {
      return BOOLEAN;
    }
    if (plain == Instant.class) {
      return INSTANT;
    }
    if (plain == BigDecimal.class) {
      return BIG_DECIMAL;
    }
    if (plain == Decimal.class) {
      return DECIMAL;
    }
    if (plain.isEnum()) {
      return enumeration(plain);
    }
    if (plain.isRecord()) {
      return new RecordCodec(plain, false);
    }
    if (plain.isSealed()) {
      return new SealedCodec(plain);
    }
    throw new IllegalArgumentException(plain.getName() + " has no codec");
  }

  private static Codec collection(ParameterizedType type) {
    Type[] of = type.getActualTypeArguments();
    Type raw = type.getRawType();
    if (raw == List.class) {
      return items(of[0], items -> Collections.unmodifiableList(new ArrayList<>(items)));
    }
    if (raw == Set.class) {
      return items(of[0], items -> Collections.unmodifiableSet(new LinkedHashSet<>(items)));
    }
    if (raw == Map.class) {
      Function<String, Object> key =
          of[0] == String.class
              ? name -> name
              : name -> Codecs.of(of[0]).read(name, Codec.In.IN_PLACE);
      return map(key, of[1]);
    }
    throw new IllegalArgumentException(type + " has no codec");
  }

  private static Codec items(Type item, Function<List<Object>, Object> collect) {
    return new Codec() {
      @Override
      public void write(Object value, Out out) {
        Codec codec = of(item);
        out.text().append('[');
        boolean more = false;
        for (Object each : (Collection<?>) value) {
          if (more) {
            out.text().append(',');
          }
          codec.write(each, out);
          more = true;
        }
        out.text().append(']');
      }

      @Override
      public Object read(Object json, In in) {
        Codec codec = of(item);
        List<Object> items = new ArrayList<>();
        for (Object each : Codec.list(json)) {
          items.add(codec.read(each, in));
        }
        return collect.apply(items);
      }
    };
  }

  /** Maps whose keys are texts, or enums by their names. */
  private static Codec map(Function<String, Object> readKey, Type valueType) {
    return new Codec() {
      @Override
      public void write(Object value, Out out) {
        Codec codec = of(valueType);
        ValueCodec.members((Map<?, ?>) value, out, (each, to) -> codec.write(each, to));
      }

      @Override
      public Object read(Object json, In in) {
        Codec codec = of(valueType);
        Map<Object, Object> map = new LinkedHashMap<>();
        Codec.object(json).forEach((k, v) -> map.put(readKey.apply(k), codec.read(v, in)));
        return Collections.unmodifiableMap(map);
      }
    };
  }

  private static Codec enumeration(Class<?> type) {
    Map<String, Object> byName = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      byName.put(((Enum<?>) constant).name(), constant);
    }
    return scalar(
        (value, out) -> Json.write(((Enum<?>) value).name(), out),
        json -> {
          Object constant = byName.get(Codec.text(json));
          if (constant == null) {
            throw new JournalException("found " + json + ", expected one of " + byName.keySet());
          }
          return constant;
        });
  }

  private static Codec quoted(Function<String, Object> read) {
    return scalar(
        (value, out) -> Json.write(value.toString(), out), json -> read.apply(Codec.text(json)));
  }

  private static Codec scalar(
      BiConsumer<Object, StringBuilder> write, Function<Object, Object> read) {
    return new Codec() {
      @Override
      public void write(Object value, Out out) {
        write.accept(value, out.text());
      }

      @Override
      public Object read(Object json, In in) {
        return read.apply(json);
      }
    };
  }
}
