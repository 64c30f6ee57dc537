package dev.interlock.core.machine;

import com.google.re2j.Pattern;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The type of a field, or of a part of one. */
public sealed interface Type {
  /** The longest value, in characters of its JSON. */
  int MAX_LENGTH = 262_144;

  /** The deepest nesting of a value. */
  int MAX_DEPTH = 50;

  /** Whether a value is of this type, and what is then kept of it. Never throws on any value. */
  default Fit fit(Object value) {
    if (value instanceof Map<?, ?> || value instanceof List<?>) {
      if (Json.depth(value) > MAX_DEPTH) {
        return new Fit.Misfit("found more than %d levels".formatted(MAX_DEPTH));
      }
      int length = Json.write(value).length();
      if (length > MAX_LENGTH) {
        return new Fit.Misfit(
            "found %,d characters, expected at most %,d".formatted(length, MAX_LENGTH));
      }
    }
    return part(value);
  }

  /** As {@link #fit}, for a value that is short and flat enough, or a part of one. */
  Fit part(Object value);

  /** JSON Schema of this type, for the model and for forms. */
  Map<String, Object> schema();

  /** What came of fitting a value to a type. */
  sealed interface Fit {
    /** It fits; this is kept: numbers exact, undeclared properties dropped. */
    record Fits(Object value) implements Fit {}

    /** It does not; a sentence for whoever sent it. */
    record Misfit(String why) implements Fit {}
  }

  private static Fit misfit(String expected, Object value) {
    String found =
        switch (value) {
          case String text ->
              "the text \"" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "\"";
          case Long number -> "the integer " + number;
          case Decimal number -> "the number " + number;
          case Boolean bool -> bool.toString();
          case List<?> list -> "a list of " + list.size();
          case Map<?, ?> map -> "an object of " + map.size() + " members";
          default -> value.getClass().getSimpleName();
        };
    return new Fit.Misfit("found " + found + ", expected " + expected);
  }

  /**
   * A text.
   *
   * @param options the only values allowed; empty means any
   * @param format or null; told to the model too
   * @param pattern linear-time, found anywhere in the text unless anchored, or null
   */
  record Text(List<String> options, @Nullable Format format, @Nullable Pattern pattern)
      implements Type {
    /** The words of JSON Schema's {@code format} that are checked. */
    public enum Format {
      DATE("date", "[0-9]{4}-[0-9]{2}-[0-9]{2}"),
      DATE_TIME(
          "date-time",
          "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"),
      EMAIL("email", "[^\\s@<>,;:\"]+@[^\\s@<>,;:\"]+"),
      UUID("uuid", "(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

      private final String word;
      private final Pattern form;

      Format(String word, String form) {
        this.word = word;
        this.form = Pattern.compile(form);
      }

      public String word() {
        return word;
      }

      public static Optional<Format> of(String word) {
        return Arrays.stream(values()).filter(format -> format.word.equals(word)).findFirst();
      }

      boolean fits(String text) {
        if (!form.matches(text)) {
          return false;
        }
        try {
          switch (this) {
            case DATE -> LocalDate.parse(text);
            case DATE_TIME -> OffsetDateTime.parse(text);
            case EMAIL, UUID -> {}
          }
          return true;
        } catch (DateTimeException e) {
          return false; // no such day
        }
      }
    }

    /** The longest text of a field, in characters. */
    public static final int MAX_LENGTH = 65_536;

    public static final Text ANY = new Text(List.of(), null, null);

    @Override
    public Fit part(Object value) {
      if (!(value instanceof String text)) {
        return misfit(expected(), value);
      }
      if (text.length() > MAX_LENGTH) {
        return new Fit.Misfit(
            "found a text of %,d characters, expected at most %,d"
                .formatted(text.length(), MAX_LENGTH));
      }
      boolean fits =
          (options.isEmpty() || options.contains(text))
              && (format == null || format.fits(text))
              && (pattern == null || pattern.matcher(text).find());
      return fits ? new Fit.Fits(text) : misfit(expected(), value);
    }

    private String expected() {
      if (!options.isEmpty()) {
        return "one of " + String.join(", ", options);
      }
      String text = format == null ? "a text" : "a text of the format " + format.word();
      return pattern == null ? text : text + " that matches " + pattern.pattern();
    }

    @Override
    public Map<String, Object> schema() {
      Map<String, Object> schema = new LinkedHashMap<>();
      schema.put("type", "string");
      if (!options.isEmpty()) {
        schema.put("enum", options);
      }
      if (format != null) {
        schema.put("format", format.word());
      }
      if (pattern != null) {
        schema.put("pattern", pattern.pattern());
      }
      return schema;
    }
  }

  /** A 64-bit integer. */
  record Whole() implements Type {
    @Override
    public Fit part(Object value) {
      return value instanceof Long ? new Fit.Fits(value) : misfit("a 64-bit integer", value);
    }

    @Override
    public Map<String, Object> schema() {
      return Map.of("type", "integer");
    }
  }

  /** An exact number; kept as a {@link Decimal} also when it is whole. */
  record Exact() implements Type {
    @Override
    public Fit part(Object value) {
      return switch (value) {
        case Decimal number -> new Fit.Fits(number);
        case Long number -> new Fit.Fits(new Decimal(BigDecimal.valueOf(number)));
        default -> misfit("a number", value);
      };
    }

    @Override
    public Map<String, Object> schema() {
      return Map.of("type", "number");
    }
  }

  /** True or false. */
  record Bool() implements Type {
    @Override
    public Fit part(Object value) {
      return value instanceof Boolean ? new Fit.Fits(value) : misfit("true or false", value);
    }

    @Override
    public Map<String, Object> schema() {
      return Map.of("type", "boolean");
    }
  }

  /** An object of declared properties, each of which may be absent. */
  record Struct(Map<String, Type> properties) implements Type {
    @Override
    public Fit part(Object value) {
      if (!(value instanceof Map<?, ?> map)) {
        return misfit("an object", value);
      }
      Map<String, Object> kept = new LinkedHashMap<>();
      for (Map.Entry<String, Type> property : properties.entrySet()) {
        Object member = map.get(property.getKey());
        if (member != null) {
          switch (property.getValue().part(member)) {
            case Fit.Fits(Object fits) -> kept.put(property.getKey(), fits);
            case Fit.Misfit(String why) -> {
              return new Fit.Misfit(property.getKey() + ": " + why);
            }
          }
        }
      }
      return new Fit.Fits(Collections.unmodifiableMap(kept));
    }

    @Override
    public Map<String, Object> schema() {
      Map<String, Object> members = new LinkedHashMap<>();
      properties.forEach((name, type) -> members.put(name, type.schema()));
      return Map.of("type", "object", "properties", members, "additionalProperties", false);
    }
  }

  /** An object whose members are all of one type. */
  record MapOf(Type values) implements Type {
    @Override
    public Fit part(Object value) {
      if (!(value instanceof Map<?, ?> map)) {
        return misfit("an object", value);
      }
      Map<String, Object> kept = new LinkedHashMap<>();
      for (Map.Entry<?, ?> member : map.entrySet()) {
        switch (values.part(member.getValue())) {
          case Fit.Fits(Object fits) -> kept.put(String.valueOf(member.getKey()), fits);
          case Fit.Misfit(String why) -> {
            return new Fit.Misfit(member.getKey() + ": " + why);
          }
        }
      }
      return new Fit.Fits(Collections.unmodifiableMap(kept));
    }

    @Override
    public Map<String, Object> schema() {
      return Map.of("type", "object", "additionalProperties", values.schema());
    }
  }

  /** A list. */
  record ListOf(Type items) implements Type {
    @Override
    public Fit part(Object value) {
      if (!(value instanceof List<?> list)) {
        return misfit("a list", value);
      }
      if (list.size() > Field.DEFAULT_MAX) {
        return misfit("a list of at most %,d items".formatted(Field.DEFAULT_MAX), value);
      }
      List<Object> kept = new ArrayList<>(list.size());
      for (Object item : list) {
        switch (items.part(item)) {
          case Fit.Fits(Object fits) -> kept.add(fits);
          case Fit.Misfit(String why) -> {
            return new Fit.Misfit("item " + kept.size() + ": " + why);
          }
        }
      }
      return new Fit.Fits(Collections.unmodifiableList(kept));
    }

    @Override
    public Map<String, Object> schema() {
      return Map.of("type", "array", "items", items.schema());
    }
  }

  /** An object that is shown and passed on, never read in a guard. */
  record Opaque() implements Type {
    @Override
    public Fit part(Object value) {
      return value instanceof Map<?, ?> ? new Fit.Fits(value) : misfit("an object", value);
    }

    @Override
    public Map<String, Object> schema() {
      return Map.of("type", "object");
    }
  }
}
