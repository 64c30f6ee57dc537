package dev.interlock.core.machine;

import com.google.re2j.Pattern;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
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

  /** The type of what lies at a JSON pointer in a value of this one; null if none is declared. */
  default @Nullable Type at(String pointer) {
    Type found = this;
    for (String name : pointer.isEmpty() ? List.<String>of() : parts(pointer)) {
      found =
          switch (found) {
            case Struct(Map<String, Type> properties) -> properties.get(name);
            case MapOf(Type values) -> values;
            case ListOf(Type items) -> items;
            case null, default -> null;
          };
    }
    return found;
  }

  private static List<String> parts(String pointer) {
    return Arrays.stream(pointer.substring(1).split("/", -1))
        .map(part -> part.replace("~1", "/").replace("~0", "~"))
        .toList();
  }

  /** Whether every value of another type is one of this, too. */
  default boolean takes(Type other) {
    return switch (this) {
      case Text text when text.equals(Text.ANY) -> other instanceof Text || other instanceof Time;
      case Exact exact ->
          other instanceof Whole || (other instanceof Exact && exact.decimal()) || equals(other);
      case Opaque opaque ->
          other instanceof Opaque || other instanceof Struct || other instanceof MapOf;
      case ListOf(Type items) -> other instanceof ListOf(Type others) && items.takes(others);
      default -> equals(other);
    };
  }

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

  /**
   * An exact number; kept as a {@link Decimal} also when it is whole.
   *
   * @param decimal whether it is the format's {@code decimal}: asked for as text, so that nobody on
   *     the way rounds it, and taken from a number too
   */
  record Exact(boolean decimal) implements Type {
    private static final String DIGITS = "^-?[0-9]+(\\.[0-9]+)?$";
    private static final Pattern FORM = Pattern.compile(DIGITS);

    @Override
    public Fit part(Object value) {
      return switch (value) {
        case Decimal number -> new Fit.Fits(number);
        case Long number -> new Fit.Fits(Decimal.of(number));
        case String text
            when decimal && text.length() <= 2 * Json.MAX_DIGITS && FORM.matches(text) ->
            exact(text);
        default -> misfit(decimal ? "a decimal such as 12.50" : "a number", value);
      };
    }

    private static Fit exact(String text) {
      try {
        Object number = Json.number(new BigDecimal(text));
        return new Fit.Fits(number instanceof Long whole ? Decimal.of(whole) : number);
      } catch (JsonException e) {
        return misfit("a decimal of at most %d digits".formatted(Json.MAX_DIGITS), text);
      }
    }

    @Override
    public Map<String, Object> schema() {
      return decimal
          ? Map.of("type", "string", "pattern", DIGITS, "description", "an exact decimal number")
          : Map.of("type", "number");
    }
  }

  /**
   * A day, a point in time or a span of time; kept as a text, in one form each: {@code 2026-01-31},
   * {@code 2026-01-31T09:00:00Z}, {@code PT24H}.
   */
  record Time(Kind kind) implements Type {
    /** Which of them. */
    public enum Kind {
      DATE("date", "date", "a date such as 2026-01-31"),
      TIMESTAMP("timestamp", "date-time", "a timestamp such as 2026-01-31T09:00:00Z"),
      DURATION("duration", "duration", "a duration such as PT24H or P1D");

      private final String word;
      private final String format;
      private final String expected;

      Kind(String word, String format, String expected) {
        this.word = word;
        this.format = format;
        this.expected = expected;
      }

      /** As the machine file says it. */
      public String word() {
        return word;
      }

      /**
       * Reads it: a {@link LocalDate}, an {@link Instant} or a {@link Duration}.
       *
       * @throws DateTimeException if the text is no such thing
       */
      public Object read(String text) {
        return switch (this) {
          case DATE -> LocalDate.parse(text);
          case TIMESTAMP -> OffsetDateTime.parse(text).toInstant();
          case DURATION -> Duration.parse(text);
        };
      }
    }

    /** Years of more than four digits, and other oddities, are longer. */
    private static final int MAX_LENGTH = 40;

    @Override
    public Fit part(Object value) {
      if (!(value instanceof String text) || text.length() > MAX_LENGTH || text.startsWith("+")) {
        return misfit(kind.expected, value);
      }
      try {
        return new Fit.Fits(kind.read(text).toString());
      } catch (DateTimeException | ArithmeticException e) {
        return misfit(kind.expected, value);
      }
    }

    @Override
    public Map<String, Object> schema() {
      return Map.of("type", "string", "format", kind.format);
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

  /**
   * A document: of a field only, not of a part of one. Its value is that of {@link
   * dev.interlock.core.machine.Document}, which nobody but an engine makes.
   *
   * @param maxBytes the largest
   */
  record Document(List<MediaType> mediaTypes, int maxBytes) implements Type {
    @Override
    public Fit part(Object value) {
      var document = dev.interlock.core.machine.Document.of(value).orElse(null);
      if (document == null) {
        return misfit("a document", value);
      }
      if (!dev.interlock.core.machine.Document.named(document.name())) {
        return new Fit.Misfit(
            ("found a file name that is no name, expected 1 to %d characters without / \\ and"
                    + " control characters: give it another")
                .formatted(dev.interlock.core.machine.Document.MAX_NAME));
      }
      List<String> words = mediaTypes.stream().map(MediaType::word).toList();
      if (!words.contains(document.mediaType())) {
        boolean known = MediaType.of(document.mediaType()).isPresent();
        return new Fit.Misfit(
            "found that the bytes of %s are %s, expected %s"
                .formatted(
                    document.name(),
                    known ? document.mediaType() : "of no media type that is known",
                    String.join(" or ", words)));
      }
      Optional<MediaType> claimed = MediaType.claimed(document.name());
      if (claimed.isPresent() && !claimed.get().word().equals(document.mediaType())) {
        return new Fit.Misfit(
            "found that %s, by its name %s, is %s by its bytes: give it its own ending"
                .formatted(document.name(), claimed.get().word(), document.mediaType()));
      }
      return document.size() > maxBytes
          ? new Fit.Misfit(
              "found that %s has %,d bytes, expected at most %,d"
                  .formatted(document.name(), document.size(), maxBytes))
          : new Fit.Fits(document.value());
    }

    @Override
    public Map<String, Object> schema() {
      Map<String, Object> text = Text.ANY.schema();
      return Map.of(
          "type",
          "object",
          "properties",
          Map.of("name", text, "mediaType", text, "size", new Whole().schema(), "hash", text),
          "additionalProperties",
          false);
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
