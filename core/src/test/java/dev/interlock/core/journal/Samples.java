package dev.interlock.core.journal;

import dev.interlock.core.decide.Occurrence;
import dev.interlock.core.decide.Outcome;
import dev.interlock.core.evolve.Instance;
import dev.interlock.core.json.Decimal;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One value of every record that a journal may hold, made from the types themselves. */
final class Samples {
  static final String KEY = "0123456789abcdef".repeat(4);

  /** Every kind of value that a field may have, awkward ones too. */
  static final Map<String, Object> VALUES = values();

  private int next;

  private Samples() {}

  private static Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("text", "a \"quoted\" line\n and an emoji 😀");
    values.put("integer", Long.MAX_VALUE);
    values.put("decimal", Decimal.of("0.10"));
    values.put("whole decimal", Decimal.of("5"));
    values.put("large decimal", Decimal.of("1E+400"));
    values.put("small decimal", Decimal.of("-1E-400"));
    values.put("boolean", false);
    values.put("list", List.of("x", 1L, List.of()));
    Map<Object, Object> byNumber = new LinkedHashMap<>();
    byNumber.put(2L, "two");
    byNumber.put(1L, Map.of(true, Map.of("deep", Decimal.of("2"))));
    values.put("by number", byNumber);
    values.put("looks like a tag", Map.of("$decimal", "5"));
    values.put("time", Instant.parse("2026-01-05T09:00:00.123456789Z"));
    values.put("a place", Map.of("#", 0L));
    return values;
  }

  static Entry entry(long seq, Occurrence occurrence, List<Outcome> outcomes) {
    return new Entry("device-1", seq, Instant.EPOCH.plusSeconds(seq), "1", occurrence, outcomes);
  }

  /** A journal with every occurrence and every outcome in it. */
  static List<Entry> journal() {
    Samples samples = new Samples();
    List<Object> outcomes = samples.all(Outcome.class);
    List<Object> occurrences = samples.all(Occurrence.class);
    List<Entry> journal = new ArrayList<>();
    int each = outcomes.size() / occurrences.size() + 1;
    for (int i = 0; i < occurrences.size(); i++) {
      List<Outcome> some =
          outcomes.stream().skip((long) i * each).limit(each).map(Outcome.class::cast).toList();
      journal.add(entry(i + 1, (Occurrence) occurrences.get(i), some));
    }
    return journal;
  }

  static Instance instance() {
    return (Instance) new Samples().of(Instance.class);
  }

  private List<Object> all(Class<?> sealed) {
    List<Object> all = new ArrayList<>();
    for (Class<?> permitted : sealed.getPermittedSubclasses()) {
      if (permitted.isSealed()) {
        all.addAll(all(permitted));
      } else {
        all.add(of(permitted));
      }
    }
    return all;
  }

  private Object of(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] of = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return of[0] == Object.class
            ? List.of("key", 7L, true)
            : of[0] instanceof Class<?> item && item.isSealed() ? all(item) : List.of(of(of[0]));
      }
      if (generic.getRawType() == Set.class) {
        return new LinkedHashSet<>(List.of(of(of[0]), of(of[0])));
      }
      return of[1] == Object.class ? VALUES : Map.of(of(of[0]), of(of[1]));
    }
    Class<?> plain = (Class<?>) type;
    next++;
    if (plain == Object.class) {
      return VALUES;
    }
    if (plain == String.class) {
      return "text " + next;
    }
    if (plain == int.class || plain == Integer.class) {
      return next;
    }
    if (plain == long.class || plain == Long.class) {
      return (long) next;
    }
    if (plain == boolean.class || plain == Boolean.class) {
      return next % 2 == 0;
    }
    if (plain == Instant.class) {
      return Instant.ofEpochMilli(next);
    }
    if (plain == BigDecimal.class) {
      return new BigDecimal("0.0010");
    }
    if (plain == Decimal.class) {
      return Decimal.of(next);
    }
    if (plain.isEnum()) {
      return plain.getEnumConstants()[next % plain.getEnumConstants().length];
    }
    if (plain.isSealed()) {
      return of(plain.getPermittedSubclasses()[0]);
    }
    RecordComponent[] components = plain.getRecordComponents();
    @Nullable Object[] values = new @Nullable Object[components.length];
    for (int i = 0; i < components.length; i++) {
      // what refers to itself ends there
      values[i] = components[i].getType() == plain ? null : of(components[i].getGenericType());
    }
    try {
      return plain
          .getConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
          .newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(plain.getName(), e);
    }
  }
}
