package dev.interlock.core.machine;

import dev.interlock.core.json.Decimal;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Values that are not shown, and what stands in their place. Found also inside texts: a value of
 * one or two characters, and a number, only where no letter or digit stands beside it; of three and
 * more, anywhere. A text is found with the escapes of JSON too, a number however it is written.
 * True and false hide nothing but themselves. Not thread-safe.
 */
public final class Hidden {
  /** The shortest text that is hidden inside of words. */
  private static final int ANYWHERE = 3;

  /** The longest and largest number in a text that is read as one. */
  private static final Pattern NUMBER =
      Pattern.compile("[0-9]{1,400}(\\.[0-9]{1,400})?([eE][-+]?[0-9]{1,3})?");

  private static final Pattern ESCAPE =
      Pattern.compile("\\\\(?:([\"\\\\/bfnrt])|u([0-9a-fA-F]{4}))");

  private record Entry(String value, String instead, boolean bounded) {}

  private record Found(int end, String instead) {}

  /** By first character, the longest first. */
  private final Map<Character, List<Entry>> entries = new LinkedHashMap<>();

  /** By value without sign or trailing zeros. */
  private final Map<BigDecimal, String> numbers = new LinkedHashMap<>();

  /** Hides a value of a field that is as private as that, or more. */
  public void add(Machine machine, String name, Object value, Field.Privacy least) {
    Field field = machine.context().get(name);
    if (field != null && field.privacy().compareTo(least) >= 0) {
      boolean document = field.type() instanceof Type.Document;
      add(field.instead(), field.type(), document ? telling(value) : value);
    }
  }

  /** Of a document, or a list of them, what tells which it is: its media type hides nothing. */
  private static Object telling(Object value) {
    return switch (value) {
      case Collection<?> items -> items.stream().map(Hidden::telling).toList();
      case Map<?, ?> document -> {
        Map<String, Object> telling = new LinkedHashMap<>();
        for (String member : List.of("name", "hash")) {
          Object part = document.get(member);
          if (part != null) {
            telling.put(member, part);
          }
        }
        yield telling;
      }
      default -> value;
    };
  }

  /** Hides the arguments of a call that its tool keeps secret. */
  public void add(Tool tool, Map<String, Object> args) {
    for (String argument : tool.secret()) {
      Object value = args.get(argument);
      if (value != null) {
        add(instead(argument), null, value);
      }
    }
  }

  /** What is shown of something that is not. */
  public static String instead(String name) {
    return "[" + name + " is not shown]";
  }

  /**
   * @param type as far as it is known; names of an object are hidden only where they are values too
   */
  private void add(String instead, @Nullable Type type, Object value) {
    switch (value) {
      case Boolean bool -> {}
      case Collection<?> items -> {
        Type of = type instanceof Type.ListOf list ? list.items() : type; // else of a field `many`
        items.forEach(item -> add(instead, of, item));
      }
      case Map<?, ?> members ->
          members.forEach((name, member) -> {
            if (type instanceof Type.MapOf) {
              add(instead, null, name);
            }
            add(instead, member(type, name), member);
          });
      case String text -> entry(text, instead, text.length() < ANYWHERE);
      case Long number -> number(BigDecimal.valueOf(number), instead);
      case Decimal number -> number(number.value(), instead);
      default -> entry(value.toString(), instead, true);
    }
  }

  private static @Nullable Type member(@Nullable Type of, Object name) {
    return switch (of) {
      case Type.MapOf map -> map.values();
      case Type.Struct struct -> struct.properties().get(name);
      case null, default -> null;
    };
  }

  private void number(BigDecimal value, String instead) {
    numbers.putIfAbsent(value.abs().stripTrailingZeros(), instead);
    entry(value.toPlainString(), instead, true);
  }

  private void entry(String value, String instead, boolean bounded) {
    if (value.isBlank()) {
      return;
    }
    List<Entry> same = entries.computeIfAbsent(value.charAt(0), c -> new ArrayList<>());
    if (same.stream().noneMatch(entry -> entry.value().equals(value))) {
      same.add(new Entry(value, instead, bounded));
      same.sort((a, b) -> Integer.compare(b.value().length(), a.value().length()));
    }
  }

  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** A text without them. */
  public String text(String text) {
    if (isEmpty()) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      Found found = found(text, at);
      if (found == null) {
        shown.append(text.charAt(at));
        at++;
      } else {
        shown.append(found.instead());
        at = found.end();
      }
    }
    return shown.toString();
  }

  private @Nullable Found found(String text, int at) {
    char first = text.charAt(at);
    Found found = found(text, at, entries.getOrDefault(first, List.of()), false);
    if (found == null && entries.size() > 0) {
      Matcher escape = first == '\\' ? escape(text, at) : null;
      char meant = escape == null ? first : unescaped(escape);
      found = found(text, at, entries.getOrDefault(meant, List.of()), true);
    }
    return found == null ? foundNumber(text, at) : found;
  }

  private static @Nullable Found found(String text, int at, List<Entry> among, boolean escaped) {
    for (Entry entry : among) {
      int end = escaped ? endEscaped(text, at, entry.value()) : end(text, at, entry.value());
      if (end > at && (!entry.bounded() || bounded(text, at, end))) {
        return new Found(end, entry.instead());
      }
    }
    return null;
  }

  /** Where a value that stands there ends, or 0. */
  private static int end(String text, int at, String value) {
    return text.startsWith(value, at) ? at + value.length() : 0;
  }

  /** The same of a value in a text that is JSON, each character as itself or as its escape. */
  private static int endEscaped(String text, int at, String value) {
    int end = at;
    for (int i = 0; i < value.length(); i++) {
      Matcher escape = end < text.length() && text.charAt(end) == '\\' ? escape(text, end) : null;
      if (escape != null && unescaped(escape) == value.charAt(i)) {
        end = escape.end();
      } else if (end < text.length() && text.charAt(end) == value.charAt(i)) {
        end++;
      } else {
        return 0;
      }
    }
    return end;
  }

  private static @Nullable Matcher escape(String text, int at) {
    Matcher escape = ESCAPE.matcher(text).region(at, text.length());
    return escape.lookingAt() ? escape : null;
  }

  private static char unescaped(Matcher escape) {
    String code = escape.group(2);
    if (code != null) {
      return (char) Integer.parseInt(code, 16);
    }
    char letter = escape.group(1).charAt(0);
    return switch (letter) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> letter;
    };
  }

  /** A number that is one of them, however it is written. */
  private @Nullable Found foundNumber(String text, int at) {
    if (numbers.isEmpty() || !Character.isDigit(text.charAt(at)) || !outside(text, at - 1)) {
      return null;
    }
    Matcher number = NUMBER.matcher(text).region(at, text.length());
    if (!number.lookingAt() || !outside(text, number.end())) {
      return null;
    }
    String instead = numbers.get(new BigDecimal(number.group()).stripTrailingZeros());
    return instead == null ? null : new Found(number.end(), instead);
  }

  private static boolean bounded(String text, int at, int end) {
    return outside(text, at - 1) && outside(text, end);
  }

  private static boolean outside(String text, int at) {
    return at < 0
        || at >= text.length()
        || !Character.isLetterOrDigit(text.charAt(at))
        || (at > 0 && "bfnrt".indexOf(text.charAt(at)) >= 0 && text.charAt(at - 1) == '\\');
  }

  /** How the journal writes a value that JSON has no word for. */
  private static boolean tagged(Map<?, ?> members) {
    return members.size() == 1
        && members.keySet().iterator().next() instanceof String name
        && name.startsWith("$")
        && members.get(name) instanceof String;
  }

  /** A value without them, in lists and objects too; numbers as well as texts. */
  public Object value(Object value) {
    if (isEmpty()) {
      return value;
    }
    return switch (value) {
      case String text -> text(text);
      case Boolean bool -> bool;
      case List<?> items -> {
        List<Object> shown = new ArrayList<>(items.size());
        items.forEach(item -> shown.add(value(item)));
        yield Collections.unmodifiableList(shown);
      }
      case Map<?, ?> members when tagged(members) -> {
        String only = String.valueOf(members.values().iterator().next());
        String text = text(only); // of `$decimal`: 6E+4
        yield text.equals(only) ? value : text;
      }
      case Map<?, ?> members -> {
        Map<Object, Object> shown = new LinkedHashMap<>();
        members.forEach((name, member) ->
            shown.put(name instanceof String key ? text(key) : name, value(member)));
        yield Collections.unmodifiableMap(shown);
      }
      default -> {
        String text = text(value.toString());
        yield text.equals(value.toString()) ? value : text;
      }
    };
  }
}
