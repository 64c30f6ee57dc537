package dev.interlock.core.load;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.interlock.core.json.Decimal;
import dev.interlock.core.json.Json;
import dev.interlock.core.json.JsonException;
import dev.interlock.core.machine.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What operators and functions of guards do with values. Integers and exact numbers mix everywhere;
 * what does not fit 64 bits or 34 digits is an error, never a wrap or a rounding, but for the
 * quotient of numbers, which is rounded half to even at 34 digits.
 */
final class Operations {
  private Operations() {}

  /** Why there is no value. */
  static final class NoValue extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The fields that are unset, if that is why. */
    final transient List<String> unset;

    NoValue(String why) {
      this(why, List.of());
    }

    NoValue(String why, List<String> unset) {
      super(why, null, false, false);
      this.unset = unset;
    }
  }

  /** Values as large as they are, counted in steps. */
  static int weight(Object value) {
    return switch (value) {
      case String text -> text.length() / 64 + 1;
      case List<?> list -> list.size() + 1;
      case Map<?, ?> map -> map.size() + 1;
      default -> 1;
    };
  }

  // ---- comparing

  /** Equal by value: numbers exactly, whatever kind they are of. */
  static boolean equal(Object left, Object right) {
    if (left instanceof Long || left instanceof Decimal) {
      return (right instanceof Long || right instanceof Decimal)
          && decimal(left).compareTo(decimal(right)) == 0;
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      if (a.size() != b.size()) {
        return false;
      }
      for (int i = 0; i < a.size(); i++) {
        if (!equal(item(a, i), item(b, i))) {
          return false;
        }
      }
      return true;
    }
    if (left instanceof Map<?, ?> a && right instanceof Map<?, ?> b) {
      return a.size() == b.size()
          && a.entrySet().stream()
              .allMatch(member -> {
                Object other = b.get(member.getKey());
                return other != null && equal(Objects.requireNonNull(member.getValue()), other);
              });
    }
    return midnight(left).equals(midnight(right));
  }

  /** A day as its beginning, UTC; anything else as it is. */
  private static Object midnight(Object value) {
    return value instanceof LocalDate day ? day.atStartOfDay(ZoneOffset.UTC).toInstant() : value;
  }

  static int compare(Object left, Object right) {
    return switch (left) {
      case Long a when right instanceof Long b -> Long.compare(a, b);
      case Long a -> decimal(left).compareTo(decimal(right));
      case Decimal a -> decimal(left).compareTo(decimal(right));
      case String a when right instanceof String b -> compareTexts(a, b);
      case Boolean a when right instanceof Boolean b -> Boolean.compare(a, b);
      case Instant a when midnight(right) instanceof Instant b -> a.compareTo(b);
      case LocalDate a -> compare(midnight(a), right);
      case Duration a when right instanceof Duration b -> a.compareTo(b);
      default -> throw mismatch("compare", left, right);
    };
  }

  /** By code points, as CEL says, not by UTF-16 units. */
  private static int compareTexts(String a, String b) {
    for (int i = 0; i < a.length() && i < b.length(); i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return Character.isSurrogate(x) == Character.isSurrogate(y)
            ? Character.compare(x, y)
            : Boolean.compare(Character.isSurrogate(x), Character.isSurrogate(y));
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  static boolean isIn(Object value, Object collection) {
    if (collection instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        if (equal(value, item(list, i))) {
          return true;
        }
      }
      return false;
    }
    return collection instanceof Map<?, ?> map && keyOf(map, value) != null;
  }

  /**
   * The key of a map that stands for a value, or null. A key that went through JSON is its text.
   */
  static @Nullable Object keyOf(Map<?, ?> map, Object value) {
    if (map.containsKey(value)) {
      return value;
    }
    return !(value instanceof String) && map.containsKey(value.toString())
        ? value.toString()
        : null;
  }

  private static Object item(List<?> list, int index) {
    return Objects.requireNonNull(list.get(index));
  }

  // ---- arithmetic

  /** {@code + - * / %} of integers, or of numbers if one of the operands or the type says so. */
  static Object arithmetic(char operator, Object left, Object right, boolean exact) {
    try {
      if (!exact && left instanceof Long a && right instanceof Long b) {
        return whole(operator, a, b);
      }
      if (number(left) && number(right)) {
        return fractional(operator, decimal(left), decimal(right));
      }
      return operator == '+'
          ? added(midnight(left), midnight(right))
          : difference(midnight(left), midnight(right));
    } catch (ArithmeticException | DateTimeException | JsonException e) {
      throw new NoValue(
          "%s %c %s: %s".formatted(shown(left), operator, shown(right), e.getMessage()));
    }
  }

  private static long whole(char operator, long a, long b) {
    return switch (operator) {
      case '+' -> Math.addExact(a, b);
      case '-' -> Math.subtractExact(a, b);
      case '*' -> Math.multiplyExact(a, b);
      case '/' -> Math.divideExact(a, b);
      default -> a % b;
    };
  }

  private static Decimal fractional(char operator, BigDecimal a, BigDecimal b) {
    return bounded(
        switch (operator) {
          case '+' -> a.add(b);
          case '-' -> a.subtract(b);
          case '*' -> a.multiply(b);
          case '/' -> a.divide(b, MathContext.DECIMAL128);
          default -> throw new ArithmeticException("a remainder of integers only");
        });
  }

  private static Decimal bounded(BigDecimal value) {
    Object number = Json.number(value);
    return number instanceof Long whole ? Decimal.of(whole) : (Decimal) number;
  }

  private static Object added(Object left, Object right) {
    return switch (left) {
      case String a when right instanceof String b -> a + b;
      case Instant a when right instanceof Duration b -> a.plus(b);
      case Duration a when right instanceof Instant b -> b.plus(a);
      case Duration a when right instanceof Duration b -> a.plus(b);
      case List<?> a when right instanceof List<?> b -> {
        List<Object> both = new ArrayList<>(a);
        both.addAll(b);
        yield Collections.unmodifiableList(both);
      }
      default -> throw mismatch("add", left, right);
    };
  }

  private static Object difference(Object left, Object right) {
    return switch (left) {
      case Instant a when right instanceof Instant b -> Duration.between(b, a);
      case Instant a when right instanceof Duration b -> a.minus(b);
      case Duration a when right instanceof Duration b -> a.minus(b);
      default -> throw mismatch("reckon with", left, right);
    };
  }

  /**
   * All items together, exactly; nothing is 0. Only the whole must fit, whatever the order.
   *
   * @param exact whether the items are numbers, and not integers
   */
  static Object sum(List<?> items, boolean exact) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < items.size(); i++) {
      sum = sum.add(decimal(item(items, i)));
    }
    try {
      return exact ? bounded(sum) : (Object) sum.longValueExact();
    } catch (ArithmeticException | JsonException e) {
      throw new NoValue("the sum of %s: %s".formatted(shown(items), e.getMessage()));
    }
  }

  /** The items of two lists of one length, side by side, as {@code {a, b}}. */
  static List<Object> pairs(List<?> a, List<?> b) {
    if (a.size() != b.size()) {
      throw new NoValue(
          "pairs of %s and %s: they must be of one length".formatted(shown(a), shown(b)));
    }
    List<Object> pairs = new ArrayList<>(a.size());
    for (int i = 0; i < a.size(); i++) {
      pairs.add(Map.of("a", item(a, i), "b", item(b, i)));
    }
    return Collections.unmodifiableList(pairs);
  }

  static Object negate(Object value) {
    return arithmetic('-', value instanceof Long ? 0L : Decimal.of(0), value, false);
  }

  static boolean number(Object value) {
    return value instanceof Long || value instanceof Decimal;
  }

  private static BigDecimal decimal(Object value) {
    return switch (value) {
      case Long number -> BigDecimal.valueOf(number);
      case Decimal number -> number.value();
      default -> throw new NoValue(shown(value) + " is not a number");
    };
  }

  // ---- converting

  static String text(Object value) {
    return switch (value) {
      case String text -> text;
      case Long number -> number.toString();
      case Decimal number -> number.toString();
      case Boolean bool -> bool.toString();
      case Instant time -> time.toString();
      case LocalDate day -> day.toString();
      case Duration span -> span.toString();
      default -> throw new NoValue(shown(value) + " has no text");
    };
  }

  /** A value in the types of JSON: times as their texts, inside lists and objects too. */
  static Object plain(Object value) {
    return switch (value) {
      case Instant time -> text(time);
      case LocalDate day -> text(day);
      case Duration span -> text(span);
      case List<?> list -> {
        List<Object> items = new ArrayList<>(list.size());
        list.forEach(item -> items.add(plain(Objects.requireNonNull(item))));
        yield Collections.unmodifiableList(items);
      }
      case Map<?, ?> map -> {
        Map<Object, Object> members = new LinkedHashMap<>();
        map.forEach((key, member) -> members.put(key, plain(member)));
        yield Collections.unmodifiableMap(members);
      }
      default -> value;
    };
  }

  /** An exact number, also of a text such as 12.50. */
  static Decimal decimalOf(Object value) {
    return switch (new Type.Exact(true).part(value)) {
      case Type.Fit.Fits(Object number) -> (Decimal) number;
      case Type.Fit.Misfit m -> throw new NoValue(shown(value) + " is not a decimal such as 12.50");
    };
  }

  static Long whole(Object value) {
    try {
      return switch (value) {
        case Long number -> number;
        case Decimal number -> number.value().toBigInteger().longValueExact();
        case String text -> new BigInteger(bounded(text)).longValueExact();
        default -> throw new NoValue(shown(value) + " is not a number");
      };
    } catch (ArithmeticException | NumberFormatException e) {
      throw new NoValue(shown(value) + " is not a 64-bit integer");
    }
  }

  private static String bounded(String text) {
    return text.length() > 40 ? "" : text;
  }

  static Instant timestamp(Object value) {
    try {
      return midnight(value) instanceof Instant time
          ? time
          : OffsetDateTime.parse((String) value).toInstant();
    } catch (DateTimeException e) {
      throw new NoValue(
          shown(value) + " is not a timestamp such as 2026-01-31T09:00:00Z; see also date()");
    }
  }

  /** A date, or the day of a timestamp, UTC. */
  static LocalDate date(Object value) {
    if (midnight(value) instanceof Instant time) {
      return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }
    String text = (String) value;
    try {
      return text.length() == 10
          ? LocalDate.parse(text)
          : LocalDate.ofInstant(OffsetDateTime.parse(text).toInstant(), ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw new NoValue(shown(value) + " is not a date such as 2026-01-31");
    }
  }

  /** Whole days from one time to another, rounded down: below 0 as soon as it is earlier. */
  static long days(Object from, Object to) {
    return Math.floorDiv(
        Duration.between(moment(from), moment(to)).toSeconds(), Duration.ofDays(1).toSeconds());
  }

  /** A timestamp, or what a text such as {@link #date} takes says: a date is its midnight, UTC. */
  static Instant moment(Object value) {
    LocalDate day = date(value);
    return timestamp(value instanceof String text && text.length() == 10 ? day : value);
  }

  private static final Pattern SPAN = Pattern.compile("-?([0-9]{1,9}(\\.[0-9]{1,9})?(h|ms|m|s))+");
  private static final Pattern SPAN_PART =
      Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(h|ms|m|s)");

  /** As CEL writes it (1h30m) or as ISO 8601 does (PT1H30M). */
  static Duration duration(Object value) {
    if (value instanceof Duration span) {
      return span;
    }
    String text = (String) value;
    try {
      if (!SPAN.matches(text)) {
        return Duration.parse(text);
      }
      BigDecimal milliseconds = BigDecimal.ZERO;
      Matcher parts = SPAN_PART.matcher(text);
      while (parts.find()) {
        long unit =
            switch (parts.group(2)) {
              case "h" -> 3_600_000;
              case "m" -> 60_000;
              case "s" -> 1_000;
              default -> 1;
            };
        milliseconds =
            milliseconds.add(new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit)));
      }
      Duration span =
          Duration.ofNanos(
              milliseconds.movePointRight(6).setScale(0, RoundingMode.DOWN).longValueExact());
      return text.startsWith("-") ? span.negated() : span;
    } catch (DateTimeException | ArithmeticException e) {
      throw new NoValue(shown(value) + " is not a duration such as PT24H or 1h30m");
    }
  }

  // ---- texts, times, sizes

  static boolean texts(String function, String text, String other) {
    return switch (function) {
      case "contains" -> text.contains(other);
      case "startsWith" -> text.startsWith(other);
      default -> text.endsWith(other);
    };
  }

  static Pattern pattern(String pattern) {
    String why = SchemaCheck.patternProblem(pattern);
    if (why != null) {
      throw new NoValue("the pattern " + shown(pattern) + ": " + why);
    }
    return Pattern.compile(pattern);
  }

  static long size(Object value) {
    return switch (value) {
      case String text -> text.codePointCount(0, text.length());
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      default -> throw new NoValue(shown(value) + " has no size");
    };
  }

  /** A part of a timestamp, in UTC or the zone named, or of a duration. */
  static long part(String function, Object value, List<Object> zone) {
    if (value instanceof Duration span) {
      return switch (function) {
        case "getHours" -> span.toHours();
        case "getMinutes" -> span.toMinutes();
        default -> span.toSeconds();
      };
    }
    if (!(midnight(value) instanceof Instant instant)) {
      throw new NoValue(shown(value) + " is not a timestamp");
    }
    ZonedDateTime time;
    try {
      time =
          instant.atZone(zone.isEmpty() ? ZoneOffset.UTC : ZoneId.of(String.valueOf(zone.get(0))));
    } catch (DateTimeException e) {
      throw new NoValue(shown(zone.get(0)) + " is not a time zone");
    }
    return switch (function) {
      case "getFullYear" -> time.getYear();
      case "getMonth" -> time.getMonthValue() - 1L;
      case "getDate" -> time.getDayOfMonth();
      case "getDayOfMonth" -> time.getDayOfMonth() - 1L;
      case "getDayOfWeek" -> time.getDayOfWeek().getValue() % 7;
      case "getDayOfYear" -> time.getDayOfYear() - 1L;
      case "getHours" -> time.getHour();
      case "getMinutes" -> time.getMinute();
      default -> time.getSecond();
    };
  }

  private static NoValue mismatch(String what, Object left, Object right) {
    return new NoValue("cannot " + what + " " + shown(left) + " and " + shown(right));
  }

  /** A value for a message. */
  static String shown(Object value) {
    return switch (value) {
      case String text -> "\"" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "\"";
      case List<?> list -> "a list of " + list.size();
      case Map<?, ?> map -> "an object of " + map.size();
      default -> value.toString();
    };
  }
}
