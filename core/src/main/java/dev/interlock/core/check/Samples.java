package dev.interlock.core.check;

import dev.interlock.core.contract.Contract;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.machine.ArgRef;
import dev.interlock.core.machine.Field;
import dev.interlock.core.machine.LockedTool;
import dev.interlock.core.machine.Path;
import dev.interlock.core.machine.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A few values in the place of all that a field or an argument may have: for each way in which the
 * machine's expressions tell values apart, one.
 *
 * @param values the first is that of a field that is not set: null, or an empty list or map
 * @param exact whether they stand for all values; if not, there would be too many
 */
record Samples(List<@Nullable Object> values, boolean exact) {
  /** The most of one field: they are counted in the bits of a long. */
  static final int MAX = 64;

  /** How many items of a list are there or not, in all combinations. */
  private static final int MAX_ITEMS = 4;

  private static final Decimal ZERO = Decimal.of(0);

  /** Of a field that is stored. */
  static Samples of(Field field, Universe universe) {
    return of(Path.of(Path.CONTEXT, field.name()).place(), field, universe);
  }

  /** Of what is read at a place as a field is. */
  static Samples of(String place, Field field, Universe universe) {
    Maker maker = new Maker(universe);
    List<@Nullable Object> all = new ArrayList<>();
    if (field.keyed()) {
      all.add(Map.of());
      if (universe.reads(place)) {
        maker.keyed(place, field, 0).stream().limit(MAX + 1L).forEach(all::add);
      } else {
        all.add(Map.of("key", true));
      }
    } else {
      all.add(field.many() ? List.of() : null);
      maker.of(place, field.entryType()).stream()
          .filter(value -> !(field.many() && value.equals(List.of())))
          .forEach(all::add);
    }
    return all.size() > MAX ? coarse(all) : new Samples(all, maker.exact);
  }

  /** One that is not there, one that is all that may be required, and one that is not. */
  private static Samples coarse(List<@Nullable Object> all) {
    List<@Nullable Object> few = new ArrayList<>();
    few.add(all.getFirst());
    for (boolean met : new boolean[] {true, false}) {
      all.stream()
          .skip(1)
          .filter(value -> Contract.met(value) == met)
          .findFirst()
          .ifPresent(few::add);
    }
    return new Samples(few, false);
  }

  /**
   * Of an argument, by the locked schema of its tool; the first stands for one that is not given.
   */
  static Samples of(ArgRef argument, LockedTool tool, Universe universe) {
    Maker maker = new Maker(universe);
    Object schema = tool.inputSchema();
    String place = "args";
    for (String step : argument.path()) {
      place += "." + step;
      Object properties =
          schema instanceof Map<?, ?> map && map.get("properties") instanceof Map<?, ?> it
              ? it
              : Map.of();
      schema = ((Map<?, ?>) properties).get(step);
    }
    List<@Nullable Object> all = new ArrayList<>();
    all.add(null);
    all.addAll(
        maker.bySchema(place, schema instanceof Map<?, ?> map ? Json.object(map) : Map.of()));
    return all.size() > MAX ? coarse(all) : new Samples(all, maker.exact);
  }

  private static final class Maker {
    private final Universe universe;
    private boolean exact = true;

    Maker(Universe universe) {
      this.universe = universe;
    }

    List<Object> of(String place, Type type) {
      if (!universe.reads(place)) {
        return List.of(any(type));
      }
      return switch (type) {
        case Type.Bool t -> List.of(true, false);
        case Type.Text text -> texts(place, text);
        case Type.Whole t -> numbers(place, true);
        case Type.Exact t -> numbers(place, false);
        case Type.Time time -> times(time.kind());
        case Type.Struct(Map<String, Type> properties) -> objects(place, properties);
        case Type.MapOf(Type values) -> maps(place, values);
        case Type.ListOf(Type items) -> lists(place, items);
        case Type.Opaque t -> List.of(Map.of());
        case Type.Document t -> coarse(any(t));
      };
    }

    private List<Object> coarse(Object value) {
      exact = false;
      return List.of(value);
    }

    /** A value of a type of which nothing is asked. */
    private static Object any(Type type) {
      return switch (type) {
        case Type.Bool t -> true;
        case Type.Text text -> text.options().isEmpty() ? "any" : text.options().getFirst();
        case Type.Whole t -> 0L;
        case Type.Exact t -> ZERO;
        case Type.Time time -> times(time.kind()).getFirst();
        case Type.Struct(Map<String, Type> properties) ->
            properties.entrySet().stream()
                .findFirst()
                .<Object>map(first -> Map.of(first.getKey(), any(first.getValue())))
                .orElse(Map.of());
        case Type.MapOf(Type values) -> Map.of("key", any(values));
        case Type.ListOf(Type items) -> List.of(any(items));
        case Type.Opaque t -> Map.of();
        case Type.Document t -> Map.of("name", "a.pdf");
      };
    }

    private List<Object> texts(String place, Type.Text type) {
      List<String> texts = universe.texts(place);
      exact &= universe.exactTexts(place) || !type.options().isEmpty();
      if (type.options().isEmpty()) {
        return List.copyOf(texts);
      }
      Set<Object> options = new LinkedHashSet<>();
      type.options().stream().filter(texts::contains).forEach(options::add);
      type.options().stream()
          .filter(option -> !texts.contains(option))
          .limit(texts.size()) // as many as may be told apart from each other
          .forEach(options::add);
      return List.copyOf(options);
    }

    private List<Object> numbers(String place, boolean whole) {
      exact &= universe.few(place);
      List<Object> numbers = new ArrayList<>();
      for (BigDecimal number : universe.numbers(place, whole)) {
        numbers.add(whole ? (Object) number.longValue() : new Decimal(number));
      }
      return numbers;
    }

    private static List<Object> times(Type.Time.Kind kind) {
      return switch (kind) {
        case DATE -> List.of("2026-01-01", "2026-01-02", "2026-01-03");
        case TIMESTAMP ->
            List.of("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z");
        case DURATION -> List.of("PT1H", "PT2H", "PT3H");
      };
    }

    private List<Object> objects(String place, Map<String, Type> properties) {
      List<Map<String, Object>> all = new ArrayList<>();
      all.add(Map.of());
      properties.entrySet().stream()
          .filter(it -> !universe.reads(place + "." + it.getKey()))
          .findFirst() // for whoever asks only whether the object is empty
          .ifPresent(it -> all.add(Map.of(it.getKey(), any(it.getValue()))));
      for (Map.Entry<String, Type> property : properties.entrySet()) {
        String inner = place + "." + property.getKey();
        if (universe.reads(inner)) {
          List<Map<String, Object>> before = List.copyOf(all);
          for (Object value : of(inner, property.getValue())) {
            before.forEach(it -> all.add(with(it, property.getKey(), value)));
          }
          if (all.size() > MAX) {
            exact = false;
            return List.of(Map.of(), all.getLast());
          }
        }
      }
      return List.copyOf(all);
    }

    private static Map<String, Object> with(Map<String, Object> map, String name, Object value) {
      Map<String, Object> more = new LinkedHashMap<>(map);
      more.put(name, value);
      return more;
    }

    private List<Object> maps(String place, Type values) {
      counted(place);
      List<Object> maps = new ArrayList<>();
      maps.add(Map.of());
      for (String key : universe.texts(place + "[*]")) {
        of(place + "[]", values).forEach(value -> maps.add(Map.of(key, value)));
      }
      return maps;
    }

    /** Of maps one entry is told apart, not how many there are. */
    private void counted(String place) {
      exact &= universe.sizes(place).stream().allMatch(size -> size == 0);
    }

    /** Maps of one entry: what is asked of others is not asked of the same call. */
    List<Object> keyed(String place, Field field, int level) {
      if (level == 0) {
        counted(place);
      }
      if (level == field.key().size()) {
        return field.many() ? lists(place, field.type()) : of(place, field.type());
      }
      List<Object> maps = new ArrayList<>();
      for (String key : universe.texts(place + "[*]")) {
        keyed(place + "[]", field, level + 1).forEach(value -> maps.add(Map.of(key, value)));
      }
      return maps;
    }

    private List<Object> lists(String place, Type items) {
      List<Object> of =
          items instanceof Type.Struct ? coarse(any(items)) : of(place + "[*]", items);
      Set<Object> lists = new LinkedHashSet<>();
      if (of.size() > MAX_ITEMS) {
        exact = false;
      }
      boolean counts = universe.sizes(place).stream().anyMatch(size -> size > 0);
      if (counts && universe.reads(place + "[*]")) {
        exact = false; // what is in it, and how much, is not told apart together
      }
      int told = Math.min(of.size(), MAX_ITEMS);
      for (int some = 0; some < 1 << told; some++) {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < told; i++) {
          if ((some & (1 << i)) != 0) {
            list.add(of.get(i));
          }
        }
        lists.add(list);
      }
      for (long size : universe.sizes(place)) {
        for (long length : new long[] {size - 1, size, size + 1}) {
          if (length >= 0 && length <= Field.DEFAULT_MAX) {
            lists.add(repeated(of.getLast(), length));
          }
        }
      }
      return List.copyOf(lists);
    }

    private static List<Object> repeated(Object item, long times) {
      List<Object> list = new ArrayList<>();
      for (long i = 0; i < times; i++) {
        list.add(item);
      }
      return list;
    }

    List<Object> bySchema(String place, Map<String, Object> schema) {
      if (schema.get("enum") instanceof List<?> options && options.size() < MAX) {
        return List.copyOf(options);
      }
      return switch (String.valueOf(schema.get("type"))) {
        case "string" -> of(place, Type.Text.ANY);
        case "integer" -> of(place, new Type.Whole());
        case "number" -> of(place, new Type.Exact(false));
        case "boolean" -> of(place, new Type.Bool());
        case "array" ->
            schema.get("items") instanceof Map<?, ?> items && "string".equals(items.get("type"))
                ? of(place, new Type.ListOf(Type.Text.ANY))
                : coarse(List.of());
        default -> coarse(Map.of());
      };
    }
  }
}
