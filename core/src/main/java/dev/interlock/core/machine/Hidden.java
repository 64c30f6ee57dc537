package dev.interlock.core.machine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values that are not shown, and what stands in their place. Found also inside texts: a value of
 * one or two characters, and a number, only where no letter or digit stands beside it; of three and
 * more, anywhere. True and false hide nothing but themselves. Not thread-safe.
 */
public final class Hidden {
  /** The shortest text that is hidden inside of words. */
  private static final int ANYWHERE = 3;

  private record Entry(String value, String instead, boolean bounded) {}

  /** By first character, the longest first. */
  private final Map<Character, List<Entry>> entries = new LinkedHashMap<>();

  /** Hides a value of a field that is as private as that, or more. */
  public void add(Machine machine, String name, Object value, Field.Privacy least) {
    Field field = machine.context().get(name);
    if (field != null && field.privacy().compareTo(least) >= 0) {
      add(field.instead(), field.type() instanceof Type.Document ? telling(value) : value);
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
        add(instead(argument), value);
      }
    }
  }

  /** What is shown of something that is not. */
  public static String instead(String name) {
    return "[" + name + " is not shown]";
  }

  private void add(String instead, Object value) {
    switch (value) {
      case Boolean bool -> {}
      case Collection<?> items -> items.forEach(item -> add(instead, item));
      case Map<?, ?> members -> members.values().forEach(member -> add(instead, member));
      case String text -> entry(text, instead, text.length() < ANYWHERE);
      default -> entry(value.toString(), instead, true);
    }
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
      Entry found = found(text, at);
      if (found == null) {
        shown.append(text.charAt(at));
        at++;
      } else {
        shown.append(found.instead());
        at += found.value().length();
      }
    }
    return shown.toString();
  }

  private @Nullable Entry found(String text, int at) {
    for (Entry entry : entries.getOrDefault(text.charAt(at), List.of())) {
      int end = at + entry.value().length();
      if (text.startsWith(entry.value(), at)
          && (!entry.bounded() || (outside(text, at - 1) && outside(text, end)))) {
        return entry;
      }
    }
    return null;
  }

  private static boolean outside(String text, int at) {
    return at < 0 || at >= text.length() || !Character.isLetterOrDigit(text.charAt(at));
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
        Object only = members.values().iterator().next();
        String text = text(String.valueOf(only));
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
